/** Frames that deserve a look. */
import type { Digest } from "../digest";

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
export function spikes(digests: readonly Digest[], most = MOST_SPIKES): Spike[] {
  const usual = median(digests.map(({ summary }) => summary.frame_bytes));
  const found: Spike[] = [];
  digests.forEach((digest, index) => {
    const { frame, window, worst_bytes: bytes, worst_thread: thread } = digest;
    const exceeded = newlyExceeded(digest, digests[index - 1]);
    if (!exceeded && bytes <= usual * FACTOR) return;
    found.push({ index, frame: window?.worst_frame ?? frame, thread: thread ?? undefined, bytes, exceeded });
  });
  found.sort((a, b) => Number(b.exceeded) - Number(a.exceeded) || b.bytes - a.bytes);
  return found.slice(0, most).sort((a, b) => a.index - b.index);
}

function newlyExceeded({ summary }: Digest, before: Digest | undefined): boolean {
  return before !== undefined && summary.budgets_exceeded > before.summary.budgets_exceeded;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >>> 1] ?? 0;
}
