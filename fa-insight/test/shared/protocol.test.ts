import { describe, expect, it } from "vitest";
import { digestOf } from "../../shared/digest";
import { type Entry, parseFromView, parseToView, printPoints } from "../../shared/protocol";
import { entry } from "./samples";

/** As they arrive that were sent whole. */
function arrived(...entries: readonly Entry[]): object[] {
  return entries.map((whole) => ({ ...whole, digest: digestOf(whole.snapshot) }));
}

describe("messages to the view", () => {
  const reset = { type: "reset", protocol: 1, watching: true, entries: [entry(1)], troubles: [] };

  it("are read as they were sent", () => {
    const read = (message: object) => parseToView(JSON.parse(JSON.stringify(message)));
    expect(read(reset)).toEqual({ ...reset, entries: arrived(entry(1)) });
    expect(read({ type: "entries", entries: [entry(2)] })).toEqual({ type: "entries", entries: arrived(entry(2)) });
    for (const message of [
      { type: "gone", source: "s", writer: "w", sequence: 3 },
      { type: "troubles", troubles: [{ source: "s", file: "f", message: "m" }] },
      { type: "watching", watching: false },
    ]) {
      expect(read(message)).toEqual(message);
    }
  });

  it("tell as much in digests, and names once", () => {
    const fields = (bytes: number) => ({
      threads: [{ id: 1, name: "main", frame_bytes: bytes, peak_bytes: 9, frame_budget: 100, refills: 2 }],
      tags: [
        { path: "ai", bytes },
        { path: "ai/path", bytes: 1 },
      ],
      scratch: [{ reserved_bytes: 64 }],
      window: { worst_thread: 1, worst_bytes: 77 },
      promotions: { to_pool: bytes },
    });
    const entries = [entry(3, fields(5)), entry(2, fields(4)), entry(1, { tags: [{ path: "ui", bytes: 6 }] })];
    const text = JSON.stringify({ type: "entries", entries: printPoints(entries) });
    expect(text.match(/"ai\/path"/g)).toHaveLength(1);
    expect(text.match(/"main"/g)?.length).toBe(3);
    const message = parseToView(JSON.parse(text));
    const points = arrived(...entries).map((arrival) => ({ ...arrival, snapshot: undefined }));
    expect(message).toEqual({ type: "entries", entries: points });
  });

  it.each([
    null,
    [],
    "reset",
    {},
    { type: "reload" },
    { type: "watching", watching: "yes" },
    { type: "entries", entries: 7 },
    { type: "entries", entries: [{ source: "s", writer: 1 }] },
    { type: "entries", entries: [{ digest: { tags: { paths: ["a"], bytes: [1, 2] } } }] },
    { type: "entries", entries: [{ digest: { tags: { paths: ["b", "a"], bytes: [1, 2] } } }] },
    { type: "entries", entries: [{ digest: { tags: { paths: ["a"], bytes: [-1] } } }] },
    { type: "entries", entries: [{ digest: { threads: { ids: [1], names: [] } } }] },
    { type: "gone", sequence: "1" },
    { ...reset, protocol: "1" },
  ])("are ignored where they are none: %j", (value) => {
    expect(parseToView(value)).toBeUndefined();
  });

  it("that hold something unreadable say so and show the rest", () => {
    const entries = [{ ...entry(1), snapshot: { version: 9 } }, entry(2)];
    const message = parseToView({ ...reset, entries });
    expect(message).toMatchObject({ type: "reset", entries: [{ sequence: 2 }], troubles: [{ file: "snapshot 1" }] });
  });
});

describe("messages from the view", () => {
  it("are read as they were sent", () => {
    for (const message of [
      { type: "ready" },
      { type: "look", source: "s", writer: "w", sequence: 3 },
      { type: "open", source: "s", file: "src/main.rs", line: 7 },
      { type: "open", source: "s", file: "src/main.rs", line: 7, column: 3 },
      { type: "watch", watching: true },
      { type: "save", name: "run.csv", text: "a,b" },
    ]) {
      expect(parseFromView(message)).toEqual(message);
    }
  });

  it.each([
    { type: "look", source: "s", writer: 1, sequence: 3 },
    { type: "open", source: "s", file: "", line: 1 },
    { type: "open", source: "s", file: "a.rs", line: 0 },
    { type: "open", source: "s", file: "a\0.rs", line: 1 },
    { type: "open", source: "s", file: "a.rs", line: 1.5 },
    { type: "save", name: "../run.csv", text: "" },
    { type: "save", name: "a\\b", text: "" },
    { type: "save", name: ".profile", text: "" },
    { type: "save", name: "a.csv", text: 7 },
    { type: "run", command: "rm" },
    undefined,
  ])("are ignored where no view sends them: %j", (value) => {
    expect(parseFromView(value)).toBeUndefined();
  });
});
