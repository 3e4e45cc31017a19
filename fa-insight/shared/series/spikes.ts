/** Frames that deserve a look. */
import type { Snapshot } from "../snapshot";
import { worstTotal } from "./frames";

export interface Spike {
  readonly index: number;
  /** The number of the frame that was meant, if it is known, else of the snapshot. */
  readonly frame: number;
  /** Whose frame that is; threads count their own. */
  readonly thread: string | undefined;
  readonly bytes: number;
  /** Whether a budget was exceeded meanwhile. */
  readonly exceeded: boolean;
}

/** A spike allocates this much of what is usual. */
const FACTOR = 1.5;
/** So many are listed. */
export const MOST_SPIKES = 8;

/** The worst, in the order of time. */
export function spikes(snapshots: readonly Snapshot[], most = MOST_SPIKES): Spike[] {
  const totals = snapshots.map(worstTotal);
  const usual = median(snapshots.map(({ summary }) => summary.frame_bytes));
  const found: Spike[] = [];
  snapshots.forEach((snapshot, index) => {
    const bytes = totals[index] as number;
    const exceeded = newlyExceeded(snapshot, snapshots[index - 1]);
    if (!exceeded && bytes <= usual * FACTOR) return;
    const { window, threads, frame } = snapshot;
    const thread = threads.find(({ id }) => id === window?.worst_thread)?.name || undefined;
    found.push({ index, frame: window?.worst_frame ?? frame, thread, bytes, exceeded });
  });
  found.sort((a, b) => Number(b.exceeded) - Number(a.exceeded) || b.bytes - a.bytes);
  return found.slice(0, most).sort((a, b) => a.index - b.index);
}

function newlyExceeded(snapshot: Snapshot, before: Snapshot | undefined): boolean {
  return before !== undefined && snapshot.summary.budgets_exceeded > before.summary.budgets_exceeded;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >>> 1] ?? 0;
}
