/** Threads side by side over time. */
import type { Snapshot, ThreadSnapshot } from "../snapshot";

export interface Lane {
  readonly id: number;
  readonly name: string;
  /** As of the snapshot that is looked at; undefined where the thread is not in it. */
  readonly now: ThreadSnapshot | undefined;
  /** Bytes allocated in the last frame of each snapshot; null where there is no such thread. */
  readonly bytes: readonly (number | null)[];
  /** Indices of snapshots since whose predecessor frames have needed more memory. */
  readonly refills: readonly number[];
  /** Indices of snapshots since whose predecessor a budget was exceeded. */
  readonly exceeded: readonly number[];
  /** The most that it allocated in one frame of these. */
  readonly most: number;
}

/** All threads of the snapshots, in the order of their ids. */
export function lanes(snapshots: readonly Snapshot[], index: number): Lane[] {
  const found = new Map<number, Growing>();
  snapshots.forEach((snapshot, at) => {
    for (const thread of snapshot.threads) {
      let lane = found.get(thread.id);
      if (lane === undefined) {
        lane = new Growing(thread, snapshots.length);
        found.set(thread.id, lane);
      }
      lane.add(thread, at);
    }
  });
  const now = new Map(snapshots[index]?.threads.map((thread) => [thread.id, thread]));
  return [...found.values()].sort((a, b) => a.id - b.id).map((lane) => lane.finished(now.get(lane.id)));
}

class Growing {
  readonly id: number;
  #name: string;
  #before: ThreadSnapshot | undefined;
  #most = 0;
  readonly #bytes: (number | null)[];
  readonly #refills: number[] = [];
  readonly #exceeded: number[] = [];

  constructor(thread: ThreadSnapshot, length: number) {
    this.id = thread.id;
    this.#name = thread.name;
    this.#bytes = new Array<number | null>(length).fill(null);
  }

  add(thread: ThreadSnapshot, at: number): void {
    this.#name = thread.name;
    this.#bytes[at] = thread.frame_bytes;
    this.#most = Math.max(this.#most, thread.frame_bytes);
    if (this.#before && thread.refills > this.#before.refills) this.#refills.push(at);
    if (this.#before && thread.budgets_exceeded > this.#before.budgets_exceeded) this.#exceeded.push(at);
    this.#before = thread;
  }

  finished(now: ThreadSnapshot | undefined): Lane {
    return {
      id: this.id,
      name: this.#name || `thread ${this.id}`,
      now,
      bytes: this.#bytes,
      refills: this.#refills,
      exceeded: this.#exceeded,
      most: this.#most,
    };
  }
}
