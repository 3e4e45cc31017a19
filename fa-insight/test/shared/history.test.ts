import { describe, expect, it } from "vitest";
import { History, WHOLE, weight } from "../../shared/history";
import type { Entry } from "../../shared/protocol";
import { entry, snapshot } from "./samples";

const PLENTY = { snapshots: 300, bytes: 1e9 };

function sequences(history: History<Entry>): number[][] {
  return history.runs.map((run) => run.entries.map(({ sequence }) => sequence));
}

describe("a history", () => {
  it("has each file once and in order, however they come", () => {
    const history = new History(WHOLE, PLENTY);
    expect(history.add([entry(5), entry(6)])).toBe(true);
    expect(history.add([entry(2), entry(6), entry(4), entry(2)])).toBe(true);
    expect(history.add([entry(4)])).toBe(false);
    expect(sequences(history)).toEqual([[2, 4, 5, 6]]);
  });

  it("keeps programs and folders apart, the one that wrote last as the last", () => {
    const history = new History(WHOLE, PLENTY);
    history.add([entry(1, {}, "a"), entry(2, {}, "b"), entry(1, {}, "a", "other")]);
    expect(history.runs.map(({ source, writer }) => [source, writer])).toEqual([
      ["game", "a"],
      ["other", "a"],
      ["game", "b"],
    ]);
    history.add([entry(3, {}, "a")]);
    expect(history.runs.at(-1)).toMatchObject({ source: "game", writer: "a" });
  });

  it("begins a run where a writer's frames begin anew, and calls it the same when the first is forgotten", () => {
    const history = new History(WHOLE, { snapshots: 3, bytes: 1e9 });
    history.add([entry(1, { frame: 100 }), entry(3, { frame: 7 }), entry(2, { frame: 110 })]);
    expect(sequences(history)).toEqual([[1, 2], [3]]);
    const [first, second] = history.runs.map(({ id }) => id);
    expect(first).not.toBe(second);
    history.add([entry(4, { frame: 8 }), entry(5, { frame: 9 })]);
    expect(sequences(history)).toEqual([[3, 4, 5]]);
    expect(history.runs[0]?.id).toBe(second);
    history.add([entry(6, { frame: 10 })]);
    expect(sequences(history)).toEqual([[4, 5, 6]]);
  });

  it("forgets the oldest of the longest beyond its bytes, and never the last one", () => {
    const one = weight(snapshot());
    const history = new History(WHOLE, { snapshots: 300, bytes: 3 * one });
    history.add([entry(1, {}, "a"), entry(2, {}, "b"), entry(3, {}, "b"), entry(4, {}, "b"), entry(5, {}, "b")]);
    expect(sequences(history)).toEqual([[1], [4, 5]]);
    const poor = new History(WHOLE, { snapshots: 300, bytes: 0 });
    poor.add([entry(1), entry(2)]);
    expect(sequences(poor)).toEqual([[2]]);
  });

  it("weighs what it holds", () => {
    const tags = Array.from({ length: 1000 }, (_, index) => ({ path: `tag${index}` }));
    expect(weight(snapshot({ tags }))).toBeGreaterThan(1000 * 13 * 8);
  });

  it("is the same value until something changes", () => {
    const history = new History(WHOLE, PLENTY);
    history.add([entry(1)]);
    const before = history.runs;
    history.add([entry(1)]);
    expect(history.runs).toBe(before);
    history.clear();
    expect(history.runs).toEqual([]);
  });
});
