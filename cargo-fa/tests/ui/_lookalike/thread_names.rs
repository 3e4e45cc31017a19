// `spawn`, `send` and `await`-like names on entity worlds, mail and processes; frame values may go there.
use framealloc::{FrameVec, SmartAlloc, frame_format};
use std::io;
use std::process::{Command, Output, Stdio};

#[derive(Default)]
struct Commands {
    spawned: Vec<(u32, [f32; 2])>,
    mail: Vec<String>,
}

impl Commands {
    fn spawn(&mut self, bundle: (u32, &[f32])) -> usize {
        self.spawned.push((bundle.0, [bundle.1[0], bundle.1[1]]));
        self.spawned.len()
    }

    fn spawn_batch<'a>(&mut self, bundles: impl IntoIterator<Item = &'a (u32, [f32; 2])>) {
        self.spawned.extend(bundles.into_iter().copied());
    }

    fn send(&mut self, text: &str) -> io::Result<()> {
        self.mail.push(text.to_owned());
        Ok(())
    }

    fn send_all(&mut self, texts: &FrameVec<'_, FrameVec<'_, u8>>) -> usize {
        self.mail.extend(texts.iter().map(|text| String::from_utf8_lossy(text).into_owned()));
        self.mail.len()
    }
}

fn wave(alloc: &SmartAlloc, commands: &mut Commands, count: u32) -> io::Result<usize> {
    let _frame = alloc.frame();
    let origin = alloc.frame_slice_copy(&[1.0f32, 2.0]);
    commands.spawn((count, &origin));
    let bundles = alloc.frame_slice_from_fn(count as usize, |i| (i as u32, [i as f32, origin[1]]));
    commands.spawn_batch(bundles.iter());
    let text = frame_format!(alloc, "wave of {count}");
    commands.send(&text)?;
    let mut lines = alloc.frame_vec();
    let mut line = alloc.frame_vec::<u8>();
    line.extend_from_slice(text.as_bytes());
    lines.push(line);
    Ok(commands.send_all(&lines))
}

fn tool(alloc: &SmartAlloc, name: &str) -> io::Result<Output> {
    let _frame = alloc.frame();
    let argument = frame_format!(alloc, "--name={name}");
    let child = Command::new("true").arg(argument.as_str()).stdout(Stdio::null()).spawn()?;
    child.wait_with_output()
}

fn main() -> io::Result<()> {
    let alloc = SmartAlloc::with_defaults();
    let mut commands = Commands::default();
    for count in 1..4 {
        println!("{}", wave(&alloc, &mut commands, count)?);
    }
    println!("{:?} {}", tool(&alloc, "x").map(|output| output.status.success()).ok(), commands.spawned.len());
    Ok(())
}
