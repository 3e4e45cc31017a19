//! Frame memory in the systems of a Bevy app; the feature `bevy`.
//!
//! [`SmartAllocPlugin`] makes each update of the app a frame: it begins before the first system and ends after the last,
//! those of `Startup` in the first update included. A system asks for `Res<AllocResource>` and has the whole interface
//! of [`SmartAlloc`], on whichever thread it runs. Each thread begins the update's frame when it first uses the
//! resource, and gives it back when it comes by in a later update.
//!
//! What a system takes from the frame borrows the resource, so that it can neither leave the system nor be stored in a
//! component. What goes from one system to the next belongs in a [`PoolBox`](crate::PoolBox).
//!
//! Bevy needs Rust 1.95, and so does this feature.
//!
//! # Examples
//!
//! ```
//! use bevy_app::{App, TaskPoolPlugin, Update};
//! use bevy_ecs::prelude::*;
//! use framealloc::bevy::{AllocResource, SmartAllocPlugin};
//!
//! #[derive(Component)]
//! struct Speed(f32);
//!
//! fn fastest(alloc: Res<AllocResource>, speeds: Query<&Speed>) {
//!     let mut sorted = alloc.frame_vec();
//!     sorted.extend(speeds.iter().map(|speed| speed.0));
//!     sorted.sort_by(f32::total_cmp);
//!     assert_eq!(sorted.last(), Some(&9.0));
//! }
//!
//! let mut app = App::new();
//! app.add_plugins((TaskPoolPlugin::default(), SmartAllocPlugin::default()));
//! let alloc = app.world().resource::<AllocResource>().clone();
//! app.add_systems(Update, alloc.tagged("physics", fastest));
//! app.world_mut().spawn_batch([Speed(1.0), Speed(9.0), Speed(3.0)]);
//! app.update();
//! assert!(alloc.tag_stats("physics").unwrap().bytes_allocated >= 12);
//! ```

use std::fmt;
use std::ops::Deref;

use bevy_app::{App, MainScheduleOrder, Plugin};
use bevy_ecs::prelude::{Res, ResMut, Resource};
#[cfg(feature = "serde")]
use bevy_ecs::schedule::IntoScheduleConfigs;
use bevy_ecs::schedule::ScheduleLabel;
use bevy_ecs::system::{Adapt, IntoAdapterSystem, RunSystemError, System, SystemIn, SystemInput};

use crate::api::SmartAlloc;
use crate::config::AllocConfig;
#[cfg(feature = "serde")]
use crate::observe::{Emission, EmitError, SnapshotConfig, SnapshotEmitter};

/// The allocator of an app, for `Res<AllocResource>`; see the [module](self).
///
/// Dereferences to [`SmartAlloc`]. Doing so looks at the app's clock: a thread that comes by for the first time in an
/// update ends the frame that it began in an earlier one, and begins the update's. What is still alive then is parked,
/// as at any frame's end. On a thread that has called [`begin_frame`](SmartAlloc::begin_frame) itself, that frame stays.
#[derive(Clone, Resource)]
pub struct AllocResource {
    alloc: SmartAlloc,
}

impl AllocResource {
    /// Wraps an allocator that the program has already.
    #[must_use]
    pub fn new(alloc: SmartAlloc) -> Self {
        Self { alloc }
    }

    /// The same system with a tag around each of its runs, on whichever thread: what it allocates is booked under
    /// `tag`, even if it runs on a thread that waits in the middle of another system.
    ///
    /// # Examples
    ///
    /// See the [module](self).
    #[must_use]
    pub fn tagged<S>(&self, tag: &'static str, system: S) -> IntoAdapterSystem<OpenTag, S> {
        IntoAdapterSystem::new(OpenTag { alloc: self.alloc.clone(), tag }, system)
    }

