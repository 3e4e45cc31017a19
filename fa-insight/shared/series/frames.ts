/** Frame bytes by tag over time. */
import type { Digest } from "../digest";
import { rootTags } from "./tags";

/** More tags than these share a layer: more colours cannot be told apart. */
export const MOST_LAYERS = 6;

export interface Layer {
  /** An outermost tag, whose path is the title, or what stands for many or for none. */
  readonly kind: "tag" | "others" | "untagged";
  readonly title: string;
  readonly bytes: readonly number[];
}

export interface FrameSeries {
  readonly frames: readonly number[];
  /** From the bottom up, the largest first; together the bytes of each snapshot's last frames. */
  readonly layers: readonly Layer[];
  readonly totals: readonly number[];
  /** What the total would have been in the worst frame since the snapshot before. */
  readonly worst: readonly number[];
  /** What the frames may hold at once; null where a thread that allocates has no bound. */
  readonly budgets: readonly (number | null)[];
}

export function frameSeries(digests: readonly Digest[]): FrameSeries {
  const names = largestRoots(digests);
  const named = names.map(() => [] as number[]);
  const others: number[] = [];
  const untagged: number[] = [];
  const places = new Map(names.map((name, place) => [name, place]));
  for (const digest of digests) {
    for (const layer of named) layer.push(0);
    let other = 0;
    let sum = 0;
    for (const [path, index] of rootTags(digest.tags)) {
      const bytes = digest.tags.bytes[index] as number;
      const layer = named[places.get(path) ?? -1];
      if (layer === undefined) other += bytes;
      else layer[layer.length - 1] = bytes;
      sum += bytes;
    }
    others.push(other);
    untagged.push(Math.max(0, digest.summary.frame_bytes - sum));
  }
  const layers: Layer[] = names.map((title, place) => ({ kind: "tag", title, bytes: named[place] as number[] }));
  if (others.some((bytes) => bytes > 0)) layers.push({ kind: "others", title: "other tags", bytes: others });
  if (untagged.some((bytes) => bytes > 0)) layers.push({ kind: "untagged", title: "no tag", bytes: untagged });
  return {
    frames: digests.map(({ frame }) => frame),
    layers,
    totals: digests.map((_, index) => layers.reduce((sum, { bytes }) => sum + (bytes[index] as number), 0)),
    worst: digests.map(({ worst_bytes }) => worst_bytes),
    budgets: digests.map(({ budget_bytes }) => budget_bytes),
  };
}

function largestRoots(digests: readonly Digest[]): string[] {
  const sums = new Map<string, number>();
  for (const { tags } of digests) {
    for (const [path, index] of rootTags(tags)) sums.set(path, (sums.get(path) ?? 0) + (tags.bytes[index] as number));
  }
  const used = [...sums].filter(([, bytes]) => bytes > 0);
  used.sort(([a, most], [b, more]) => more - most || (a < b ? -1 : 1));
  return used.slice(0, MOST_LAYERS).map(([path]) => path);
}
