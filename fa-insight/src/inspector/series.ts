/** What one tag, phase or thread was in each snapshot of a run. */
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

export function tagTrend(run: Run, path: string): Trend {
  return trend(tagValues(recent(run), path));
}

export function phaseTrend(run: Run, path: string): Trend {
  const isIt = (phase: PhaseSnapshot) => phase.path === path;
  return trendOf(run, ({ phases }) => phases.find(isIt)?.bytes ?? 0);
}
