/** Threads side by side over time. */
import type { Digest, Threads } from "../digest";
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

/** All threads of the digests, in the order of their ids. */
export function lanes(digests: readonly Digest[], now: Snapshot): Lane[] {
  const found = new Map<number, Growing>();
  digests.forEach(({ threads }, at) => {
    threads.ids.forEach((id, row) => {
      let lane = found.get(id);
      if (lane === undefined) {
        lane = new Growing(id, digests.length);
        found.set(id, lane);
      }
      lane.add(threads, row, at);
    });
  });
  const threads = new Map(now.threads.map((thread) => [thread.id, thread]));
  return [...found.values()].sort((a, b) => a.id - b.id).map((lane) => lane.finished(threads.get(lane.id)));
}

class Growing {
  readonly id: number;
  #name = "";
  #refilled: number | undefined;
  #exceeded: number | undefined;
  #most = 0;
  readonly #bytes: (number | null)[];
  readonly #refills: number[] = [];
  readonly #alarms: number[] = [];

  constructor(id: number, length: number) {
    this.id = id;
    this.#bytes = new Array<number | null>(length).fill(null);
  }

  add(threads: Threads, row: number, at: number): void {
    const bytes = threads.frame_bytes[row] as number;
    const refills = threads.refills[row] as number;
    const exceeded = threads.budgets_exceeded[row] as number;
    this.#name = threads.names[row] as string;
    this.#bytes[at] = bytes;
    this.#most = Math.max(this.#most, bytes);
    if (this.#refilled !== undefined && refills > this.#refilled) this.#refills.push(at);
    if (this.#exceeded !== undefined && exceeded > this.#exceeded) this.#alarms.push(at);
    this.#refilled = refills;
    this.#exceeded = exceeded;
  }

  finished(now: ThreadSnapshot | undefined): Lane {
    return {
      id: this.id,
      name: this.#name || `thread ${this.id}`,
      now,
      bytes: this.#bytes,
      refills: this.#refills,
      exceeded: this.#alarms,
      most: this.#most,
    };
  }
}
