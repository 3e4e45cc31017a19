import { describe, expect, it } from "vitest";
import { digestOf } from "../../shared/digest";
import { COLOURS, Colours } from "../../shared/series/colours";
import { csv } from "../../shared/series/csv";
import { bytesOf, growths, meanBytes } from "../../shared/series/difference";
import { frameSeries, MOST_LAYERS } from "../../shared/series/frames";
import { course, lanes, mostOfAll } from "../../shared/series/lanes";
import { facts, retention } from "../../shared/series/retention";
import { churning, placeOf, stale } from "../../shared/series/sites";
import { spikes } from "../../shared/series/spikes";
import { tagRows } from "../../shared/series/tag_rows";
import { rootTags, trend } from "../../shared/series/tags";
import { digest, snapshot } from "./samples";

function tagged(tags: Record<string, number>, frameBytes = 0) {
  const list = Object.entries(tags).map(([path, bytes]) => ({ path, bytes }));
  return digest({ tags: list, summary: { frame_bytes: frameBytes } });
}

describe("tags", () => {
  const many = tagged({ a: 1, "a/b": 2, b: 3, "b/c": 4 });

  it("are found by their paths, wherever they stood before", () => {
    expect(trend([many], "b/c")).toEqual([4]);
    expect(trend([many], "b/d")).toEqual([0]);
    expect(trend([tagged({ z: 1 }), many, tagged({ b: 7, z: 0 })], "b")).toEqual([0, 3, 7]);
    const roots = rootTags(many.tags);
    expect(roots).toEqual({ paths: ["a", "b"], bytes: [1, 3] });
    expect(rootTags(tagged({ a: 5, b: 6 }).tags, roots).paths).toBe(roots.paths);
    expect(rootTags(tagged({ a: 5, c: 6 }).tags, roots).paths).toEqual(["a", "c"]);
  });
});

describe("frames", () => {
  it("are stacked by their outermost tags, and add up to all their bytes", () => {
    const series = frameSeries([tagged({ ai: 10, "ai/path": 4, render: 20 }, 50), tagged({ ai: 30 }, 30)]);
    expect(series.layers.map(({ title, bytes }) => [title, bytes])).toEqual([
      ["ai", [10, 30]],
      ["render", [20, 0]],
      ["no tag", [20, 0]],
    ]);
    expect(series.totals).toEqual([50, 30]);
  });

  it("are stacked also where tags come and go", () => {
    const series = frameSeries([
      tagged({ a: 1, b: 9 }),
      tagged({ a: 2, b: 8 }),
      tagged({ b: 7, c: 5 }),
      tagged({ a: 3 }),
    ]);
    expect(series.layers.map(({ title, bytes }) => [title, bytes])).toEqual([
      ["b", [9, 8, 7, 0]],
      ["a", [1, 2, 0, 3]],
      ["c", [0, 0, 5, 0]],
    ]);
  });

  it("show the largest tags and the others together", () => {
    const names = Array.from({ length: MOST_LAYERS + 2 }, (_, index) => [`tag${index}`, index + 1] as const);
    const { layers } = frameSeries([tagged(Object.fromEntries(names))]);
    expect(layers).toHaveLength(MOST_LAYERS + 1);
    expect(layers[0]?.title).toBe(`tag${MOST_LAYERS + 1}`);
    expect(layers.at(-1)).toMatchObject({ kind: "others", title: "other tags", bytes: [3] });
  });

  it("have a budget where each thread that allocates has one", () => {
    const busy = { frame_bytes: 1, frame_budget: 100 };
    expect(digest({ threads: [busy, busy, { frame_bytes: 0 }] }).budget_bytes).toBe(200);
    expect(digest({ threads: [busy, { frame_bytes: 1 }] }).budget_bytes).toBeNull();
    expect(digest().budget_bytes).toBeNull();
  });

  it("are shown with the worst one that no snapshot has seen", () => {
    const threads = [
      { id: 1, frame_bytes: 10 },
      { id: 2, frame_bytes: 30 },
    ];
    const summary = { frame_bytes: 40 };
    expect(digest({ threads, summary }).worst_bytes).toBe(40);
    expect(digest({ threads, summary, window: { worst_thread: 2, worst_bytes: 90 } }).worst_bytes).toBe(100);
    expect(digest({ threads, summary, window: { worst_thread: 2, worst_bytes: 5 } }).worst_bytes).toBe(40);
  });

  it("that stand out are found: by their bytes, or since a budget was exceeded", () => {
    const run = [100, 100, 151, 100, 100].map((bytes, index) =>
      digest({ frame: index, summary: { frame_bytes: bytes, budgets_exceeded: index > 3 ? 1 : 0 } }),
    );
    expect(spikes(run)).toEqual([
      { index: 2, frame: 2, thread: undefined, bytes: 151, exceeded: false },
      { index: 4, frame: 4, thread: undefined, bytes: 100, exceeded: true },
    ]);
    const threads = [{ id: 3, name: "main", frame_bytes: 10 }];
    const window = { worst_thread: 3, worst_frame: 88, worst_bytes: 200 };
    const summary = { frame_bytes: 10 };
    expect(spikes([digest({ frame: 90, threads, window, summary })])).toMatchObject([{ frame: 88, thread: "main" }]);
    expect(spikes(run, 1)).toMatchObject([{ index: 4 }]);
    expect(spikes([])).toEqual([]);
  });
});

