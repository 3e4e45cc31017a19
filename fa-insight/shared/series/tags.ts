/** Paths of tags, and finding them in digests. */
import type { Digest, Tags } from "../digest";

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
 * Where this path stands, or −1. Digests of one run mostly have the same paths, so that it stands where it stood in
 * another: `hint` is tried first.
 */
function indexOf({ paths }: Tags, path: string, hint: number): number {
  if (paths[hint] === path) return hint;
  let low = 0;
  let high = paths.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((paths[middle] as string) < path) low = middle + 1;
    else high = middle;
  }
  return paths[low] === path ? low : -1;
}

/** The bytes of one tag, digest by digest; zero where there is no such tag. */
export function trend(digests: readonly Digest[], path: string): number[] {
  let hint = 0;
  return digests.map(({ tags }) => {
    const index = indexOf(tags, path, hint);
    if (index < 0) return 0;
    hint = index;
    return tags.bytes[index] as number;
  });
}

/** The outermost tags, which hold all others, and their bytes. */
export interface Roots {
  readonly paths: readonly string[];
  readonly bytes: readonly number[];
}

const outermost = new WeakMap<Tags, Roots>();

/** The same value for the same tags. Tags of one run that have the same roots mostly share their paths. */
export function rootTags(tags: Tags, before?: Roots): Roots {
  let roots = outermost.get(tags);
  if (roots === undefined) {
    const places = tags.paths.flatMap((path, index) => (path.includes(SEPARATOR) ? [] : [index]));
    const paths = places.map((index) => tags.paths[index] as string);
    const isSame = before?.paths.length === paths.length && paths.every((path, at) => path === before.paths[at]);
    roots = { paths: isSame ? before.paths : paths, bytes: places.map((index) => tags.bytes[index] as number) };
    outermost.set(tags, roots);
  }
  return roots;
}
