/** What of all that is known is looked at. */
import { Fields, Misfit } from "./fields";
import type { Run } from "./history";
import type { Point } from "./protocol";

/** The newest snapshots as they come, or those from one sequence number to another, both included. */
export type Range = { readonly newest: number } | { readonly from: number; readonly to: number };

export interface Selection {
  /** Undefined for the run that wrote last, whichever that is. */
  readonly run: string | undefined;
  readonly range: Range;
  /** The sequence number of one snapshot; undefined for the newest of the range. */
  readonly at: number | undefined;
  /** The path of a tag that is pointed out. */
  readonly tag: string | undefined;
}

export const EVERYTHING: Selection = { run: undefined, range: { newest: 300 }, at: undefined, tag: undefined };

/** What all views draw. */
export interface Shown {
  readonly runs: readonly Run<Point>[];
  readonly run: Run<Point>;
  /** The range of the run; never empty. */
  readonly entries: readonly Point[];
  /** The snapshot that is looked at, one of the range. */
  readonly entry: Point;
  readonly index: number;
  readonly tag: string | undefined;
}

/** A selection outlives what it selects: then the nearest to it is shown. */
export function show(runs: readonly Run<Point>[], selection: Selection): Shown | undefined {
  const run = runs.find(({ id }) => id === selection.run) ?? runs.at(-1);
  if (run === undefined) return undefined;
  const entries = within(run.entries, selection.range);
  const index = selection.at === undefined ? entries.length - 1 : nearest(entries, selection.at);
  return { runs, run, entries, entry: entries[index] as Point, index, tag: selection.tag };
}

function within(entries: readonly Point[], range: Range): readonly Point[] {
  if ("newest" in range) return entries.slice(-Math.max(1, range.newest));
  const found = entries.filter(({ sequence }) => sequence >= range.from && sequence <= range.to);
  return found.length > 0 ? found : entries.slice(-1);
}

/** The index of the snapshot with this sequence number, or of the one that is nearest to it. */
function nearest(entries: readonly Point[], sequence: number): number {
  let best = 0;
  entries.forEach((entry, index) => {
    const distance = Math.abs(entry.sequence - sequence);
    if (distance < Math.abs((entries[best] as Point).sequence - sequence)) best = index;
  });
  return best;
}

/** The selection after going on by so many snapshots; to the newest means to follow. */
export function step(shown: Shown, by: number): number | undefined {
  const index = Math.min(Math.max(shown.index + by, 0), shown.entries.length - 1);
  return index === shown.entries.length - 1 && by > 0 ? undefined : (shown.entries[index] as Point).sequence;
}

/** What a view has kept for its next life: whatever it can still make of it. */
export function restoreSelection(value: unknown): Partial<Selection> {
  try {
    const fields = Fields.of(value, "the state").inner("selection");
    const range = fields.inner("range");
    const newest = range.optionalCount("newest");
    const from = range.optionalCount("from");
    const to = range.optionalCount("to");
    return {
      run: fields.optionalText("run") ?? undefined,
      at: fields.optionalCount("at") ?? undefined,
      tag: fields.optionalText("tag") ?? undefined,
      ...(newest !== null ? { range: { newest } } : from !== null && to !== null ? { range: { from, to } } : {}),
    };
  } catch (error) {
    if (error instanceof Misfit) return {};
    throw error;
  }
}
