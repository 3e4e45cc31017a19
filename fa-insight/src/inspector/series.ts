/** What one tag, phase or thread was in each snapshot of a run. */
import { digestOf } from "../../shared/digest";
import type { Run } from "../../shared/history";
import { trend as tagValues } from "../../shared/series/tags";
import type { PhaseSnapshot, Snapshot } from "../../shared/snapshot";
import { LOOK_BACK, type Trend, trend } from "./trend";

function recent({ entries }: Run): readonly Snapshot[] {
  return entries.slice(-LOOK_BACK - 1).map((entry) => entry.snapshot);
}

/** The trend of a number that is found in each snapshot. */
export function trendOf(run: Run, value: (snapshot: Snapshot) => number): Trend {
  return trend(recent(run).map(value));
}

/** Of one tag, or of several together. */
export function tagTrend(run: Run, ...paths: readonly string[]): Trend {
  const digests = recent(run).map(digestOf);
  return trend(together(paths.map((path) => tagValues(digests, path))));
}

export function phaseTrend(run: Run, ...paths: readonly string[]): Trend {
  const isOne = (phase: PhaseSnapshot) => paths.includes(phase.path);
  return trendOf(run, ({ phases }) => phases.filter(isOne).reduce((sum, phase) => sum + phase.bytes, 0));
}

function together([first = [], ...rest]: readonly (readonly number[])[]): readonly number[] {
  return first.map((value, index) => rest.reduce((sum, values) => sum + (values[index] ?? 0), value));
}
