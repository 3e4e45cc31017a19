/** The tags of a snapshot as a tree. */
import type { Snapshot } from "../snapshot";
import { parentOf } from "./tags";

export interface TagNode {
  readonly path: string;
  /** Bytes of the tag and all within it. */
  readonly bytes: number;
  /** Bytes that no inner tag has. */
  readonly own: number;
  /** The largest first. */
  readonly inner: readonly TagNode[];
}

interface Growing {
  path: string;
  bytes: number;
  own: number;
  inner: Growing[];
}

/** The outermost tags, or the one of this path. A tag whose outer tag is missing gets one that holds just that. */
export function tagTree(snapshot: Snapshot, within?: string): readonly TagNode[] {
  const nodes = new Map<string, Growing>();
  const roots: Growing[] = [];
  const nodeAt = (path: string): Growing => {
    const known = nodes.get(path);
    if (known) return known;
    const node: Growing = { path, bytes: 0, own: 0, inner: [] };
    nodes.set(path, node);
    const parent = parentOf(path);
    (parent === undefined ? roots : nodeAt(parent).inner).push(node);
    return node;
  };
  for (const { path, bytes, own_bytes } of snapshot.tags) {
    const node = nodeAt(path);
    node.bytes = bytes;
    node.own = own_bytes;
  }
  for (const root of roots) settle(root);
  roots.sort(largestFirst);
  if (within === undefined) return roots;
  const found = nodes.get(within);
  return found ? [found] : [];
}

function settle(node: Growing): void {
  let sum = node.own;
  for (const inner of node.inner) {
    settle(inner);
    sum += inner.bytes;
  }
  node.bytes = Math.max(node.bytes, sum);
  node.inner.sort(largestFirst);
}

function largestFirst(a: TagNode, b: TagNode): number {
  return b.bytes - a.bytes || (a.path < b.path ? -1 : 1);
}
