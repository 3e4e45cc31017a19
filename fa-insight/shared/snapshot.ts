/* Made by `npm run codegen` from schemas/snapshot-v1.json: do not edit. */

/**
 * How much a remark matters.
 */
export type Severity = "error" | "warning" | "note";

/**
 * What a program's frame memory looked like at one moment: each thread as of its last frame boundary.
 */
export interface Snapshot {
  /**
   * Where allocations come from, those with the most bytes first, so many at most; absent unless somebody records
   * that.
   */
  call_sites?: CallSite[] | null;
  /**
   * Pool blocks that were dropped on other threads than their own.
   */
  deferred: DeferredFrees;
  /**
   * What deserves somebody's attention.
   */
  diagnostics: Diagnostic[];
  /**
   * The number of the frame.
   */
  frame: number;
  /**
   * What the observation itself costs.
   */
  overhead: Overhead;
  /**
   * The phases of the last finished frames, by path.
   */
  phases: PhaseSnapshot[];
  /**
   * Values retained beyond their frames, over the session.
   */
  promotions: Promotions;
  /**
   * The scratch allocators that are alive.
   */
  scratch: ScratchSnapshot[];
  /**
   * The sums over all threads.
   */
  summary: Summary;
  /**
   * The tags, by path.
   */
  tags: TagSnapshot[];
  /**
   * The threads, each as of its last frame boundary.
   */
  threads: ThreadSnapshot[];
  /**
   * Values made for other threads, over the session.
   */
  transfers: Transfers;
  /**
   * The version of the schema: 1.
   */
  version: 1;
  /**
   * The frames since the last snapshot, of all threads; absent when none was observed.
   */
  window?: Window | null;
}
/**
 * What was allocated at one place in the source.
 */
export interface CallSite {
  /**
   * Bytes of them.
   */
  bytes: number;
  /**
   * Allocations since the recording began.
   */
  count: number;
  /**
   * The number that the first of them has on its thread, from zero.
   */
  first_frame: number;
  /**
   * In how many frames it was seen: of the thread with the most.
   */
  frames: number;
  /**
   * From which memory: `frame`, `pool`, `heap` or `global`.
   */
  kind: string;
  /**
   * The number of the last.
   */
  last_frame: number;
  /**
   * Where; without a file for the growth of the library's own collections.
   */
  location: Location;
  /**
   * The path of the phase in which it happens, if any.
   */
  phase?: string | null;
  /**
   * Whether these two are estimated from samples.
   */
  sampled: boolean;
  /**
   * The path of the tag under which it happens, if any.
   */
  tag?: string | null;
  /**
   * The type that is made there, if it is known.
   */
  type_name?: string | null;
}
/**
 * A place in the source.
 */
export interface Location {
  /**
   * From 1; 0 when it is not known.
   */
  column: number;
  /**
   * The file, as the compiler was told of it.
   */
  file: string;
  /**
   * From 1; 0 when it is not known.
   */
  line: number;
}
/**
 * Pool blocks that were dropped on other threads than their own.
 */
export interface DeferredFrees {
  /**
   * The most that one owner has taken back at once.
   */
  deepest: number;
  /**
   * Blocks that went to a full queue all the same.
   */
  past_bound: number;
  /**
   * Blocks that their owners have taken back.
   */
  processed: number;
  /**
   * Blocks that wait for their owners now.
   */
  waiting: number;
}
/**
 * A remark about the program.
 */
export interface Diagnostic {
  /**
   * What kind of remark it is; stays the same from version to version.
   */
  code: string;
  /**
   * How often it happened, over the session.
   */
  count: number;
  /**
   * The place in the source that it is about, if it is known.
   */
  location?: Location | null;
  /**
   * What is to be said, for people.
   */
  message: string;
  /**
   * How much it matters.
   */
  severity: Severity;
  /**
   * The path of the tag that it is about, if any.
   */
  tag?: string | null;
}
/**
 * What the observation itself costs.
 */
