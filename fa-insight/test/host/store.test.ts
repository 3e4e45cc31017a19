import { expect, it, vi } from "vitest";

import { batches } from "../../src/panel/batches";
import { page } from "../../src/panel/page";
import { Store } from "../../src/snapshots/store";
import { entry } from "../shared/samples";

it("keeps what is new and tells of it once", () => {
  const store = new Store();
  const call = vi.fn();
  const stop = store.onChange(call);
  store.add([entry(1), entry(2)]);
  store.add([entry(2)]);
  expect(call).toHaveBeenCalledTimes(1);
  expect(store.latest?.sequence).toBe(2);
  stop();
  store.add([entry(3)]);
  expect(call).toHaveBeenCalledTimes(1);
});

it("holds still while it is frozen, and loses nothing of it", () => {
  const store = new Store();
  store.add([entry(1)]);
  store.freeze();
  store.add([entry(2)]);
  store.add([entry(3)]);
  expect(store.entries.map(({ sequence }) => sequence)).toEqual([1]);
  const call = vi.fn();
  store.onChange(call);
  store.thaw();
  expect(store.entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  // A view is told that things move again, and what has come.
  expect(call.mock.calls.map(([{ entries }]) => entries.length)).toEqual([0, 2]);
});

it("is bounded, frozen or not", () => {
  const store = new Store(() => 3);
  store.freeze();
  for (let sequence = 1; sequence <= 9; sequence += 1) store.add([entry(sequence)]);
  store.thaw();
  expect(store.entries.map(({ sequence }) => sequence)).toEqual([7, 8, 9]);
  store.add([entry(10)]);
  expect(store.entries.map(({ sequence }) => sequence)).toEqual([8, 9, 10]);
});

it("finds what it has by where it was", () => {
  const store = new Store();
  store.add([entry(1), entry(2), entry(2, {}, "other")]);
  expect(store.find({ source: "game", writer: "other", sequence: 2 })?.writer).toBe("other");
  expect(store.find({ source: "game", writer: "other", sequence: 1 })).toBeUndefined();
});

it("tells of troubles when they change", () => {
  const store = new Store();
  const call = vi.fn();
  store.onChange(call);
  store.setTroubles("a", []);
  expect(call).not.toHaveBeenCalled();
  const trouble = { source: "game", file: "x.json", message: "not a snapshot" };
  store.setTroubles("a", [trouble]);
  store.setTroubles("a", [{ ...trouble }]);
  expect(call).toHaveBeenCalledTimes(1);
  expect(store.troubles).toEqual([trouble]);
  store.clear();
  expect(store.troubles).toEqual([]);
});

it("is sent in parts, the newest first, none of them too large", () => {
  const tags = Array.from({ length: 1000 }, (_, index) => ({ path: `tag ${index}` }));
  const entries = Array.from({ length: 100 }, (_, index) => entry(index, { tags }));
  const parts = [...batches(entries)];
  expect(parts.length).toBeGreaterThan(3);
  expect(parts.flat().map(({ sequence }) => sequence)).toEqual(entries.map(({ sequence }) => sequence).reverse());
  expect([...batches([])]).toEqual([]);
});

it("is shown on a page that loads nothing else", () => {
  const text = page({ script: "run();", style: "a {}", nonce: "abc", form: "strip" });
  expect(text).toContain(`content="default-src 'none'; script-src 'nonce-abc'; style-src 'nonce-abc'"`);
  expect(text).toContain('<script nonce="abc">\nrun();</script>');
  expect(text).not.toMatch(/src=|href=|url\(/);
  expect(text).not.toMatch(/unsafe|\son\w+=/);
  expect(text.match(/<script/g)).toHaveLength(1);
  expect(text).toContain('<html lang="en" data-view="strip">');
});
