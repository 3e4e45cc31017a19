/** Two snapshots or runs side by side, what has grown most first. */
import type { Digest } from "../digest";

export interface Growth {
  readonly path: string;
  readonly a: number;
  readonly b: number;
  readonly growth: number;
}

/** Frame bytes by path, in the order of the paths. */
export type Bytes = readonly (readonly [path: string, bytes: number])[];

export function bytesOf({ tags }: Digest): Bytes {
  return tags.paths.map((path, index) => [path, tags.bytes[index] as number]);
}

/** The mean over a run; a snapshot without a tag counts as one with nothing under it. */
export function meanBytes(digests: readonly Digest[]): Bytes {
  const sums = new Map<string, number>();
  for (const { tags } of digests) {
    tags.paths.forEach((path, index) => {
      sums.set(path, (sums.get(path) ?? 0) + (tags.bytes[index] as number));
    });
  }
  const paths = [...sums.keys()].sort();
  return paths.map((path) => [path, Math.round((sums.get(path) ?? 0) / digests.length)]);
}

/** Tags that are the same on both sides are left out. */
export function growths(a: Bytes, b: Bytes): Growth[] {
  const before = new Map(a);
  const found: Growth[] = [];
  for (const [path, bytes] of b) {
    push(found, path, before.get(path) ?? 0, bytes);
    before.delete(path);
  }
  for (const [path, bytes] of before) push(found, path, bytes, 0);
  return found.sort((x, y) => y.growth - x.growth || (x.path < y.path ? -1 : 1));
}

function push(found: Growth[], path: string, a: number, b: number): void {
  if (a !== b) found.push({ path, a, b, growth: b - a });
}

/** What the whole has grown by. */
export const TOTALS: readonly (readonly [title: string, read: (digest: Digest) => number])[] = [
  ["Frame", ({ summary }) => summary.frame_bytes],
  ["Reserved", ({ summary }) => summary.frame_capacity_bytes + summary.pool_capacity_bytes],
  ["Pool", ({ summary }) => summary.pool_bytes],
  ["Heap", ({ summary }) => summary.heap_bytes],
  ["Parked", ({ summary }) => summary.parked_bytes],
];

export function meanOf(digests: readonly Digest[], read: (digest: Digest) => number): number {
  return digests.reduce((sum, digest) => sum + read(digest), 0) / Math.max(1, digests.length);
}