export interface Overhead {
  /**
   * Bytes that the library holds for its threads' states, their tags and phases, and for what is observed of them.
   */
  bookkeeping_bytes: number;
  /**
   * How long filling this snapshot took.
   */
  snapshot_nanoseconds: number;
}
/**
 * What was allocated in one phase of the last finished frames, by all threads, and how long it took.
 */
export interface PhaseSnapshot {
  /**
   * Handles and scopes made, inner phases included.
   */
  allocations: number;
  /**
   * Frame bytes, inner phases included.
   */
  bytes: number;
  /**
   * Calls of the global heap, inner phases included; absent unless it is tracked.
   */
  heap_calls?: number | null;
  /**
   * The time between beginning and end, inner phases included, summed over the threads; absent when it was not
   * taken.
   */
  nanoseconds?: number | null;
  /**
   * Frame bytes, inner phases left out.
   */
  own_bytes: number;
  /**
   * The phase's path: `render/shadows`.
   */
  path: string;
}
/**
 * Values retained beyond their frames.
 */
export interface Promotions {
  /**
   * Bytes of them all.
   */
  bytes: number;
  /**
   * For as long as the program runs.
   */
  leaked: number;
  /**
   * How many the program has taken over.
   */
  taken: number;
  /**
   * To the heap.
   */
  to_heap: number;
  /**
   * To the pool.
   */
  to_pool: number;
  /**
   * How many nobody has asked for.
   */
  unread: number;
}
/**
 * A scratch allocator.
 */
export interface ScratchSnapshot {
  /**
   * The bytes it was made with.
   */
  capacity_bytes: number;
  /**
   * Whether it refuses what goes beyond them.
   */
  fixed: boolean;
  /**
   * How often it went beyond the memory that it had.
   */
  growths: number;
  /**
   * The name it was given, or nothing.
   */
  name: string;
  /**
   * The most of them at any time.
   */
  peak_bytes: number;
  /**
   * Bytes that it holds, used or not.
   */
  reserved_bytes: number;
  /**
   * Bytes held by open scopes.
   */
  used_bytes: number;
}
/**
 * The sums over all threads.
 */
export interface Summary {
  /**
   * How often a budget was exceeded, over the session.
   */
  budgets_exceeded: number;
  /**
   * Handles and scopes made in these frames.
   */
  frame_allocations: number;
  /**
   * Frame bytes of each thread's last finished frame.
   */
  frame_bytes: number;
  /**
   * Bytes of frame chunks held, used or not.
   */
  frame_capacity_bytes: number;
  /**
   * Bytes of living heap blocks made through the library.
   */
  heap_bytes: number;
  /**
   * Bytes of frames that ended while something in them was alive, and still is.
   */
  parked_bytes: number;
  /**
   * How many such frames there are.
   */
  parked_frames: number;
  /**
   * The most bytes that a frame has held at once: the sum of each thread's own.
   */
  peak_frame_bytes: number;
  /**
   * Bytes of living pool blocks.
   */
  pool_bytes: number;
  /**
   * Bytes of pool pages, used or not.
   */
  pool_capacity_bytes: number;
  /**
   * How often a frame needed another chunk, over the session.
   */
  refills: number;
  /**
   * Bytes of memory that the process has, as the system counts them, when the file was written; absent where the
   * system is not asked: elsewhere than on Linux.
   */
  resident_bytes?: number | null;
  /**
   * Of these, bytes that are alive in no global heap: code, stacks, drivers, other languages' heaps, and what the
   * system's allocator keeps back. Memory that was asked for and never touched is not resident, so that it may make
   * this less than it is, down to zero. Absent unless the global heap is tracked.
   */
  untracked_bytes?: number | null;
}
/**
 * What was allocated under one tag, by all threads, in the last finished frame of each.
 */
