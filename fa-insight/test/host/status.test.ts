import { expect, it } from "vitest";

import type { Run } from "../../shared/history";
import { status } from "../../src/status/text";
import { entry } from "../shared/samples";

const MIB = 1024 * 1024;
const tenths = (count: number) => Math.round((count * MIB) / 10);

function run(...summaries: readonly object[]): Run {
  const entries = summaries.map((summary, index) => entry(index + 1, { summary }));
  return { id: "run", source: "game", writer: "000000000001", entries };
}

const FRAME = { frame_bytes: tenths(13), frame_capacity_bytes: 4 * MIB, peak_frame_bytes: tenths(21) };

it("is a frame, its peak and what the heap grew by", () => {
  const shown = status(run({ ...FRAME, heap_bytes: 100 }, { ...FRAME, heap_bytes: 100 }), false);
  expect(shown?.text).toBe("frame 1.3/4 MiB · peak 2.1 · heap +0");
  expect(shown?.alarming).toBe(false);
  expect(status(run({ heap_bytes: 100 }, { heap_bytes: 2148 }), false)?.text).toBe(
    "frame 0 B · peak 0 · heap +2.0 KiB",
  );
});

it("speaks of units and budgets", () => {
  const threads = [
    { id: 0, frame_budget: MIB, capacity_bytes: 8 * MIB },
    { id: 1, capacity_bytes: MIB },
  ];
  const one: Run = { ...run(), entries: [entry(1, { threads, summary: { ...FRAME, frame_bytes: 100 } })] };
  expect(status(one, true)?.text).toBe("$(debug-pause) frame <0.1/2 MiB · peak 2.1 · heap +0");
  expect(status(one, false)?.spoken).toBe("frame 100 B of 2.0 MiB, peak 2.1 MiB, heap 0 B");
});

it("alarms when something is not as it should be", () => {
  expect(status(run({ ...FRAME, parked_frames: 2 }), false)).toMatchObject({ alarming: true });
  expect(status(run({ ...FRAME, parked_frames: 2 }), false)?.text).toContain("parked 2");
  // What a frame gave back counts, too: it may be more than it ever held.
  expect(status(run({ ...FRAME, frame_bytes: 5 * MIB }), false)).toMatchObject({ alarming: false });
  expect(status(run(FRAME, { ...FRAME, budgets_exceeded: 1 }), false)).toMatchObject({ alarming: true });
});
