//! What the library's `sync` module offers, taken from loom: every access is a step that loom may put elsewhere.
//!
//! Atomics and cells also know whether they are alive: the models drop a heap in place and keep its memory, so that
//! a stale access is reported instead of being undefined.

use std::cell::OnceCell;

use std::sync::LockResult;
use std::time::Duration;

pub(crate) use loom::sync::Mutex;
pub(crate) use loom::sync::atomic::Ordering;

/// Reads on each use, writes at the end: loom objects to a use that is not before the end in every interleaving.
#[derive(Debug)]
struct Life(loom::cell::UnsafeCell<bool>);

impl Life {
    fn new() -> Self {
        Self(loom::cell::UnsafeCell::new(true))
    }

    fn touch(&self) {
        // SAFETY: loom has checked that nobody writes at the same time.
        self.0.with(|alive| assert!(unsafe { *alive }, "used after its end"));
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            // SAFETY: loom has checked that nobody reads or writes at the same time.
            self.0.with_mut(|alive| unsafe { *alive = false });
        }
    }
}

#[derive(Debug)]
pub(crate) struct AtomicPtr<T> {
    life: Life,
    value: loom::sync::atomic::AtomicPtr<T>,
}

impl<T> AtomicPtr<T> {
    pub(crate) fn new(value: *mut T) -> Self {
        Self { life: Life::new(), value: loom::sync::atomic::AtomicPtr::new(value) }
    }

    pub(crate) fn load(&self, order: Ordering) -> *mut T {
        self.life.touch();
        self.value.load(order)
    }

    pub(crate) fn store(&self, value: *mut T, order: Ordering) {
        self.life.touch();
        self.value.store(value, order);
    }

    pub(crate) fn swap(&self, value: *mut T, order: Ordering) -> *mut T {
        self.life.touch();
        self.value.swap(value, order)
    }

    pub(crate) fn compare_exchange_weak(
        &self,
        current: *mut T,
        new: *mut T,
        success: Ordering,
        failure: Ordering,
    ) -> Result<*mut T, *mut T> {
        self.life.touch();
        self.value.compare_exchange_weak(current, new, success, failure)
    }
}

#[derive(Debug)]
pub(crate) struct AtomicU64 {
    life: Life,
    value: loom::sync::atomic::AtomicU64,
}

impl AtomicU64 {
    pub(crate) fn new(value: u64) -> Self {
        Self { life: Life::new(), value: loom::sync::atomic::AtomicU64::new(value) }
    }

    pub(crate) fn load(&self, order: Ordering) -> u64 {
        self.life.touch();
        self.value.load(order)
    }

    pub(crate) fn store(&self, value: u64, order: Ordering) {
        self.life.touch();
        self.value.store(value, order);
    }

    pub(crate) fn swap(&self, value: u64, order: Ordering) -> u64 {
        self.life.touch();
        self.value.swap(value, order)
    }

    pub(crate) fn fetch_add(&self, value: u64, order: Ordering) -> u64 {
        self.life.touch();
        self.value.fetch_add(value, order)
    }

    pub(crate) fn fetch_sub(&self, value: u64, order: Ordering) -> u64 {
        self.life.touch();
        self.value.fetch_sub(value, order)
    }

    pub(crate) fn compare_exchange(
        &self,
        current: u64,
        new: u64,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u64, u64> {
        self.life.touch();
        self.value.compare_exchange(current, new, success, failure)
    }

    pub(crate) fn compare_exchange_weak(
        &self,
        current: u64,
        new: u64,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u64, u64> {
        self.life.touch();
        self.value.compare_exchange_weak(current, new, success, failure)
    }
}

/// Knows no time: a wait with a limit is one whose time is up after its first look.
#[derive(Debug)]
pub(crate) struct Condvar(loom::sync::Condvar);

impl Condvar {
    pub(crate) fn new() -> Self {
        Self(loom::sync::Condvar::new())
    }

    pub(crate) fn wait<'g, T>(
        &self,
        held: loom::sync::MutexGuard<'g, T>,
    ) -> LockResult<loom::sync::MutexGuard<'g, T>> {
        self.0.wait(held)
    }

    pub(crate) fn wait_timeout_while<'g, T>(
        &self,
        mut held: loom::sync::MutexGuard<'g, T>,
        _limit: Duration,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> (loom::sync::MutexGuard<'g, T>, bool) {
        let timed_out = condition(&mut held);
        (held, timed_out)
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
    }
}

/// A cell whose accesses loom checks for races.
///
/// The library makes these in `const` functions and loom's own cannot be made there, so loom hears of this one at
/// its first use: no access is missed by that.
#[derive(Debug)]
pub(crate) struct UnsafeCell<T> {
    value: std::cell::UnsafeCell<T>,
    accesses: OnceCell<loom::cell::UnsafeCell<()>>,
}

impl<T> UnsafeCell<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self { value: std::cell::UnsafeCell::new(value), accesses: OnceCell::new() }
    }

    fn accesses(&self) -> &loom::cell::UnsafeCell<()> {
        self.accesses.get_or_init(|| loom::cell::UnsafeCell::new(()))
    }

    pub(crate) fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
        self.accesses().with(|_| read(self.value.get()))
    }

    pub(crate) fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
        self.accesses().with_mut(|_| write(self.value.get()))
    }
}
