/** Tags as boxes in a picture that is one wide and one high. */

import type { TagNode } from "./tag_tree";
import { nameOf, rootOf } from "./tags";

export interface Box {
  readonly path: string;
  readonly name: string;
  /** The outermost tag that it is part of. */
  readonly root: string;
  readonly depth: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** What its size shows. */
  readonly bytes: number;
  /** Of the whole picture. */
  readonly part: number;
}

/** Boxes that are a smaller part of the picture are left out, with what is in them. */
const SMALLEST = 1 / 400;

/** Each tag is as wide as all its bytes, and stands below the one that it is part of. */
export function icicle(roots: readonly TagNode[]): Box[] {
  const total = roots.reduce((sum, { bytes }) => sum + bytes, 0);
  const boxes: Box[] = [];
  const place = (nodes: readonly TagNode[], depth: number, start: number) => {
    let x = start;
    for (const { path, bytes, inner } of nodes) {
      const part = bytes / total;
      if (part < SMALLEST) return;
      boxes.push({ ...named(path), depth, x, y: depth, width: part, height: 1, bytes, part });
      place(inner, depth + 1, x);
      x += part;
    }
  };
  if (total > 0) place(roots, 0, 0);
  const levels = 1 + boxes.reduce((most, { depth }) => Math.max(most, depth), 0);
  return boxes.map((box) => ({ ...box, y: box.y / levels, height: 1 / levels }));
}

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Sized {
  readonly size: number;
}

/** Each tag has the area of the bytes that no inner tag has; those of one outermost tag lie together. */
export function treemap(roots: readonly TagNode[], aspect = 1): Box[] {
  const total = roots.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= 0) return [];
  // Squares are wanted on the screen, so the picture is as wide here as it is there.
  const whole: Area = { x: 0, y: 0, width: aspect, height: 1 };
  const groups = roots.map((root) => ({ size: root.bytes, tags: withOwnBytes(root) }));
  const boxes: Box[] = [];
  for (const [group, area] of squarified(groups, whole)) {
    for (const [{ node, size }, { x, y, width, height }] of squarified(group.tags, area)) {
      const part = size / total;
      const depth = node.path.split("/").length - 1;
      const place = { x: x / aspect, y, width: width / aspect, height };
      if (part >= SMALLEST) boxes.push({ ...named(node.path), depth, ...place, bytes: size, part });
    }
  }
  return boxes;
}

function withOwnBytes(root: TagNode): { node: TagNode; size: number }[] {
  const found: { node: TagNode; size: number }[] = [];
  const visit = (node: TagNode) => {
    if (node.own > 0) found.push({ node, size: node.own });
    node.inner.forEach(visit);
  };
  visit(root);
  return found.sort((a, b) => b.size - a.size || (a.node.path < b.node.path ? -1 : 1));
}

/**
 * Fills an area with boxes that are as square as possible: they are laid in rows along the shorter side, and a row ends
 * where another box would make it worse (Bruls, Huizing and van Wijk, "Squarified Treemaps").
 */
function squarified<Item extends Sized>(items: readonly Item[], area: Area): [Item, Area][] {
  const placed: [Item, Area][] = [];
  const sized = items.filter(({ size }) => size > 0);
  let rest = area;
  let left = sized.reduce((sum, { size }) => sum + size, 0);
  let next = 0;
  while (next < sized.length && left > 0) {
    const scale = (rest.width * rest.height) / left;
    const side = Math.min(rest.width, rest.height);
    const row = rowOf(sized, next, side, scale);
    const sum = row.reduce((all, { size }) => all + size, 0);
    const thickness = Math.min((sum * scale) / side, Math.max(rest.width, rest.height));
    placed.push(...laid(row, sum, rest, thickness));
    rest =
      rest.width < rest.height
        ? { ...rest, y: rest.y + thickness, height: rest.height - thickness }
        : { ...rest, x: rest.x + thickness, width: rest.width - thickness };
    left -= sum;
    next += row.length;
  }
  return placed;
}

function rowOf<Item extends Sized>(items: readonly Item[], from: number, side: number, scale: number): Item[] {
  const row: Item[] = [];
  let sum = 0;
  let best = Number.POSITIVE_INFINITY;
  for (let at = from; at < items.length; at += 1) {
    const item = items[at] as Item;
    const largest = Math.max(row[0]?.size ?? 0, item.size);
    const area = (sum + item.size) * scale;
    const ratio = (size: number) => (side * side * size * scale) / (area * area);
    const worst = Math.max(ratio(largest), 1 / ratio(item.size));
    if (worst > best) break;
    best = worst;
    sum += item.size;
    row.push(item);
  }
  return row;
}

function laid<Item extends Sized>(row: readonly Item[], sum: number, rest: Area, thickness: number): [Item, Area][] {
  let offset = 0;
  return row.map((item) => {
    const length = (item.size / sum) * Math.min(rest.width, rest.height);
    const area =
      rest.width < rest.height
        ? { x: rest.x + offset, y: rest.y, width: length, height: thickness }
        : { x: rest.x, y: rest.y + offset, width: thickness, height: length };
    offset += length;
    return [item, area];
  });
}

function named(path: string): { path: string; name: string; root: string } {
  return { path, name: nameOf(path), root: rootOf(path) };
}
