//! Matchmaking: asynchronous calls with names and lists from the frame.
use framealloc::{FrameString, FrameVec, SmartAlloc, frame_format};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

#[derive(Clone, Copy, Debug)]
struct Rating(u32);

#[derive(Debug)]
struct Offline;

async fn rating(name: &str) -> Result<Rating, Offline> {
    if name.is_empty() { Err(Offline) } else { Ok(Rating(name.len() as u32)) }
}

async fn announce(count: usize) {
    println!("{count} players");
}

fn key<'a>(alloc: &'a SmartAlloc, player: u32) -> FrameString<'a> {
    frame_format!(alloc, "player/{player}")
}

async fn look_up(alloc: &SmartAlloc, player: u32) -> Result<Rating, Offline> {
    let key = key(alloc, player);
    let rating = rating(&key).await?; //~ FA701
    println!("{key}: {rating:?}");
    Ok(rating)
}

async fn look_up_owned(alloc: &SmartAlloc, player: u32) -> Result<Rating, Offline> {
    let name = key(alloc, player).as_str().to_owned();
    let rating = rating(&name).await?;
    println!("{name}: {rating:?}");
    Ok(rating)
}

async fn all(alloc: &SmartAlloc, players: &[u32]) -> Result<u32, Offline> {
    let mut ratings: FrameVec<'_, Rating> = alloc.frame_vec_with_capacity(players.len());
    for player in players {
        let found = look_up_owned(alloc, *player).await?; //~ FA701
        ratings.push(found);
    }
    Ok(ratings.iter().map(|rating| rating.0).sum())
}

async fn best(alloc: &SmartAlloc, ratings: &[Rating]) -> u32 {
    let best = {
        let sorted = alloc.frame_slice_from_fn(ratings.len(), |index| ratings[index].0);
        sorted.iter().copied().max().unwrap_or(0)
    };
    announce(ratings.len()).await;
    best
}

async fn teams(alloc: &SmartAlloc, ratings: &[Rating]) -> usize {
    let left = alloc.frame_slice_copy(&ratings[..ratings.len() / 2]);
    let strong = left.iter().filter(|rating| rating.0 > 10).count();
    drop(left);
    announce(strong).await;
    strong
}

async fn lobby(alloc: &SmartAlloc, ratings: &[Rating]) -> usize {
    let _guard = alloc.frame();
    let strong = ratings.iter().filter(|rating| rating.0 > 10).count();
    announce(strong).await; //~ FA701
    strong
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

fn main() -> Result<(), Offline> {
    let alloc = SmartAlloc::with_defaults();
    let ratings = [Rating(4), Rating(40)];
    println!("{:?} {}", block_on(look_up(&alloc, 3))?, block_on(all(&alloc, &[1, 2]))?);
    println!("{} {}", block_on(best(&alloc, &ratings)), block_on(teams(&alloc, &ratings)));
    println!("{}", block_on(lobby(&alloc, &ratings)));
    Ok(())
}