describe("the table of tags", () => {
  const some = snapshot({
    tags: [
      { path: "big", bytes: 900 },
      { path: "near", bytes: 5, peak_bytes: 90, budget: 100 },
      { path: "over", bytes: 1, peak_bytes: 10, budget: 100, budget_exceeded: 2 },
      { path: "churns", bytes: 0, pool_allocations: 2, heap_allocations: 3, heap_calls: 7 },
    ],
  });

  it("begins with what is red", () => {
    expect(tagRows(some).map(({ path, alarm }) => [path, alarm])).toEqual([
      ["over", "over"],
      ["near", "near"],
      ["big", "none"],
      ["churns", "none"],
    ]);
  });

  it("is sorted and filtered as wanted", () => {
    expect(tagRows(some, { by: "churn", descending: true })[0]).toMatchObject({ path: "churns", churn: 9 });
    expect(tagRows(some, { by: "path", descending: false }, " E ").map(({ path }) => path)).toEqual(
      ["near", "over"].sort(),
    );
    expect(tagRows(some, { by: "use", descending: true })[0]?.use).toBe(0.9);
  });

  it("takes a budget of nothing for what it is", () => {
    const none = snapshot({ tags: [{ path: "a", peak_bytes: 1, budget: 0 }] });
    expect(tagRows(none)[0]).toMatchObject({ use: 1, alarm: "near" });
  });
});

describe("lanes", () => {
  it("are one for each thread, with what happened to it and when", () => {
    const first = snapshot({ threads: [{ id: 1, name: "main", frame_bytes: 5, refills: 1 }] });
    const run = [
      digestOf(first),
      digest({
        threads: [
          { id: 0, frame_bytes: 9, refills: 7 },
          { id: 1, name: "main", frame_bytes: 6, refills: 2, budgets_exceeded: 1 },
        ],
      }),
    ];
    expect(lanes(run, first)).toMatchObject([
      { id: 0, name: "thread 0", now: undefined },
      { id: 1, name: "main", now: { frame_bytes: 5 } },
    ]);
    expect(course(run, 0)).toEqual({ bytes: [null, 9], refills: [], exceeded: [] });
    expect(course(run, 1)).toEqual({ bytes: [5, 6], refills: [1], exceeded: [1] });
    expect(mostOfAll(run)).toBe(9);
  });

  it("have the names that threads had last, also of those that come and go", () => {
    const named = (...threads: readonly [id: number, name: string][]) =>
      digest({ threads: threads.map(([id, name]) => ({ id, name, frame_bytes: id })) });
    const run = [named([1, "a"], [2, "b"]), named([2, "b"]), named([1, "c"], [2, "d"]), named([3, "e"])];
    expect(lanes(run, snapshot({})).map(({ name }) => name)).toEqual(["c", "d", "e"]);
    expect(course(run, 1).bytes).toEqual([1, null, 1, null]);
    expect(course(run, 2).bytes).toEqual([2, 2, 2, null]);
  });
});

