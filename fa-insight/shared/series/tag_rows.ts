/** The tags of a snapshot as a table, those that need attention first. */
import type { Snapshot, TagSnapshot } from "../snapshot";

export type Alarm = "over" | "near" | "none";

export interface TagRow {
  readonly path: string;
  readonly bytes: number;
  readonly peak: number;
  readonly budget: number | null;
  /** The peak as a part of the budget. */
  readonly use: number | null;
  readonly alarm: Alarm;
  readonly exceeded: number;
  readonly allocations: number;
  /** Blocks of the pool and the heap made in the frame, and calls of the global heap where these are tracked. */
  readonly churn: number;
}

export type TagKey = Exclude<keyof TagRow, "budget" | "exceeded">;

/** A budget is nearly used up beyond this part of it. */
const NEAR = 0.8;
const ALARMS: Readonly<Record<Alarm, number>> = { over: 2, near: 1, none: 0 };

export interface Order {
  readonly by: TagKey;
  readonly descending: boolean;
}

export const RED_FIRST: Order = { by: "alarm", descending: true };

export function tagRows(snapshot: Snapshot, order: Order = RED_FIRST, filter = ""): TagRow[] {
  const wanted = filter.trim().toLowerCase();
  const tags = wanted ? snapshot.tags.filter(({ path }) => path.toLowerCase().includes(wanted)) : snapshot.tags;
  const rows = tags.map(row);
  const sign = order.descending ? -1 : 1;
  return rows.sort((a, b) => sign * compared(a, b, order.by) || b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
}

function row(tag: TagSnapshot): TagRow {
  const budget = tag.budget ?? null;
  const use = budget === null ? null : budget === 0 ? Number(tag.peak_bytes > 0) : tag.peak_bytes / budget;
  return {
    path: tag.path,
    bytes: tag.bytes,
    peak: tag.peak_bytes,
    budget,
    use,
    alarm:
      tag.budget_exceeded > 0 || (use !== null && use > 1) ? "over" : use !== null && use >= NEAR ? "near" : "none",
    exceeded: tag.budget_exceeded,
    allocations: tag.allocations,
    churn: churn(tag),
  };
}

/** Where the global heap is tracked, its calls include those for heap blocks. */
export function churn(tag: TagSnapshot): number {
  return tag.pool_allocations + Math.max(tag.heap_allocations, tag.heap_calls ?? 0);
}

function compared(a: TagRow, b: TagRow, by: TagKey): number {
  if (by === "path") return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
  if (by === "alarm") return ALARMS[a.alarm] - ALARMS[b.alarm];
  return (a[by] ?? -1) - (b[by] ?? -1);
}
