//! What must not compile: each file in `tests/compile_fail` begins with the error it must end in and a piece of its
//! message; and which types may cross threads.
//!
//! The files are programs of a package of their own, and are really built: some errors come only with that. Only the
//! error's code and a few words are compared, since the rest of the wording is the compiler's.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use framealloc::allocator_api2::vec::IntoIter;
use framealloc::{
    AllocConfig, AllocError, AllocStats, BudgetEvent, ConfigError, Frame, FrameAllocator, FrameBox, FrameMap,
    FrameRetained, FrameSet, FrameString, FrameVec, HeapBox, IntoPromotions, LocalFrame, PhaseGuard, PoolBox,
    Promoted, Promotion, Promotions, RetainedId, Scope, ScratchAllocator, ScratchBox, ScratchConfig,
    ScratchMemory, ScratchScope, ScratchStats, ScratchString, ScratchVec, SharedFrame, SmartAlloc, TagGuard,
};

/// A file's expectation: the code of its error, and a piece of the message.
type Expected = Option<(String, String)>;

fn cases(directory: &Path) -> BTreeMap<String, (PathBuf, Expected)> {
    let files = fs::read_dir(directory).expect("the directory of the cases");
    files
        .map(|file| {
            let path = file.expect("a file").path();
            let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
            let text = fs::read_to_string(&path).expect("a readable file");
            let expected = text.lines().next().and_then(|line| line.strip_prefix("//~ ")).map(|expected| {
                let (code, message) = expected.split_once(": ").expect("a code and a message");
                (code.to_owned(), message.to_owned())
            });
            (name, (path, expected))
        })
        .collect()
}

/// A package with a program for each case of a folder.
struct Package {
    directory: PathBuf,
    target: PathBuf,
    cases: BTreeMap<String, (PathBuf, Expected)>,
}

impl Package {
    /// `dependencies` are lines of the package's manifest; `target` is where it is built.
    fn make(folder: &str, dependencies: &str, target: Option<&Path>) -> Self {
        let library = Path::new(env!("CARGO_MANIFEST_DIR"));
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
        let cases = cases(&library.join("tests").join(folder));
        let programs = directory.join("src").join("bin");
        if programs.exists() {
            fs::remove_dir_all(&programs).expect("the directory of an earlier run");
        }
        fs::create_dir_all(&programs).expect("a directory");
        let manifest = format!(
            "[package]\nname = \"cases\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\n{dependencies}\n"
        );
        fs::write(directory.join("Cargo.toml"), manifest).expect("a manifest");
        fs::copy(library.join("..").join("Cargo.lock"), directory.join("Cargo.lock")).expect("a lock file");
        for (name, (path, _)) in &cases {
            fs::copy(path, programs.join(name).with_extension("rs")).expect("a copy");
        }
        let target = target.map_or(directory.join("target"), Path::to_owned);
        Self { directory, target, cases }
    }

