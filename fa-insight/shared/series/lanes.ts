/** Threads side by side over time. */
import type { Digest, Threads } from "../digest";
import type { Snapshot, ThreadSnapshot } from "../snapshot";

/** What one thread did over some snapshots. */
export interface Course {
  /** Bytes allocated in the last frame of each snapshot; null where there is no such thread. */
  readonly bytes: readonly (number | null)[];
  /** Indices of snapshots since whose predecessor frames have needed more memory. */
  readonly refills: readonly number[];
  /** Indices of snapshots since whose predecessor a budget was exceeded. */
  readonly exceeded: readonly number[];
}

export interface Lane {
  readonly id: number;
  readonly name: string;
  /** As of the snapshot that is looked at; undefined where the thread is not in it. */
  readonly now: ThreadSnapshot | undefined;
}

/** All threads of the digests, in the order of their ids, with the names that they had last. */
export function lanes(digests: readonly Digest[], now: Snapshot): Lane[] {
  const names = new Map<number, string>();
  let after: readonly number[] | undefined;
  for (const { threads } of [...digests].reverse()) {
    if (after === undefined || !isSame(after, threads.ids)) {
      threads.ids.forEach((id, row) => {
        if (!names.has(id)) names.set(id, threads.names[row] as string);
      });
    }
    after = threads.ids;
  }
  const known = new Map(now.threads.map((thread) => [thread.id, thread]));
  const found = [...names].map(([id, name]) => ({ id, name: name || `thread ${id}`, now: known.get(id) }));
  return found.sort((a, b) => a.id - b.id);
}

export function course(digests: readonly Digest[], id: number): Course {
  const bytes: (number | null)[] = [];
  const refills: number[] = [];
  const exceeded: number[] = [];
  let row = -1;
  let last: { readonly refills: number; readonly exceeded: number } | undefined;
  digests.forEach(({ threads }, at) => {
    // Mostly it stands where it stood before.
    if (threads.ids[row] !== id) row = threads.ids.indexOf(id);
    if (row < 0) {
      bytes.push(null);
      return;
    }
    const now = { refills: threads.refills[row] as number, exceeded: threads.budgets_exceeded[row] as number };
    bytes.push(threads.frame_bytes[row] as number);
    if (last !== undefined && now.refills > last.refills) refills.push(at);
    if (last !== undefined && now.exceeded > last.exceeded) exceeded.push(at);
    last = now;
  });
  return { bytes, refills, exceeded };
}

const most = new WeakMap<Threads, number>();

/** The most that any thread allocated in one frame of these. */
export function mostOfAll(digests: readonly Digest[]): number {
  return digests.reduce((all, { threads }) => {
    let its = most.get(threads);
    if (its === undefined) {
      its = threads.frame_bytes.reduce((sum, bytes) => Math.max(sum, bytes), 0);
      most.set(threads, its);
    }
    return Math.max(all, its);
  }, 0);
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((id, row) => id === other[row]);
}
