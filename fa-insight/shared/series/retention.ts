/** Memory that is held, and what for. */
import type { Digest } from "../digest";

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
export function retention({ summary, held_bytes }: Digest): Retention {
  const beyondPeak = summary.frame_capacity_bytes - summary.peak_frame_bytes - summary.parked_bytes;
  return {
    reserved: summary.frame_capacity_bytes + summary.pool_capacity_bytes,
    used: held_bytes + summary.pool_bytes,
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

type Read = (digest: Digest) => number;

const NOW = null;

/** Title, meaning, unit, what is read, and whether it is counted over the session. */
const FACTS: readonly (readonly [string, string, Fact["unit"], Read, typeof NOW | "session"])[] = [
  [
    "Promoted to the pool",
    "retained values that outlive their frame as pool blocks",
    "count",
    (of) => of.promotions.to_pool,
    "session",
  ],
  [
    "Promoted to the heap",
    "retained values that outlive their frame as heap blocks",
    "count",
    (of) => of.promotions.to_heap,
    "session",
  ],
  ["Leaked on purpose", "retained for as long as the program runs", "count", (of) => of.promotions.leaked, "session"],
  ["Promoted bytes", "bytes of all retained values", "bytes", (of) => of.promotions.bytes, "session"],
  [
    "Promotions unread",
    "retained, and dropped since nobody asked for them",
    "count",
    (of) => of.promotions.unread,
    "session",
  ],
  [
    "Frames parked",
    "ended while something in them was alive, and still is",
    "count",
    (of) => of.summary.parked_frames,
    NOW,
  ],
  ["Chunk refills", "a frame needed another chunk", "count", (of) => of.summary.refills, "session"],
  [
    "Frees waiting",
    "pool blocks dropped on other threads that their owners have not taken back",
    "count",
    (of) => of.deferred.waiting,
    NOW,
  ],
  ["Transfers in flight", "values on their way to other threads", "count", (of) => of.transfers.in_flight, NOW],
  [
    "Transfers dropped",
    "values for other threads that never arrived",
    "count",
    (of) => of.transfers.dropped,
    "session",
  ],
  ["Scratch memory", "reserved by scratch allocators", "bytes", (of) => of.scratch_bytes, NOW],
];

export function facts(first: Digest, now: Digest): Fact[] {
  return FACTS.map(([title, meaning, unit, read, counted]) => {
    const value = read(now);
    return { title, meaning, unit, value, gained: counted === NOW ? null : value - read(first) };
  });
}
