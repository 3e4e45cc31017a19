/** Frame bytes by tag over time. */
import type { Snapshot } from "../snapshot";
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

export function frameSeries(snapshots: readonly Snapshot[]): FrameSeries {
  const names = largestRoots(snapshots);
  const named = names.map(() => [] as number[]);
  const others: number[] = [];
  const untagged: number[] = [];
  const places = new Map(names.map((name, place) => [name, place]));
  for (const snapshot of snapshots) {
    for (const layer of named) layer.push(0);
    let other = 0;
    let sum = 0;
    for (const { path, bytes } of rootTags(snapshot)) {
      const layer = named[places.get(path) ?? -1];
      if (layer === undefined) other += bytes;
      else layer[layer.length - 1] = bytes;
      sum += bytes;
    }
    others.push(other);
    untagged.push(Math.max(0, snapshot.summary.frame_bytes - sum));
  }
  const layers: Layer[] = names.map((title, place) => ({ kind: "tag", title, bytes: named[place] as number[] }));
  if (others.some((bytes) => bytes > 0)) layers.push({ kind: "others", title: "other tags", bytes: others });
  if (untagged.some((bytes) => bytes > 0)) layers.push({ kind: "untagged", title: "no tag", bytes: untagged });
  return {
    frames: snapshots.map(({ frame }) => frame),
    layers,
    totals: snapshots.map((_, index) => layers.reduce((sum, { bytes }) => sum + (bytes[index] as number), 0)),
    worst: snapshots.map(worstTotal),
    budgets: snapshots.map(budget),
  };
}

function largestRoots(snapshots: readonly Snapshot[]): string[] {
  const sums = new Map<string, number>();
  for (const snapshot of snapshots) {
    for (const { path, bytes } of rootTags(snapshot)) sums.set(path, (sums.get(path) ?? 0) + bytes);
  }
  const used = [...sums].filter(([, bytes]) => bytes > 0);
  used.sort(([a, most], [b, more]) => more - most || (a < b ? -1 : 1));
  return used.slice(0, MOST_LAYERS).map(([path]) => path);
}

/** The window knows one frame of one thread; the other threads are taken as they were last. */
export function worstTotal({ window, threads, summary }: Snapshot): number {
  if (!window) return summary.frame_bytes;
  const thread = threads.find(({ id }) => id === window.worst_thread);
  const others = thread ? Math.max(0, summary.frame_bytes - thread.frame_bytes) : 0;
  return Math.max(summary.frame_bytes, others + window.worst_bytes);
}

export function budget({ threads }: Snapshot): number | null {
  let sum: number | null = null;
  for (const { frame_bytes, frame_budget } of threads) {
    if (frame_bytes === 0) continue;
    if (typeof frame_budget !== "number") return null;
    sum = (sum ?? 0) + frame_budget;
  }
  return sum;
}
