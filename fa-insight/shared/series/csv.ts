/** A run as a table for spreadsheets: the columns that `framealloc_snapshot::csv` writes. */
import type { Digest } from "../digest";

const COLUMNS: readonly (readonly [string, (digest: Digest) => number])[] = [
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
export function csv(digests: readonly Digest[]): string {
  const paths = [...new Set(digests.flatMap(({ tags }) => tags.paths))].sort();
  const header = [...COLUMNS.map(([name]) => name), ...paths.map((path) => `tag:${path}`)];
  const rows = digests.map((digest) => {
    const { paths: present, bytes } = digest.tags;
    const its = new Map(present.map((path, index) => [path, bytes[index] as number]));
    return [...COLUMNS.map(([, read]) => read(digest)), ...paths.map((path) => its.get(path) ?? "")];
  });
  return [header, ...rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
