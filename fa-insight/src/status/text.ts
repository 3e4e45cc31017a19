/** What the status bar says. */
import { byteDifference, bytes, count, counted, share } from "../../shared/format";
import type { Run } from "../../shared/history";
import type { Snapshot, Summary } from "../../shared/snapshot";
import { trendOf } from "../inspector/series";
import { table } from "../inspector/text";

export interface Status {
  /** `frame 1.3/4 MiB · peak 2.1 · heap +0`. */
  readonly text: string;
  /** Markdown. */
  readonly tooltip: string;
  readonly spoken: string;
  /** Whether something is not as it should be. */
  readonly alarming: boolean;
}

export function status(run: Run, frozen: boolean): Status | undefined {
  const snapshot = run.entries.at(-1)?.snapshot;
  if (snapshot === undefined) return undefined;
  const { summary } = snapshot;
  const whole = limit(snapshot);
  const before = run.entries.at(-2)?.snapshot.summary;
  const heap = summary.heap_bytes - (before?.heap_bytes ?? summary.heap_bytes);
  const [used, peak] = inOneUnit([summary.frame_bytes, whole, summary.peak_frame_bytes]);
  const parked = summary.parked_frames > 0 ? ` · parked ${count(summary.parked_frames)}` : "";
  return {
    text: `${frozen ? "$(debug-pause) " : ""}frame ${used} · peak ${peak} · heap ${difference(heap)}${parked}`,
    tooltip: details(run, snapshot, whole, heap),
    spoken: `frame ${bytes(summary.frame_bytes)} of ${bytes(whole)}, peak ${bytes(summary.peak_frame_bytes)}, heap ${byteDifference(heap)}`,
    alarming: summary.parked_frames > 0 || exceededSince(summary, before),
  };
}

/** What frames may hold: their budgets where they have some, else what their arenas have. */
function limit({ threads, summary }: Snapshot): number {
  if (!threads.some((thread) => thread.frame_budget)) return summary.frame_capacity_bytes;
  return threads.reduce((sum, thread) => sum + (thread.frame_budget ?? thread.capacity_bytes), 0);
}

function exceededSince(summary: Summary, before: Summary | undefined): boolean {
  return before !== undefined && summary.budgets_exceeded > before.budgets_exceeded;
}

const UNITS = ["B", "KiB", "MiB", "GiB"] as const;

/** All in the unit of the greatest, which is told once. */
function inOneUnit([used, most, peak]: readonly [number, number, number]): readonly [string, string] {
  let unit = 0;
  let step = 1;
  while (Math.max(used, most, peak) / step >= 1000 && unit < UNITS.length - 1) {
    unit += 1;
    step *= 1024;
  }
  const print = (value: number) => short(value / step);
  const limited = most > 0 ? `${print(used)}/${print(most)}` : print(used);
  return [`${limited} ${UNITS[unit]}`, print(peak)];
}

/** At most one digit after the point, and none where it says nothing; what is not nothing does not look like it. */
function short(value: number): string {
  if (value > 0 && value < 0.05) return "<0.1";
  return value >= 100 ? Math.round(value).toString() : value.toFixed(1).replace(/\.0$/, "");
}

function difference(size: number): string {
  return size === 0 ? "+0" : byteDifference(size);
}

function details(run: Run, snapshot: Snapshot, whole: number, heap: number): string {
  const { summary } = snapshot;
  const moving = trendOf(run, (then) => then.summary.frame_bytes);
  return table(
    `${run.source}, frame ${count(snapshot.frame)}`,
    [
      ["frames hold", `${bytes(summary.frame_bytes)} of ${bytes(whole)}, ${share(summary.frame_bytes, whole)}`],
      ["peak", bytes(summary.peak_frame_bytes)],
      ["parked", `${bytes(summary.parked_bytes)} in ${counted(summary.parked_frames, "frame")}`],
      ["pool", `${bytes(summary.pool_bytes)} of ${bytes(summary.pool_capacity_bytes)}`],
      ["heap", `${bytes(summary.heap_bytes)}, ${difference(heap)} since the snapshot before`],
    ],
    moving.line,
  );
}
