/** What one tag, phase or thread was in each snapshot of a run. */
import type { Run } from "../../shared/history";
import type { Snapshot } from "../../shared/snapshot";
import { LOOK_BACK, type Trend, trend } from "./trend";

/** The trend of a number that is found in each snapshot. */
export function trendOf(run: Run, value: (snapshot: Snapshot) => number): Trend {
  return trend(run.entries.slice(-LOOK_BACK - 1).map((entry) => value(entry.snapshot)));
}

/** Finds one by its path; the reader has them in order. */
export function byPath<T extends { readonly path: string }>(items: readonly T[], path: string): T | undefined {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle] as T).path < path) low = middle + 1;
    else high = middle;
  }
  return items[low]?.path === path ? items[low] : undefined;
}

export function tagTrend(run: Run, path: string): Trend {
  return trendOf(run, (snapshot) => byPath(snapshot.tags, path)?.bytes ?? 0);
}
