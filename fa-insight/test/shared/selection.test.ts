import { describe, expect, it } from "vitest";
import { DIGESTS, History } from "../../shared/history";
import { EVERYTHING, restoreSelection, type Selection, show, step } from "../../shared/selection";
import { point } from "./samples";

const history = new History(DIGESTS);
history.add([point(1, {}, "a"), ...[2, 3, 4, 6].map((sequence) => point(sequence, {}, "b"))]);

function shown(selection: Partial<Selection>) {
  const found = show(history.runs, { ...EVERYTHING, ...selection });
  return found && { at: found.entry.sequence, entries: found.entries.map(({ sequence }) => sequence) };
}

describe("what is shown", () => {
  it("is the newest of the run that wrote last", () => {
    expect(shown({})).toEqual({ at: 6, entries: [2, 3, 4, 6] });
    expect(shown({ range: { newest: 2 } })).toEqual({ at: 6, entries: [4, 6] });
    expect(show([], EVERYTHING)).toBeUndefined();
  });

  it("is what was selected, or what is nearest to it", () => {
    expect(shown({ run: history.runs[0]?.id ?? "" })).toEqual({ at: 1, entries: [1] });
    expect(shown({ run: "gone" })?.at).toBe(6);
    expect(shown({ range: { from: 3, to: 4 }, at: 2 })).toEqual({ at: 3, entries: [3, 4] });
    expect(shown({ range: { from: 100, to: 200 } })).toEqual({ at: 6, entries: [6] });
    expect(shown({ at: 5 })?.at).toBe(4);
  });

  it("is followed again from its end on", () => {
    const now = show(history.runs, { ...EVERYTHING, at: 4 });
    expect(now && step(now, -1)).toBe(3);
    expect(now && step(now, -9)).toBe(2);
    expect(now && step(now, 1)).toBeUndefined();
  });
});

describe("what is kept for a view's next life", () => {
  it("is what was selected", () => {
    for (const range of [{ newest: 60 }, { from: 3, to: 9 }]) {
      const selection: Selection = { run: "r", range, at: 4, tag: "ai" };
      expect(restoreSelection(JSON.parse(JSON.stringify({ selection })))).toEqual(selection);
    }
  });

  it.each([
    undefined,
    null,
    "x",
    {},
    { selection: 7 },
    { selection: { range: { newest: -1 } } },
    { selection: { at: "x" } },
  ])("is everything where it is %j", (value) => {
    expect({ ...EVERYTHING, ...restoreSelection(value) }).toEqual(EVERYTHING);
  });
});