    /// The same for each system of a tuple, as for a system set that is to have one tag.
    ///
    /// # Examples
    ///
    /// ```
    /// # use bevy_app::{App, TaskPoolPlugin, Update};
    /// # use bevy_ecs::prelude::*;
    /// # use framealloc::bevy::{AllocResource, SmartAllocPlugin};
    /// #[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
    /// struct Physics;
    ///
    /// fn broad_phase(alloc: Res<AllocResource>) { drop(alloc.frame_box([0u8; 64])); }
    /// fn narrow_phase(alloc: Res<AllocResource>) { drop(alloc.frame_box([0u8; 32])); }
    ///
    /// # let mut app = App::new();
    /// # app.add_plugins((TaskPoolPlugin::default(), SmartAllocPlugin::default()));
    /// let alloc = app.world().resource::<AllocResource>().clone();
    /// app.add_systems(Update, alloc.tagged_set("physics", (broad_phase, narrow_phase)).in_set(Physics));
    /// app.update();
    /// assert_eq!(alloc.tag_stats("physics").unwrap().bytes_allocated, 96);
    /// ```
    #[must_use]
    pub fn tagged_set<S: TagSystems>(&self, tag: &'static str, systems: S) -> S::Tagged {
        systems.tagged(self, tag)
    }

    /// The calling thread's frame becomes the running update's. Without memory for the thread's first use nothing
    /// happens; the call that needs the memory says so.
    #[inline(always)]
    fn follow(alloc: &SmartAlloc) {
        if let Ok(state) = alloc.state() {
            state.follow();
        }
    }
}

impl Default for AllocResource {
    fn default() -> Self {
        Self::new(SmartAlloc::with_defaults())
    }
}

impl Deref for AllocResource {
    type Target = SmartAlloc;

    #[inline]
    fn deref(&self) -> &SmartAlloc {
        Self::follow(&self.alloc);
        &self.alloc
    }
}

impl fmt::Debug for AllocResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AllocResource").field("alloc", &self.alloc).finish()
    }
}

/// Opens a tag around each run of a system; see [`AllocResource::tagged`].
#[derive(Clone, Debug)]
pub struct OpenTag {
    alloc: SmartAlloc,
    tag: &'static str,
}

impl<S: System> Adapt<S> for OpenTag {
    type In = S::In;
    type Out = S::Out;

    fn adapt(
        &mut self,
        input: <Self::In as SystemInput>::Inner<'_>,
        run_system: impl FnOnce(SystemIn<'_, S>) -> Result<S::Out, RunSystemError>,
    ) -> Result<S::Out, RunSystemError> {
        // Before the tag opens, so that the update's frame does not begin under it.
        AllocResource::follow(&self.alloc);
        self.alloc.task(|alloc| alloc.with_tag(self.tag, |_| run_system(input)))
    }
}

/// Tuples of systems that can be given one tag; see [`AllocResource::tagged_set`].
pub trait TagSystems {
    /// The same systems, each with the tag.
    type Tagged;

    /// Gives each system the tag.
    fn tagged(self, alloc: &AllocResource, tag: &'static str) -> Self::Tagged;
}

macro_rules! tag_systems {
    ($($system:ident)+) => {
        impl<$($system),+> TagSystems for ($($system,)+) {
            type Tagged = ($(IntoAdapterSystem<OpenTag, $system>,)+);

            #[expect(non_snake_case, reason = "values are named as their types")]
            fn tagged(self, alloc: &AllocResource, tag: &'static str) -> Self::Tagged {
                let ($($system,)+) = self;
                ($(alloc.tagged(tag, $system),)+)
            }
        }
    };
}

tag_systems!(A);
tag_systems!(A B);
tag_systems!(A B C);
tag_systems!(A B C D);
tag_systems!(A B C D E);
tag_systems!(A B C D E F);
tag_systems!(A B C D E F G);
tag_systems!(A B C D E F G H);

/// Makes each update of the app a frame, and inserts the [`AllocResource`]; see the [module](self).
#[derive(Clone, Debug, Default)]
pub struct SmartAllocPlugin {
    source: Source,
    #[cfg(feature = "serde")]
    snapshots: Option<SnapshotConfig>,
}

#[derive(Clone)]
enum Source {
    Config(Box<AllocConfig>),
    Alloc(SmartAlloc),
}

impl Default for Source {
    fn default() -> Self {
        Self::Config(Box::default())
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Config(_) => "Config",
            Self::Alloc(_) => "Alloc",
        })
    }
}

