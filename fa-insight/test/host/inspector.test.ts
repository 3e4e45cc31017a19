import { describe, expect, it } from "vitest";

import { History, WHOLE } from "../../shared/history";
import type { Node, View } from "../../src/inspector/node";
import { rootNodes } from "../../src/inspector/roots";
import { bar, sparkline } from "../../src/inspector/sparkline";
import { trend, trendSpoken, trendText } from "../../src/inspector/trend";
import { entry } from "../shared/samples";

const ALL: View = { order: "size", filter: "" };

function roots(entries: readonly ReturnType<typeof entry>[], view: View = ALL): readonly Node[] {
  const history = new History(WHOLE);
  history.add(entries);
  return rootNodes(history.runs, [], view);
}

/** The labels of a section, those below them indented. */
function outline(nodes: readonly Node[], section: string): readonly string[] {
  const lines = (inner: readonly Node[], indent: string): string[] =>
    inner.flatMap((node) => [indent + node.label, ...lines(node.children?.() ?? [], `${indent}  `)]);
  return lines(nodes.find(({ label }) => label === section)?.children?.() ?? [], "");
}

function all(nodes: readonly Node[]): readonly Node[] {
  return nodes.flatMap((node) => [node, ...all(node.children?.() ?? [])]);
}

const GAME = {
  summary: { frame_bytes: 1000, parked_frames: 1, parked_bytes: 64 },
  tags: [
    { path: "ai", bytes: 300 },
    { path: "physics", bytes: 700, budget: 100, peak_bytes: 90 },
    { path: "physics-debug", bytes: 1 },
    { path: "physics/contacts", bytes: 600 },
    { path: "physics/hash", bytes: 100, budget: 100, peak_bytes: 100, budget_exceeded: 2 },
  ],
  threads: [
    { id: 0, name: "main", frame_bytes: 10, capacity_bytes: 100, refills: 1 },
    { id: 7, name: "", frame_bytes: 90, frame_budget: 100, pool_budget: 5 },
  ],
  scratch: [{ name: "io", used_bytes: 5, reserved_bytes: 10 }],
  promotions: { to_pool: 3, unread: 1, bytes: 96 },
  diagnostics: [
    {
      code: "parked",
      severity: "warning",
      message: "a frame is parked",
      count: 4,
      location: { file: "src/a.rs", line: 3 },
    },
  ],
};

