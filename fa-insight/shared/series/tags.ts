/** Finding tags in snapshots, which hold them in the order of their paths. */
import type { Snapshot, TagSnapshot } from "../snapshot";

const SEPARATOR = "/";

export function parentOf(path: string): string | undefined {
  const end = path.lastIndexOf(SEPARATOR);
  return end < 0 ? undefined : path.slice(0, end);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf(SEPARATOR) + 1);
}

/** The outermost tag that a path lies in. */
export function rootOf(path: string): string {
  const end = path.indexOf(SEPARATOR);
  return end < 0 ? path : path.slice(0, end);
}

/**
 * The tag of this path. Snapshots of one run mostly have the same tags, so that it stands where it stood in another:
 * `hint` is tried first.
 */
export function tagIndex(snapshot: Snapshot, path: string, hint = 0): number {
  const { tags } = snapshot;
  if (tags[hint]?.path === path) return hint;
  let low = 0;
  let high = tags.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((tags[middle] as TagSnapshot).path < path) low = middle + 1;
    else high = middle;
  }
  return tags[low]?.path === path ? low : -1;
}

export function tagAt(snapshot: Snapshot, path: string): TagSnapshot | undefined {
  return snapshot.tags[tagIndex(snapshot, path)];
}

/** One number of one tag, snapshot by snapshot; zero where there is no such tag. */
export function trend(
  snapshots: readonly Snapshot[],
  path: string,
  read: (tag: TagSnapshot) => number = ({ bytes }) => bytes,
): number[] {
  let hint = 0;
  return snapshots.map((snapshot) => {
    const index = tagIndex(snapshot, path, hint);
    if (index < 0) return 0;
    hint = index;
    return read(snapshot.tags[index] as TagSnapshot);
  });
}

const outermost = new WeakMap<Snapshot, readonly TagSnapshot[]>();

/** The outermost tags, which hold all others. */
export function rootTags(snapshot: Snapshot): readonly TagSnapshot[] {
  let roots = outermost.get(snapshot);
  if (roots === undefined) {
    roots = snapshot.tags.filter(({ path }) => !path.includes(SEPARATOR));
    outermost.set(snapshot, roots);
  }
  return roots;
}
