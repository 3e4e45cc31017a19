import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { scheduler } from "../../webview/scheduler";

const FRAME = 16;
/** The clock, what drawing takes, and when it was done. */
let now = 0;
let cost = 0;
let drawn: number[] = [];

/** What draws notes when it began, and takes as long as is said. */
function schedule() {
  drawn = [];
  return scheduler(() => {
    drawn.push(performance.now());
    now += cost;
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  now = 1000;
  vi.stubGlobal("performance", { now: () => now });
  vi.stubGlobal("requestAnimationFrame", (call: () => void) => setTimeout(call, FRAME));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function pass(time: number): void {
  for (let step = 0; step < time; step += 1) {
    now += 1;
    vi.advanceTimersByTime(1);
  }
}

it("draws once for all that arrives before the next frame", () => {
  cost = 2;
  const changed = schedule();
  for (let message = 0; message < 5; message += 1) changed(false);
  expect(drawn).toEqual([]);
  pass(FRAME);
  expect(drawn).toHaveLength(1);
  pass(10 * FRAME);
  expect(drawn).toHaveLength(1);
});

it("rests three times as long as it took to draw what arrives", () => {
  cost = 100;
  const changed = schedule();
  for (let time = 0; time < 2000; time += 1) {
    changed(false);
    pass(1);
  }
  const [first = 0, second = 0] = drawn;
  expect(second - first).toBeGreaterThanOrEqual(4 * cost);
  expect(drawn.length).toBeGreaterThan(2);
});

it("does not rest while a person waits, and draws once for both", () => {
  cost = 100;
  const changed = schedule();
  changed(false);
  pass(FRAME);
  changed(false);
  pass(1);
  changed(true);
  pass(FRAME);
  expect(drawn).toHaveLength(2);
  pass(1000);
  expect(drawn).toHaveLength(2);
});
