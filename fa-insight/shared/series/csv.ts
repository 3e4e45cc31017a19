/** A run as a table for spreadsheets: the columns that `framealloc_snapshot::csv` writes. */
import type { Snapshot } from "../snapshot";

const COLUMNS: readonly (readonly [string, (snapshot: Snapshot) => number])[] = [
  ["frame", ({ frame }) => frame],
  ["frame_bytes", ({ summary }) => summary.frame_bytes],
  ["frame_allocations", ({ summary }) => summary.frame_allocations],
  ["frame_capacity_bytes", ({ summary }) => summary.frame_capacity_bytes],
  ["peak_frame_bytes", ({ summary }) => summary.peak_frame_bytes],
  ["parked_bytes", ({ summary }) => summary.parked_bytes],
  ["pool_bytes", ({ summary }) => summary.pool_bytes],
  ["heap_bytes", ({ summary }) => summary.heap_bytes],
  ["refills", ({ summary }) => summary.refills],
  ["budgets_exceeded", ({ summary }) => summary.budgets_exceeded],
  ["window_frames", ({ window }) => window?.frames ?? 0],
  ["window_worst_bytes", ({ window }) => window?.worst_bytes ?? 0],
  ["window_p99_bytes", ({ window }) => window?.p99_bytes ?? 0],
];

/** Lines end in CR LF, and a field with a comma, a quote or a line break is quoted, as RFC 4180 has it. */
export function csv(snapshots: readonly Snapshot[]): string {
  const paths = [...new Set(snapshots.flatMap(({ tags }) => tags.map(({ path }) => path)))].sort();
  const header = [...COLUMNS.map(([name]) => name), ...paths.map((path) => `tag:${path}`)];
  const rows = snapshots.map((snapshot) => {
    const bytes = new Map(snapshot.tags.map((tag) => [tag.path, tag.bytes]));
    return [...COLUMNS.map(([, read]) => read(snapshot)), ...paths.map((path) => bytes.get(path) ?? "")];
  });
  return [header, ...rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
