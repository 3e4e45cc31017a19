import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { scheduler } from "../../webview/scheduler";

const FRAME = 16;
/** The clock, what drawing takes, and when it was done. */
let now = 0;
let cost = 0;
let drawn: number[] = [];
/** How many frames one drawing takes, and whether a person waited for each. */
let frames = 1;
let awaited: boolean[] = [];

/** What draws notes when it began, and takes as long as is said. */
function schedule() {
  drawn = [];
  awaited = [];
  let left = 0;
  return scheduler((urgent) => {
    drawn.push(performance.now());
    awaited.push(urgent);
    now += cost;
    left = (left === 0 ? frames : left) - 1;
    return left > 0;
  });
}

beforeEach(() => {
  frames = 1;
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

it("goes on with the next frame where something is left, and rests for all of it", () => {
  cost = 10;
  frames = 4;
  const changed = schedule();
  changed(false);
  pass(8 * FRAME);
  expect(drawn).toHaveLength(4);
  changed(false);
  pass(1);
  expect(drawn).toHaveLength(4);
  pass(400);
  const [, , , last = 0, again = 0] = drawn;
  expect(again - last).toBeGreaterThanOrEqual(4 * 3 * cost);
  expect(drawn).toHaveLength(8);
});

it("says that a person waits, also in the midst of what arrived", () => {
  cost = 10;
  frames = 3;
  const changed = schedule();
  changed(false);
  pass(FRAME);
  changed(true);
  pass(8 * FRAME);
  expect(awaited).toEqual([false, true, false]);
});
