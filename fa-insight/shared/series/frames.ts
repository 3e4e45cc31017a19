/** Frame bytes by tag over time. */
import type { Digest } from "../digest";
import { type Roots, rootTags } from "./tags";

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
  const roots: Roots[] = [];
  for (const { tags } of digests) roots.push(rootTags(tags, roots.at(-1)));
  const names = largestOf(roots);
  const named = names.map(() => new Array<number>(digests.length).fill(0));
  const others: number[] = [];
  const untagged: number[] = [];
  let places: readonly number[] = [];
  roots.forEach(({ paths, bytes }, at) => {
    if (paths !== roots[at - 1]?.paths) places = paths.map((path) => names.indexOf(path));
    let other = 0;
    let sum = 0;
    for (let root = 0; root < bytes.length; root += 1) {
      const its = bytes[root] as number;
      const layer = named[places[root] as number];
      if (layer === undefined) other += its;
      else layer[at] = its;
      sum += its;
    }
    others.push(other);
    untagged.push(Math.max(0, (digests[at] as Digest).summary.frame_bytes - sum));
  });
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

function largestOf(all: readonly Roots[]): string[] {
  const sums = new Map<string, number>();
  let part: number[] = [];
  all.forEach(({ paths, bytes }, at) => {
    if (paths !== all[at - 1]?.paths) part = bytes.map(() => 0);
    for (let root = 0; root < bytes.length; root += 1) part[root] = (part[root] as number) + (bytes[root] as number);
    if (paths === all[at + 1]?.paths) return;
    paths.forEach((path, root) => {
      sums.set(path, (sums.get(path) ?? 0) + (part[root] as number));
    });
  });
  const used = [...sums].filter(([, bytes]) => bytes > 0);
  used.sort(([a, most], [b, more]) => more - most || (a < b ? -1 : 1));
  return used.slice(0, MOST_LAYERS).map(([path]) => path);
}
