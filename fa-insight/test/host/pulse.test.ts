import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Pulse } from "../../src/pulse";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it("does once what is wished for often", () => {
  const call = vi.fn();
  const pulse = new Pulse(call);
  for (let wish = 0; wish < 5; wish += 1) pulse.ask();
  vi.advanceTimersByTime(0);
  expect(call).toHaveBeenCalledTimes(1);
  for (let wish = 0; wish < 5; wish += 1) pulse.ask();
  vi.advanceTimersByTime(150);
  expect(call).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(100);
  expect(call).toHaveBeenCalledTimes(2);
});

it("waits as long after others' work as after its own", () => {
  const call = vi.fn();
  const pulse = new Pulse(call);
  pulse.rest();
  pulse.ask();
  vi.advanceTimersByTime(150);
  pulse.rest();
  vi.advanceTimersByTime(150);
  expect(call).not.toHaveBeenCalled();
  vi.advanceTimersByTime(50);
  expect(call).toHaveBeenCalledTimes(1);
});

it("waits while something is done, and makes up for it", async () => {
  const call = vi.fn();
  const pulse = new Pulse(call);
  pulse.ask();
  await pulse.during(async () => {
    vi.advanceTimersByTime(1000);
    pulse.ask();
    vi.advanceTimersByTime(1000);
    expect(call).not.toHaveBeenCalled();
  });
  vi.advanceTimersByTime(1000);
  expect(call).toHaveBeenCalledTimes(1);
});

it("is quiet once nothing is wished for and the last beat is over", async () => {
  const call = vi.fn();
  const pulse = new Pulse(call);
  await pulse.quiet();
  pulse.rest();
  pulse.ask();
  let quiet = false;
  const waiting = pulse.quiet().then(() => {
    quiet = true;
  });
  await vi.advanceTimersByTimeAsync(210);
  expect([call.mock.calls.length, quiet]).toEqual([1, false]);
  await vi.advanceTimersByTimeAsync(210);
  expect(quiet).toBe(true);
  await waiting;
});

it("does nothing more once it is disposed of", () => {
  const call = vi.fn();
  const pulse = new Pulse(call);
  pulse.ask();
  pulse.dispose();
  pulse.ask();
  vi.advanceTimersByTime(1000);
  expect(call).not.toHaveBeenCalled();
});