    /// Builds the program of this name; what the compiler says if it does not.
    fn build(&self, name: &str) -> Result<(), String> {
        let output = Command::new(env!("CARGO"))
            .args(["build", "--offline", "--quiet", "--color=never", "--bin", name])
            .current_dir(&self.directory)
            .env("CARGO_TARGET_DIR", &self.target)
            // The build of the tests may be one for a checking tool.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("CARGO_BUILD_TARGET")
            .output()
            .expect("cargo runs");
        if output.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Fails unless each case ends as it says.
    #[track_caller]
    fn check(&self) {
        let mut wrong = Vec::new();
        for (name, (_, expected)) in &self.cases {
            match (expected, self.build(name)) {
                (None, Ok(())) => {}
                (Some((code, message)), Err(said)) => {
                    // Some errors of lifetimes have no code.
                    let expected =
                        if code.is_empty() { "error: ".to_owned() } else { format!("error[{code}]") };
                    let mut errors = said.lines().filter(|line| line.starts_with("error["));
                    let all = errors.all(|error| error.starts_with(&expected));
                    if !all || !said.contains(&expected) || !said.contains(message.as_str()) {
                        wrong.push(format!("{name}: {code} ({message}) expected, but:\n{said}"));
                    }
                }
                (None, Err(said)) => wrong.push(format!("{name} should compile, but:\n{said}")),
                (Some((code, _)), Ok(())) => wrong.push(format!("{name} compiles; expected was {code}")),
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
#[cfg(not(miri))]
fn compile_fail_each_case_for_the_reason_it_names() {
    let library = env!("CARGO_MANIFEST_DIR");
    let dependencies = format!(
        "framealloc = {{ path = {library:?}, default-features = false }}\n\n[profile.dev]\ndebug = false"
    );
    let package = Package::make("compile_fail", &dependencies, None);
    assert!(package.cases.len() > 15, "{} cases", package.cases.len());
    package.check();
}

#[test]
#[cfg(all(not(miri), feature = "bevy"))]
fn compile_fail_each_case_with_bevy() {
    let library = env!("CARGO_MANIFEST_DIR");
    let dependencies = format!(
        "framealloc = {{ path = {library:?}, features = [\"bevy\"] }}\n\
         bevy_ecs = {{ version = \"0.20.1\", default-features = false }}"
    );
    // Where the tests were built, so that most of the engine need not be built again.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    let package = Package::make("compile_fail_bevy", &dependencies, target);
    assert!(package.cases.len() > 4, "{} cases", package.cases.len());
    package.check();
}

// --- Which types may cross threads -------------------------------------------------------------------------------

/// Answers for a type whether it has a marker trait: the inherent constant, where there is one, hides the trait's.
struct Is<T: ?Sized>(PhantomData<T>);

trait Otherwise {
    const SEND: bool = false;
    const SYNC: bool = false;
}

impl<T: ?Sized> Otherwise for Is<T> {}

impl<T: ?Sized + Send> Is<T> {
    const SEND: bool = true;
}

impl<T: ?Sized + Sync> Is<T> {
    const SYNC: bool = true;
}

macro_rules! send_sync {
    ($type:ty) => {
        (Is::<$type>::SEND, Is::<$type>::SYNC)
    };
}

/// `Send`, but not `Sync`.
type OneAtATime = Cell<u8>;
/// Neither.
type Local = Rc<u8>;
/// `Sync`, but not `Send`.
type Guard = std::sync::MutexGuard<'static, u8>;

const NEITHER: (bool, bool) = (false, false);
const BOTH: (bool, bool) = (true, true);

#[test]
fn compile_fail_the_probe_itself_tells_types_apart() {
    assert_eq!(send_sync!(u8), BOTH);
    assert_eq!(send_sync!(OneAtATime), (true, false));
    assert_eq!(send_sync!(Local), NEITHER);
    assert_eq!(send_sync!(Guard), (false, true));
}

#[test]
fn compile_fail_frame_memory_is_not_sent_or_shared() {
    assert_eq!(send_sync!(FrameVec<'static, u8>), NEITHER);
    assert_eq!(send_sync!(FrameString<'static>), NEITHER);
    assert_eq!(send_sync!(FrameMap<'static, u8, u8>), NEITHER);
    assert_eq!(send_sync!(FrameSet<'static, u8>), NEITHER);
    assert_eq!(send_sync!(FrameAllocator<'static>), NEITHER);
    assert_eq!(send_sync!(Frame<'static>), NEITHER);
    assert_eq!(send_sync!(Scope<'static>), NEITHER);
    assert_eq!(send_sync!(LocalFrame<'static>), NEITHER);
    assert_eq!(send_sync!(TagGuard<'static>), NEITHER);
    assert_eq!(send_sync!(PhaseGuard<'static>), NEITHER);
    assert_eq!(send_sync!(IntoIter<u8, FrameAllocator<'static>>), NEITHER);
}

#[test]
fn compile_fail_scratch_allocators_are_sent_but_their_scopes_stay() {
    assert_eq!(send_sync!(ScratchAllocator), (true, false));
    assert_eq!((send_sync!(ScratchConfig), send_sync!(ScratchStats)), (BOTH, BOTH));
    assert_eq!(send_sync!(ScratchScope<'static>), NEITHER);
    assert_eq!(send_sync!(ScratchMemory<'static>), NEITHER);
    assert_eq!(send_sync!(ScratchVec<'static, u8>), NEITHER);
    assert_eq!(send_sync!(ScratchBox<'static, u8>), NEITHER);
    assert_eq!(send_sync!(ScratchString<'static>), NEITHER);
}

#[test]
fn compile_fail_frame_boxes_are_shared_if_their_values_may_be_but_never_sent() {
    assert_eq!(send_sync!(FrameBox<'static, u8>), (false, true));
    assert_eq!(send_sync!(FrameBox<'static, [u8]>), (false, true));
    assert_eq!(send_sync!(FrameBox<'static, str>), (false, true));
    assert_eq!(send_sync!(FrameBox<'static, Guard>), (false, true));
    assert_eq!(send_sync!(FrameBox<'static, OneAtATime>), NEITHER);
    assert_eq!(send_sync!(FrameBox<'static, Local>), NEITHER);
}

#[test]
fn compile_fail_pool_and_heap_boxes_are_as_their_values_are() {
    assert_eq!(
        (send_sync!(PoolBox<u8>), send_sync!(HeapBox<u8>), send_sync!(HeapBox<[u8]>)),
        (BOTH, BOTH, BOTH)
    );
    let send_only = (true, false);
    assert_eq!((send_sync!(PoolBox<OneAtATime>), send_sync!(HeapBox<OneAtATime>)), (send_only, send_only));
    assert_eq!((send_sync!(PoolBox<Local>), send_sync!(HeapBox<Local>)), (NEITHER, NEITHER));
    assert_eq!(send_sync!(HeapBox<[Local]>), NEITHER);
    let sync_only = (false, true);
    assert_eq!((send_sync!(PoolBox<Guard>), send_sync!(HeapBox<Guard>)), (sync_only, sync_only));
    assert_eq!(send_sync!(PoolBox<FrameBox<'static, u8>>), sync_only);
    assert_eq!(send_sync!(PoolBox<Scope<'static>>), NEITHER);
}

#[test]
fn compile_fail_promotions_stay_where_their_values_were_made() {
    assert_eq!(
        (send_sync!(Promotion), send_sync!(Promotions), send_sync!(IntoPromotions)),
        (NEITHER, NEITHER, NEITHER)
    );
    assert_eq!(send_sync!(FrameRetained<'static, u8>), (false, true));
    assert_eq!(send_sync!(FrameRetained<'static, Guard>), (false, true));
    assert_eq!(send_sync!(FrameRetained<'static, OneAtATime>), NEITHER);
    assert_eq!((send_sync!(Promoted<u8>), send_sync!(Promoted<Local>)), (BOTH, NEITHER));
    assert_eq!(send_sync!(Promoted<OneAtATime>), (true, false));
    assert_eq!((send_sync!(RetainedId<u8>), send_sync!(RetainedId<Local>)), (BOTH, BOTH));
    assert_eq!(send_sync!(RetainedId<Guard>), BOTH);
}

#[test]
fn compile_fail_what_is_meant_to_cross_threads_does() {
    assert_eq!(send_sync!(SmartAlloc), BOTH);
    assert_eq!(send_sync!(SharedFrame<'static>), BOTH);
    assert_eq!(send_sync!(AllocConfig), BOTH);
    assert_eq!((send_sync!(AllocError), send_sync!(ConfigError)), (BOTH, BOTH));
    assert_eq!((send_sync!(AllocStats), send_sync!(BudgetEvent)), (BOTH, BOTH));
}
