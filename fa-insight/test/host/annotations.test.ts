import { describe, expect, it } from "vitest";

import type { Run } from "../../shared/history";
import { annotations } from "../../src/lens/annotations";
import { entry } from "../shared/samples";

function run(...snapshots: readonly object[]): Run {
  const entries = snapshots.map((fields, index) => entry(index + 1, fields));
  return { id: "run", source: "game", writer: "000000000001", entries };
}

const nowhere = () => false;

describe("a line that opens a tag", () => {
  it("says what the frame holds under it", () => {
    const tag = { path: "physics", bytes: 2048, allocations: 1, peak_bytes: 3072, budget: 4096 };
    const [one] = annotations(
      'a.with_tag("physics", f)',
      run({ summary: { frame_bytes: 4096 }, tags: [tag] }),
      nowhere,
    );
    expect(one?.title).toBe("2.0 KiB/frame · 1 allocation · 75 % of budget");
    expect(one?.reveal).toEqual({ section: "tags", path: "physics" });
    expect(one?.hover()).toContain("| share of the frame | 50 % |");
  });

  it("says how that goes", () => {
    const at = (bytes: number) => ({ tags: [{ path: "ai", bytes }] });
    const [one] = annotations('a.tag("ai")', run(at(1000), at(1000), at(1500)), nowhere);
    expect(one?.title).toContain("↗ +50 %");
    expect(one?.hover()).toContain("`▁▁█`");
  });

  it("counts for all that end so, where a caller opens others", () => {
    const tags = [
      { path: "a/load", bytes: 1024, allocations: 1 },
      { path: "b/load", bytes: 1024, allocations: 2 },
      { path: "unload", bytes: 9999 },
    ];
    const [one] = annotations('a.tag("load")', run({ tags }), nowhere);
    expect(one?.title).toContain("2.0 KiB/frame · 3 allocations");
  });

  it("says nothing of what the program has not opened", () => {
    expect(annotations('a.tag("ai")', run({ tags: [{ path: "physics" }] }), nowhere)).toEqual([]);
  });
});

it("a line that begins a phase says the same of it", () => {
  const phases = [{ path: "render", bytes: 512, allocations: 4, nanoseconds: 1_500_000 }];
  const [one] = annotations('a.begin_phase("render");', run({ phases }), nowhere);
  expect(one?.title).toBe("512 B/frame · 4 allocations");
  expect(one?.hover()).toContain("1.5 ms");
});

it("a line that allocates says how much a frame", () => {
  const location = { file: "src/a.rs", line: 7, column: 3 };
  const site = { location, kind: "frame", count: 30, bytes: 10240, frames: 10, type_name: "Vec<u8>" };
  const other = { ...site, location: { ...location, file: "src/b.rs" } };
  const found = annotations(
    "",
    run({ call_sites: [site, other, { ...site, kind: "pool" }] }),
    (file) => file === "src/a.rs",
  );
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ at: { line: 6 }, title: "2.0 KiB/frame · 6 allocations/frame · frame, pool" });
  expect(found[0]?.hover()).toContain("**Vec\\<u8\\>**");
});
