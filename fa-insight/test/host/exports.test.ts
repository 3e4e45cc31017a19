import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";

import { comparison } from "../../src/commands/comparison";
import { heapProfile } from "../../src/commands/heap_profile";
import { locate } from "../../src/snapshots/places";
import { entry, snapshot } from "../shared/samples";
import { folder } from "./folder";

it("a comparison has what grew most first", () => {
  const before = entry(1, {
    summary: { frame_bytes: 1000 },
    tags: [
      { path: "a", bytes: 500 },
      { path: "b|c", bytes: 500 },
    ],
  });
  const after = entry(2, {
    summary: { frame_bytes: 1500 },
    tags: [
      { path: "a", bytes: 400 },
      { path: "b|c", bytes: 1100 },
    ],
  });
  const text = comparison(before, after);
  expect(text).toContain("| Frame | 1,000 B | 1.5 KiB | +500 B | +50 % |");
  expect(text.indexOf("| b\\|c |")).toBeGreaterThan(0);
  expect(text.indexOf("| b\\|c |")).toBeLessThan(text.indexOf("| a |"));
  expect(comparison(before, before)).toContain("Every tag holds what it held before.");
});

it("a heap profile has a node for each tag, and its own bytes", () => {
  const tags = [
    { path: "physics", bytes: 70, own_bytes: 10 },
    { path: "physics/contacts", bytes: 60, own_bytes: 60 },
  ];
  const { head, samples } = JSON.parse(heapProfile(snapshot({ summary: { frame_bytes: 100 }, tags })));
  expect(head.callFrame.functionName).toBe("(root)");
  const [physics, rest] = head.children;
  expect([physics.callFrame.functionName, physics.selfSize]).toEqual(["physics", 10]);
  expect([physics.children[0].callFrame.functionName, physics.children[0].selfSize]).toEqual(["contacts", 60]);
  expect([rest.callFrame.functionName, rest.selfSize]).toEqual(["(untagged)", 30]);
  expect(samples.map(({ size }: { size: number }) => size)).toEqual([10, 60, 30]);
});

it("a heap profile leads to lines where they are known", () => {
  const location = { file: "src/a.rs", line: 7, column: 3 };
  const site = { location, kind: "frame", bytes: 64, type_name: "u8", tag: "ai" };
  const { head } = JSON.parse(heapProfile(snapshot({ call_sites: [site] })));
  const frame = { functionName: "u8 (frame)", scriptId: "0", url: "src/a.rs", lineNumber: 6, columnNumber: 2 };
  expect(head.children[0].children[0]).toMatchObject({ callFrame: frame, selfSize: 64 });
});

it("a file is found from the folder that is open, or one above it", async () => {
  const root = await folder();
  await mkdir(join(root, "game", "src"), { recursive: true });
  const file = join(root, "game", "src", "main.rs");
  await writeFile(file, "");
  expect(await locate("game/src/main.rs", [root])).toBe(file);
  expect(await locate("game\\src\\main.rs", [root])).toBe(file);
  expect(await locate("game/src/main.rs", [join(root, "game")])).toBe(file);
  expect(await locate(file, [])).toBe(file);
  expect(await locate("game/src/gone.rs", [root])).toBeUndefined();
  expect(await locate("/rustc/src/main.rs", [root])).toBeUndefined();
});