export interface TagSnapshot {
  /**
   * Handles and scopes made, sub-tags included.
   */
  allocations: number;
  /**
   * The bytes that one frame of one thread may hold under the tag, if that is bounded.
   */
  budget?: number | null;
  /**
   * How often that was exceeded, over the session.
   */
  budget_exceeded: number;
  /**
   * Frame bytes, sub-tags included.
   */
  bytes: number;
  /**
   * Heap blocks made through the library, sub-tags included.
   */
  heap_allocations: number;
  /**
   * Bytes of heap blocks made through the library, sub-tags included.
   */
  heap_bytes: number;
  /**
   * Bytes asked of the global heap, sub-tags included; absent unless it is tracked.
   */
  heap_call_bytes?: number | null;
  /**
   * Calls of the global heap, sub-tags included; absent unless it is tracked.
   */
  heap_calls?: number | null;
  /**
   * Frame bytes, sub-tags left out.
   */
  own_bytes: number;
  /**
   * The tag's path: `physics/contacts`.
   */
  path: string;
  /**
   * The most bytes of one thread in one frame, over the session.
   */
  peak_bytes: number;
  /**
   * Pool blocks made, sub-tags included.
   */
  pool_allocations: number;
  /**
   * Bytes of pool blocks made, sub-tags included.
   */
  pool_bytes: number;
}
/**
 * One thread, as of its last frame boundary.
 */
export interface ThreadSnapshot {
  /**
   * How often a budget was exceeded, over the session.
   */
  budgets_exceeded: number;
  /**
   * Bytes of frame chunks held, used or not.
   */
  capacity_bytes: number;
  /**
   * Pool blocks that other threads have dropped and this one has not taken back yet.
   */
  deferred_depth: number;
  /**
   * Handles and scopes made in that frame.
   */
  frame_allocations: number;
  /**
   * The bytes that a frame may hold at once, if that is bounded.
   */
  frame_budget?: number | null;
  /**
   * Bytes allocated in the last finished frame; those given back since are included, as is padding.
   */
  frame_bytes: number;
  /**
   * How long that frame took; absent when it was not timed.
   */
  frame_nanoseconds?: number | null;
  /**
   * Frames that have ended.
   */
  frames: number;
  /**
   * The bytes of heap blocks that may be alive at once, if that is bounded.
   */
  heap_budget?: number | null;
  /**
   * Bytes of living heap blocks that the thread made.
   */
  heap_bytes: number;
  /**
   * Stays the same from snapshot to snapshot of one run. A thread that starts may inherit that of one that has
   * ended.
   */
  id: number;
  /**
   * The thread's name, or nothing.
   */
  name: string;
  /**
   * Bytes of frames that ended while something in them was alive, and still is.
   */
  parked_bytes: number;
  /**
   * How many such frames there are.
   */
  parked_frames: number;
  /**
   * The most bytes that any frame held at once.
   */
  peak_bytes: number;
  /**
   * The bytes of pool blocks that may be alive at once, if that is bounded.
   */
  pool_budget?: number | null;
  /**
   * Bytes of living pool blocks.
   */
  pool_bytes: number;
  /**
   * Bytes of pool pages, used or not.
   */
  pool_capacity_bytes: number;
  /**
   * How often a frame needed another chunk, over the session.
   */
  refills: number;
  /**
   * Its frames since the last snapshot; absent when none was observed.
   */
  window?: Window | null;
}
/**
 * The frames since the last snapshot.
 *
 * Percentiles are exact up to an eighth, and never less than what they stand for.
 */
export interface Window {
  /**
   * Frames covered. Those of all threads where the window is that of the whole snapshot.
   */
  frames: number;
  /**
   * Half of the frames allocated no more bytes.
   */
  p50_bytes: number;
  /**
   * Nine frames in ten allocated no more bytes.
   */
  p90_bytes: number;
  /**
   * Ninety-nine frames in a hundred allocated no more bytes.
   */
  p99_bytes: number;
  /**
   * Bytes allocated in it.
   */
  worst_bytes: number;
  /**
   * The number that the frame with the most bytes has on its thread.
   */
  worst_frame: number;
  /**
   * The thread of that frame; in the window of the whole snapshot.
   */
  worst_thread?: number | null;
}
/**
 * Values made for other threads.
 */
export interface Transfers {
  /**
   * Handles dropped before that.
   */
  dropped: number;
  /**
   * Handles on their way.
   */
  in_flight: number;
  /**
   * Handles made.
   */
  made: number;
  /**
   * Handles whose value has arrived.
   */
  received: number;
}
