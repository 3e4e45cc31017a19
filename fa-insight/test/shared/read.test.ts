import { describe, expect, it } from "vitest";
import { checkSnapshot, readSnapshot } from "../../shared/read";
import { snapshot } from "./samples";

const TEXT = JSON.stringify({
  version: 1,
  frame: 18421,
  summary: { frame_bytes: 4194304, moon: "full" },
  threads: [{ id: 3, name: 'render \\ "}', frame_bytes: 64, window: { frames: 30, worst_bytes: 99 } }],
  tags: [{ path: "physics", bytes: 7, budget: null }],
  call_sites: [{ location: { file: "a.rs", line: 7 }, kind: "pool" }],
  diagnostics: [{ code: "x", severity: "dire", message: "m" }],
  extra: [],
});

function message(value: unknown): string {
  const read = checkSnapshot(value);
  return read.kind === "snapshot" ? "read" : `${read.kind}: ${read.message}`;
}

describe("a snapshot", () => {
  it("is read, unknown fields left alone and missing ones taken for nothing", () => {
    const read = readSnapshot(TEXT);
    expect(read.kind).toBe("snapshot");
    if (read.kind !== "snapshot") return;
    expect(read.snapshot.frame).toBe(18421);
    expect(read.snapshot.summary).not.toHaveProperty("moon");
    expect(read.snapshot.summary.pool_bytes).toBe(0);
    expect(read.snapshot.threads[0]?.window?.worst_bytes).toBe(99);
    expect(read.snapshot.threads[0]?.frame_budget).toBeNull();
    expect(read.snapshot.tags[0]?.budget).toBeNull();
    expect(read.snapshot.call_sites?.[0]?.location).toEqual({ file: "a.rs", line: 7, column: 0 });
    expect(read.snapshot.diagnostics[0]?.severity).toBe("note");
  });

  it("is half-written wherever its text is cut", () => {
    for (let length = 0; length < TEXT.length; length += 1) {
      expect(readSnapshot(TEXT.slice(0, length)).kind, TEXT.slice(0, length)).toBe("half-written");
    }
  });

  it("has its names in order and once, however they were written", () => {
    const tags = [{ path: "b" }, { path: "a", bytes: 1 }, { path: "a", bytes: 2 }];
    expect(snapshot({ tags }).tags.map(({ path, bytes }) => [path, bytes])).toEqual([
      ["a", 1],
      ["b", 0],
    ]);
  });
});

describe("what is no snapshot", () => {
  it.each(["fn main() {}", '{"version":1}}', "[1,2]", "7", "null", '"text"', "{'version': 1}"])(
    "is foreign: %s",
    (text) => {
      expect(readSnapshot(text).kind).toBe("foreign");
    },
  );

  it("is named with its place", () => {
    expect(message({ version: 1 })).toBe("foreign: not a snapshot: it has no `frame`");
    expect(message({ frame: 1 })).toBe("foreign: not a snapshot: it has no `version`");
    expect(message({ version: 0, frame: 1 })).toContain("there is no schema version 0");
    const bad = { version: 1, frame: 1, threads: [{}, { window: { p50_bytes: -1 } }] };
    expect(message(bad)).toBe(
      "foreign: not a snapshot: threads[1].window.p50_bytes is -1 instead of a whole number from 0",
    );
    expect(message({ version: 1, frame: 1, tags: {} })).toContain("tags is an object instead of a list");
    expect(message({ version: 1, frame: 1, tags: [null] })).toContain("tags[0] is null instead of an object");
    expect(message({ version: 1, frame: 1, tags: [{ path: 7 }] })).toContain("tags[0].path is 7 instead of a text");
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1.5, -1, "1", true, [1], null])("has no number like %s", (frame) => {
    expect(message({ version: 1, frame })).toContain("foreign");
  });

  it("says what to do about a newer version, whatever else it holds", () => {
    const read = checkSnapshot({ version: 2, frame: "seven" });
    expect(read).toMatchObject({ kind: "newer", version: 2 });
    expect(message({ version: 2 })).toContain("update fa-insight");
  });
});
