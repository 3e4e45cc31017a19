import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";

import { FolderWatch } from "../../src/snapshots/folder_watch";
import { folder } from "./folder";

const unexpected = (error: Error): never => {
  throw error;
};

async function watching(base: string): Promise<{ readonly path: string; readonly calls: () => number }> {
  const path = join(base, "target", "framealloc");
  const call = vi.fn();
  const watch = new FolderWatch(path, base, { event: call, failed: unexpected });
  onTestFinished(() => watch.close());
  await watch.open();
  return { path, calls: () => call.mock.calls.length };
}

/** Does something, and waits until that is noticed. */
async function noticed(calls: () => number, act: () => Promise<unknown>): Promise<void> {
  // What came before is over.
  await vi.waitFor(async () => {
    const before = calls();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(calls()).toBe(before);
  }, 5000);
  const before = calls();
  await act();
  await vi.waitFor(() => expect(calls()).toBeGreaterThan(before), 5000);
}

it("hears of what comes into a folder that is not there yet", async () => {
  const { path, calls } = await watching(await folder());
  expect(calls()).toBe(1);
  await noticed(calls, () => mkdir(path, { recursive: true }));
  await noticed(calls, () => writeFile(join(path, "a.json"), "{}"));
});

it("hears of what comes into one that has gone and come back", async () => {
  const { path, calls } = await watching(await folder());
  await mkdir(path, { recursive: true });
  await noticed(calls, () => writeFile(join(path, "a.json"), "{}"));
  await noticed(calls, () => rm(join(path, ".."), { recursive: true }));
  await noticed(calls, () => mkdir(path, { recursive: true }));
  await noticed(calls, () => writeFile(join(path, "b.json"), "{}"));
});

it("says which files it heard of, if it cannot have missed others", async () => {
  const base = await folder();
  const path = join(base, "target", "framealloc");
  const heard: (readonly string[] | undefined)[] = [];
  const event = (changed?: ReadonlySet<string>) => heard.push(changed && [...changed]);
  const watch = new FolderWatch(path, base, { event, failed: unexpected });
  onTestFinished(() => watch.close());
  await watch.open();
  await noticed(
    () => heard.length,
    () => mkdir(path, { recursive: true }),
  );
  expect(heard.every((changed) => changed === undefined)).toBe(true);
  await noticed(
    () => heard.length,
    () => writeFile(join(path, "a.json"), "{}"),
  );
  expect(heard.at(-1)).toEqual(["a.json"]);
});

it("hears nothing once it is closed, also while it begins", async () => {
  const base = await folder();
  const call = vi.fn();
  const watch = new FolderWatch(join(base, "x"), base, { event: call, failed: unexpected });
  const opening = watch.open();
  watch.close();
  await opening;
  await mkdir(join(base, "x"));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(call).not.toHaveBeenCalled();
});
