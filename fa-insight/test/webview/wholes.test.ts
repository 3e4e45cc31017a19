import { expect, it, vi } from "vitest";

import type { Arrival } from "../../shared/protocol";
import { Wholes } from "../../webview/wholes";
import { entry, point } from "../shared/samples";

function whole(sequence: number): Arrival {
  return { ...point(sequence), snapshot: entry(sequence).snapshot };
}

it("has what came whole, and asks for the rest one at a time", () => {
  const ask = vi.fn();
  const wholes = new Wholes(ask);
  wholes.keep([whole(9), { ...point(8), snapshot: undefined }]);
  expect(wholes.of(point(9))?.frame).toBe(9);
  expect(ask).not.toHaveBeenCalled();
  for (const sequence of [8, 7, 6]) expect(wholes.of(point(sequence))).toBeUndefined();
  expect(ask.mock.calls).toEqual([[{ source: "game", writer: "000000000001", sequence: 8 }]]);
  wholes.keep([whole(8)]);
  expect(wholes.of(point(8))?.frame).toBe(8);
  wholes.of(point(6));
  expect(ask).toHaveBeenCalledTimes(2);
});

it("knows what is gone, and does not ask for it again", () => {
  const ask = vi.fn();
  const wholes = new Wholes(ask);
  wholes.of(point(1));
  wholes.lose(point(1));
  expect(wholes.isGone(point(1))).toBe(true);
  wholes.of(point(1));
  wholes.of(point(2));
  expect(ask).toHaveBeenCalledTimes(2);
  wholes.clear();
  expect(wholes.isGone(point(1))).toBe(false);
});

it("keeps those that were looked at last, and all where nobody can be asked", () => {
  const many = Array.from({ length: 80 }, (_, sequence) => whole(sequence));
  const wholes = new Wholes(vi.fn());
  wholes.keep(many.slice(0, 10));
  wholes.of(point(0));
  wholes.keep(many.slice(10, 59));
  expect(wholes.of(point(0))?.frame).toBe(0);
  expect(wholes.of(point(1))).toBeUndefined();
  const report = new Wholes(undefined);
  report.keep(many);
  expect(many.every((one) => report.of(one) === one.snapshot)).toBe(true);
});