impl SmartAllocPlugin {
    /// With an allocator of these settings. The app's making panics when they are invalid.
    #[must_use]
    pub fn new(config: AllocConfig) -> Self {
        Self::of(Source::Config(Box::new(config)))
    }

    /// With an allocator that the program has already.
    #[must_use]
    pub fn with_alloc(alloc: SmartAlloc) -> Self {
        Self::of(Source::Alloc(alloc))
    }

    fn of(source: Source) -> Self {
        Self {
            source,
            #[cfg(feature = "serde")]
            snapshots: None,
        }
    }

    /// Writes snapshots, for tools that watch the directory: after an update, when one is due. What became of them is in
    /// [`AllocSnapshots`].
    #[cfg(feature = "serde")]
    #[must_use]
    pub fn with_snapshots(mut self, config: SnapshotConfig) -> Self {
        self.snapshots = Some(config);
        self
    }
}

/// The snapshots that the app writes; see [`SmartAllocPlugin::with_snapshots`].
#[cfg(feature = "serde")]
#[derive(Debug, Resource)]
pub struct AllocSnapshots {
    emitter: SnapshotEmitter,
    failure: Option<EmitError>,
}

#[cfg(feature = "serde")]
impl AllocSnapshots {
    /// Why the last one was not written; `None` when it was, or none was due yet.
    #[must_use]
    pub fn failure(&self) -> Option<&EmitError> {
        self.failure.as_ref()
    }

    fn emit(&mut self, alloc: &SmartAlloc) {
        match self.emitter.maybe_emit_from(alloc) {
            Emission::Written(_) | Emission::Queued => self.failure = None,
            Emission::Failed(error) => self.failure = Some(error),
            Emission::RateLimited | Emission::StillFailing => {}
        }
    }
}

#[cfg(feature = "serde")]
fn emit(resource: Res<'_, AllocResource>, mut snapshots: ResMut<'_, AllocSnapshots>) {
    snapshots.emit(&resource.alloc);
}

impl Plugin for SmartAllocPlugin {
    fn build(&self, app: &mut App) {
        let alloc = match &self.source {
            Source::Config(config) => SmartAlloc::new((**config).clone()),
            Source::Alloc(alloc) => alloc.clone(),
        };
        app.insert_resource(AllocResource::new(alloc)).init_resource::<BegunByStartup>();
        let mut order = app.world_mut().resource_mut::<MainScheduleOrder>();
        order.startup_labels.insert(0, BeforeStartup.intern());
        order.labels.insert(0, BeforeFirst.intern());
        order.labels.push(AfterLast.intern());
        app.add_systems(BeforeStartup, begin_with_startup)
            .add_systems(BeforeFirst, begin)
            .add_systems(AfterLast, end);
        #[cfg(feature = "serde")]
        if let Some(config) = &self.snapshots {
            let emitter = SnapshotEmitter::new(config.clone());
            app.insert_resource(AllocSnapshots { emitter, failure: None })
                .add_systems(AfterLast, emit.after(end));
        }
    }
}

/// The schedule that begins the frame of the first update, before everything in it.
#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
struct BeforeStartup;

/// The schedule that begins the frame of each update.
#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
struct BeforeFirst;

/// The schedule that ends it.
#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
struct AfterLast;

/// The frame of the update that runs began before the startup schedules.
#[derive(Default, Resource)]
struct BegunByStartup(bool);

fn begin_with_startup(resource: Res<'_, AllocResource>, mut begun: ResMut<'_, BegunByStartup>) {
    begun.0 = true;
    resource.alloc.shared().ticks.begin_update();
}

fn begin(resource: Res<'_, AllocResource>, mut begun: ResMut<'_, BegunByStartup>) {
    if !std::mem::take(&mut begun.0) {
        resource.alloc.shared().ticks.begin_update();
    }
}

fn end(resource: Res<'_, AllocResource>) {
    resource.alloc.shared().ticks.end_update();
    // The thread that runs this is often the main one, which may not come by again before someone looks.
    AllocResource::follow(&resource.alloc);
}