describe("the inspector", () => {
  it("has a line for each thing that a snapshot tells", () => {
    const nodes = roots([entry(12, GAME)]);
    const labels = ["Frame 12", "Threads", "Tags", "Promotions", "Scratch allocators", "Diagnostics"];
    expect(nodes.map(({ label }) => label)).toEqual(labels);
    expect(outline(nodes, "Tags")).toEqual(["physics", "  contacts", "  hash", "ai", "physics-debug"]);
    expect(outline(nodes, "Threads").filter((line) => !line.startsWith(" "))).toEqual(["thread 7", "main"]);
  });

  it("gives the same lines the same names in each snapshot", () => {
    const before = all(roots([entry(1, GAME)]));
    const after = all(roots([entry(1, GAME), entry(2, { ...GAME, tags: GAME.tags.toReversed() })]));
    expect(new Set(after.map(({ id }) => id))).toEqual(new Set(before.map(({ id }) => id)));
    expect(new Set(before.map(({ id }) => id)).size).toBe(before.length);
  });

  it("shows shares, budgets, and what went beyond them", () => {
    const tags = all(roots([entry(1, GAME)]));
    const line = (id: string) => tags.find((node) => node.id === id);
    expect(line("tags/physics")).toMatchObject({ description: "700 B · 70 % · ▰▰▰▰▱ 90 % of budget" });
    expect(line("tags/physics")?.mood).toBeUndefined();
    expect(line("tags/physics/hash")).toMatchObject({ mood: "warning" });
    expect(line("frame/parked")).toMatchObject({ mood: "warning", description: "64 B in 1 frame" });
    expect(line("threads/7/pool budget")).toMatchObject({ description: "▱▱▱▱▱ 0 B of 5 B" });
  });

  it("leads from a remark to its line", () => {
    const [remark] =
      roots([entry(1, GAME)])
        .at(-1)
        ?.children?.() ?? [];
    expect(remark).toMatchObject({ label: "a frame is parked", description: "parked · 4×", mood: "warning" });
    expect(remark?.place).toEqual({ source: "game", location: { file: "src/a.rs", line: 3, column: 0 } });
  });

  it("sorts", () => {
    const names = (order: View["order"]) =>
      outline(roots([entry(1, { tags: [{ path: "ai", bytes: 300 }] }), entry(2, GAME)], { order, filter: "" }), "Tags");
    expect(names("name")).toEqual(["ai", "physics", "  contacts", "  hash", "physics-debug"]);
    expect(names("budget")).toEqual(["physics", "  hash", "  contacts", "ai", "physics-debug"]);
    expect(names("trend").at(-1)).toBe("ai");
  });

  it("filters, and keeps what leads to what is left", () => {
    const nodes = roots([entry(1, GAME)], { order: "size", filter: "hash" });
    expect(outline(nodes, "Tags")).toEqual(["physics", "  hash"]);
    expect(nodes.map(({ label }) => label)).toEqual(["Frame 1", "Tags", "Promotions"]);
  });

  it("has a line for each folder where there are several, and one for what cannot be read", () => {
    const entries = [
      entry(1, GAME, "000000000001", "a"),
      entry(2, GAME, "000000000002", "b"),
      entry(3, GAME, "000000000003", "b"),
    ];
    const history = new History(WHOLE);
    history.add(entries);
    const trouble = { source: "a", file: "/x/snapshot-1.json", message: "not a snapshot" };
    const nodes = rootNodes(history.runs, [trouble], ALL);
    expect(nodes.map(({ label }) => label)).toEqual(["Cannot be read", "a", "b"]);
    expect(nodes[2]?.children?.()[0]?.label).toBe("Frame 3");
    expect(nodes[0]?.children?.()).toMatchObject([{ label: "not a snapshot", description: "snapshot-1.json" }]);
    expect(rootNodes([], [], ALL)).toEqual([]);
  });

  it("shows names as they are, and never as markup", () => {
    const [tag] = all(roots([entry(1, { tags: [{ path: "[x](command:y)<b>" }] })])).filter(
      ({ icon }) => icon === "tag",
    );
    expect(tag?.tooltip?.()).toContain("\\[x\\]\\(command:y\\)\\<b\\>");
  });
});

describe("a trend", () => {
  it("is the latest beside what was usual", () => {
    expect(trendText(trend([100, 100, 300, 100, 112]))).toBe("↗ +12 %");
    expect(trendText(trend([100, 100, 50]))).toBe("↘ −50 %");
    expect(trendText(trend([100, 101]))).toBe("");
    expect(trendText(trend([0, 0, 5]))).toBe("↗ new");
    expect(trendText(trend([5]))).toBe("");
    expect(trendText(trend([]))).toBe("");
    expect(trendSpoken(trend([100, 100, 50]))).toBe("down 50 percent");
  });

  it("is drawn in letters", () => {
    expect(sparkline([0, 4, 8])).toBe("▁▅█");
    expect(sparkline([100, 101, 99])).toBe("▅▅▅");
    expect(sparkline([90, 100])).toBe("▁█");
    expect(sparkline([])).toBe("");
    expect([0, 1, 50, 99.9, 100, 200].map((part) => bar(part, 100))).toEqual([
      "▱▱▱▱▱",
      "▰▱▱▱▱",
      "▰▰▰▱▱",
      "▰▰▰▰▱",
      "▰▰▰▰▰",
      "▰▰▰▰▰",
    ]);
    expect(bar(1, 0)).toBe("");
  });
});