describe("retention", () => {
  it("says what is reserved, and what for", () => {
    const summary = {
      frame_capacity_bytes: 1000,
      peak_frame_bytes: 600,
      parked_bytes: 100,
      pool_capacity_bytes: 64,
      pool_bytes: 60,
    };
    const threads = [{ frame_bytes: 5000, peak_bytes: 600 }];
    expect(retention(digest({ summary, threads }))).toEqual({
      reserved: 1064,
      used: 660,
      parked: 100,
      stranded: 304,
    });
    const full = { ...summary, peak_frame_bytes: 2000 };
    expect(retention(digest({ summary: full })).stranded).toBe(4);
  });

  it("tells what was gained in the range from what is so now", () => {
    const before = digest({ promotions: { to_pool: 2 }, summary: { parked_frames: 4 } });
    const after = digest({ promotions: { to_pool: 5 }, summary: { parked_frames: 1 } });
    const found = new Map(facts(before, after).map((fact) => [fact.title, fact]));
    expect(found.get("Promoted to the pool")).toMatchObject({ value: 5, gained: 3 });
    expect(found.get("Frames parked")).toMatchObject({ value: 1, gained: null });
  });
});

describe("differences", () => {
  it("are sorted by growth, and what is new or gone is among them", () => {
    const a = bytesOf(tagged({ same: 5, gone: 7, grown: 1 }));
    const b = bytesOf(tagged({ same: 5, grown: 9, new: 3 }));
    expect(growths(a, b)).toEqual([
      { path: "grown", a: 1, b: 9, growth: 8 },
      { path: "new", a: 0, b: 3, growth: 3 },
      { path: "gone", a: 7, b: 0, growth: -7 },
    ]);
  });

  it("of runs are those of their means", () => {
    expect(meanBytes([tagged({ a: 1 }), tagged({ a: 2, b: 4 })])).toEqual([
      ["a", 2],
      ["b", 2],
    ]);
  });
});

describe("places", () => {
  it("churn where something else than the frame is asked in each", () => {
    const call_sites = [
      { location: { file: "a.rs", line: 1 }, kind: "frame", count: 9, bytes: 999, frames: 1 },
      { location: { file: "b.rs", line: 2 }, kind: "global", count: 30, bytes: 300, frames: 10, sampled: true },
      { location: { file: "c.rs" }, kind: "pool", count: 4, bytes: 80, frames: 0 },
    ];
    const found = churning(snapshot({ call_sites }));
    expect(found.map((site) => [placeOf(site.location), site.perFrame, site.bytesPerFrame])).toEqual([
      ["c.rs", 4, 80],
      ["b.rs:2", 3, 30],
    ]);
    expect(churning(snapshot())).toEqual([]);
  });

  it("are stale where frames stay parked, values unread, or the library says so", () => {
    const found = stale(
      snapshot({
        threads: [{ id: 3, parked_frames: 2 }],
        promotions: { unread: 1 },
        diagnostics: [{ code: "x", severity: "error", message: "m", count: 1, location: { file: "a.rs", line: 4 } }],
      }),
    );
    expect(found.map(({ code }) => code)).toEqual(["x", "parked", "unread"]);
    expect(found[1]?.message).toContain("2 frames of thread 3");
  });
});

describe("colours", () => {
  it("are different as long as there are some, and stay", () => {
    const colours = new Colours();
    const names = Array.from({ length: 2 * COLOURS }, (_, index) => `tag ${index}`);
    const places = names.map((name) => colours.of(name));
    expect(new Set(places).size).toBe(2 * COLOURS);
    expect(new Set(places.slice(0, COLOURS)).size).toBe(COLOURS);
    expect(Math.max(...places.slice(0, COLOURS))).toBeLessThan(COLOURS);
    expect(names.map((name) => colours.of(name))).toEqual(places);
    expect(colours.of("one more")).toBeLessThan(2 * COLOURS);
    expect(new Colours().of("tag 0")).toBe(places[0]);
  });
});

describe("a run as a table", () => {
  it("has a column for each tag, quoted where that is needed", () => {
    const table = csv([tagged({ 'a,"b"\n': 7 }), tagged({ plain: 1 })]);
    const rows = table.split("\r\n");
    expect(rows).toHaveLength(4);
    expect(table).toContain('"tag:a,""b""\n",tag:plain\r\n');
    expect(rows[1]).toMatch(/,7,$/);
    expect(rows[2]).toMatch(/,,1$/);
  });
});
