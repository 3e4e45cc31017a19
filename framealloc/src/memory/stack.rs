//! The calling thread's stack: which calls have led here.

/// Calls `visit` with the addresses to which the calls return that are open, the innermost first, until it says `false`.
///
/// Asks for no memory and waits for no other thread, so that it may be called by an allocator: also while another thread,
/// or this one, puts a backtrace together for a panic.
pub(crate) fn walk(mut visit: impl FnMut(usize) -> bool) {
    let each = |frame: &backtrace::Frame| visit(frame.ip().addr());
    #[cfg(all(windows, target_arch = "x86"))]
    backtrace::trace(each);
    #[cfg(not(all(windows, target_arch = "x86")))]
    // SAFETY: what is not synchronised is the library by which 32-bit Windows walks stacks. Elsewhere it is the unwinder,
    // which panics use on all threads at once.
    unsafe {
        backtrace::trace_unsynchronized(each);
    }
}
