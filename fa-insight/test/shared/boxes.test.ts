import { describe, expect, it } from "vitest";
import { type Box, icicle, treemap } from "../../shared/series/boxes";
import { tagTree } from "../../shared/series/tag_tree";
import { snapshot } from "./samples";

const TREE = snapshot({
  tags: [
    { path: "ai", bytes: 60, own_bytes: 10 },
    { path: "ai/path", bytes: 20, own_bytes: 20 },
    { path: "ai/steering", bytes: 30, own_bytes: 30 },
    { path: "render", bytes: 40, own_bytes: 40 },
  ],
});

function area(boxes: readonly Box[]): number {
  return boxes.reduce((sum, { width, height }) => sum + width * height, 0);
}

function overlap(a: Box, b: Box): boolean {
  const apart = 1e-9;
  return (
    a.x + apart < b.x + b.width &&
    b.x + apart < a.x + a.width &&
    a.y + apart < b.y + b.height &&
    b.y + apart < a.y + a.height
  );
}

describe("the tree of tags", () => {
  it("has the largest first, and outer tags that the snapshot does not have", () => {
    const [lost] = tagTree(snapshot({ tags: [{ path: "a/b/c", bytes: 5, own_bytes: 5 }] }));
    expect(lost).toMatchObject({ path: "a", bytes: 5, own: 0, inner: [{ path: "a/b", inner: [{ path: "a/b/c" }] }] });
    expect(tagTree(TREE).map(({ path }) => path)).toEqual(["ai", "render"]);
    expect(tagTree(TREE, "ai").flatMap(({ inner }) => inner.map(({ path }) => path))).toEqual([
      "ai/steering",
      "ai/path",
    ]);
    expect(tagTree(TREE, "moon")).toEqual([]);
  });
});

describe("an icicle", () => {
  it("has each tag below the one that it is part of, as wide as its bytes", () => {
    const boxes = new Map(icicle(tagTree(TREE)).map((box) => [box.path, box]));
    expect(boxes.get("ai")).toMatchObject({ x: 0, width: 0.6, y: 0, height: 0.5 });
    expect(boxes.get("render")).toMatchObject({ x: 0.6, width: 0.4, y: 0 });
    expect(boxes.get("ai/steering")).toMatchObject({ x: 0, width: 0.3, y: 0.5, root: "ai", name: "steering" });
    expect(boxes.get("ai/path")?.x).toBeCloseTo(0.3);
  });

  it("leaves out what nobody could see", () => {
    const tags = Array.from({ length: 1000 }, (_, index) => ({
      path: `t${index}`,
      bytes: 1 + (index === 0 ? 1e6 : 0),
    }));
    expect(icicle(tagTree(snapshot({ tags })))).toHaveLength(1);
    expect(icicle([])).toEqual([]);
  });
});

describe("a treemap", () => {
  it("fills the picture without overlap, each area as large as its bytes", () => {
    const boxes = treemap(tagTree(TREE), 2);
    expect(boxes.map(({ path }) => path).sort()).toEqual(["ai", "ai/path", "ai/steering", "render"]);
    for (const box of boxes) expect(box.width * box.height).toBeCloseTo(box.bytes / 100);
    expect(area(boxes)).toBeCloseTo(1);
    const pairs = boxes.flatMap((a, index) => boxes.slice(index + 1).map((b) => [a, b] as const));
    expect(pairs.filter(([a, b]) => overlap(a, b))).toEqual([]);
    for (const { x, y, width, height } of boxes) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(Math.max(x + width, y + height)).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  it("is empty where there is nothing", () => {
    expect(treemap(tagTree(snapshot({ tags: [{ path: "a" }] })))).toEqual([]);
  });
});
