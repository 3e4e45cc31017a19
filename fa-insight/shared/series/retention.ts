/** Memory that is held, and what for. */
import type { Snapshot } from "../snapshot";

export interface Retention {
  /** Frame chunks and pool pages. */
  readonly reserved: number;
  /** What the last frames can have held at once, and living pool blocks. */
  readonly used: number;
  /** Held for frames that ended while something in them was alive. */
  readonly parked: number;
  /** Reserved, but no frame has reached it, and no block of the pool is in it. */
  readonly stranded: number;
}

/**
 * A frame may allocate more than it holds at once, since what is dropped early is used again: so what it held is at most
 * what it allocated, and at most the peak.
 */
export function retention({ summary, threads }: Snapshot): Retention {
  const frames = threads.reduce((sum, thread) => sum + Math.min(thread.frame_bytes, thread.peak_bytes), 0);
  const beyondPeak = summary.frame_capacity_bytes - summary.peak_frame_bytes - summary.parked_bytes;
  return {
    reserved: summary.frame_capacity_bytes + summary.pool_capacity_bytes,
    used: frames + summary.pool_bytes,
    parked: summary.parked_bytes,
    stranded: Math.max(0, beyondPeak) + Math.max(0, summary.pool_capacity_bytes - summary.pool_bytes),
  };
}

/** A number of the session, and how much of it fell into the range. */
export interface Fact {
  readonly title: string;
  readonly meaning: string;
  readonly value: number;
  readonly gained: number | null;
  readonly unit: "bytes" | "count";
}

type Read = (snapshot: Snapshot) => number;

const NOW = null;

/** Title, meaning, unit, what is read, and whether it is counted over the session. */
const FACTS: readonly (readonly [string, string, Fact["unit"], Read, typeof NOW | "session"])[] = [
  [
    "Promoted to the pool",
    "retained values that outlive their frame as pool blocks",
    "count",
    (s) => s.promotions.to_pool,
    "session",
  ],
  [
    "Promoted to the heap",
    "retained values that outlive their frame as heap blocks",
    "count",
    (s) => s.promotions.to_heap,
    "session",
  ],
  ["Leaked on purpose", "retained for as long as the program runs", "count", (s) => s.promotions.leaked, "session"],
  ["Promoted bytes", "bytes of all retained values", "bytes", (s) => s.promotions.bytes, "session"],
  [
    "Promotions unread",
    "retained, and dropped since nobody asked for them",
    "count",
    (s) => s.promotions.unread,
    "session",
  ],
  [
    "Frames parked",
    "ended while something in them was alive, and still is",
    "count",
    (s) => s.summary.parked_frames,
    NOW,
  ],
  ["Chunk refills", "a frame needed another chunk", "count", (s) => s.summary.refills, "session"],
  [
    "Frees waiting",
    "pool blocks dropped on other threads that their owners have not taken back",
    "count",
    (s) => s.deferred.waiting,
    NOW,
  ],
  ["Transfers in flight", "values on their way to other threads", "count", (s) => s.transfers.in_flight, NOW],
  ["Transfers dropped", "values for other threads that never arrived", "count", (s) => s.transfers.dropped, "session"],
  [
    "Scratch memory",
    "reserved by scratch allocators",
    "bytes",
    (s) => s.scratch.reduce((sum, { reserved_bytes }) => sum + reserved_bytes, 0),
    NOW,
  ],
];

export function facts(first: Snapshot, snapshot: Snapshot): Fact[] {
  return FACTS.map(([title, meaning, unit, read, counted]) => {
    const value = read(snapshot);
    return { title, meaning, unit, value, gained: counted === NOW ? null : value - read(first) };
  });
}
