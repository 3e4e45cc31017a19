/**
 * `npm run measure:panel`: how long the panel takes in a real editor to open on as much as it is made for, and what an
 * update costs then. Times by the clock depend on what else the machine does; processor times of the extension's host
 * less so.
 */
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { loadavg } from "node:os";
import type { Frame } from "playwright-core";
import { inject, it } from "vitest";

import { feedEntry } from "../page/feed";
import { Workbench } from "./workbench";
import { Workspace } from "./workspace";

const SIZE = { threads: 64, tags: 1000, snapshots: 300 };
const UPDATES = 20;
/** As often as programs write. */
const PAUSE_MS = 500;
const OPENINGS = 3;

it("the panel", async () => {
  const workspace = await Workspace.create(inject("editor").folder, "large");
  const write = (at: number) => workspace.write(at + 1, feedEntry(at, SIZE).snapshot);
  for (let at = 0; at < SIZE.snapshots; at += 1) await write(at);
  const workbench = await Workbench.open(workspace.folder);
  console.log(`load ${loadavg().map((load) => load.toFixed(1))}`);
  try {
    await workbench.openInspector();
    await workbench.row(`Frame ${(30 * SIZE.snapshots).toLocaleString("en")}`).waitFor();
    for (let opening = 1; opening <= OPENINGS; opening += 1) {
      const before = await hostTime();
      await workbench.run("framealloc: Open Frame Memory Panel");
      const start = Date.now();
      const panel = await workbench.view("panel");
      const first = await shown(panel, "of", start);
      const all = await shown(panel, `of ${SIZE.snapshots}`, start);
      const used = (await hostTime()) - before;
      const { given, drawn, origin } = await panel.evaluate(() => ({
        // What went before, from the command to the answer for a page that is still empty, is the editor's.
        given: performance
          .getEntriesByType("navigation")
          .map((entry) => (entry as PerformanceNavigationTiming).responseEnd),
        origin: performance.timeOrigin,
        drawn: performance.getEntriesByName("draw").map(({ startTime, duration }) => startTime + duration),
      }));
      const after = (time = 0) => (time - (given[0] ?? 0)).toFixed(0);
      console.log(
        `opening ${opening}: first ${first} ms, all ${all} ms; the editor gave a page after ${(origin + (given[0] ?? 0) - start).toFixed(0)} ms, the first was drawn ${after(drawn[0])} and all ${after(drawn.at(-1))} ms later; the host used ${used} ms`,
      );
      if (opening < OPENINGS) await workbench.run("View: Close All Editors");
    }
    const panel = await workbench.view("panel");
    await panel.evaluate(() => {
      performance.clearMeasures();
      // The editor's own window is of the same process here. What it has changed is settled before the clock runs: the first
      // text on a canvas would have it settled else.
      const request = window.requestAnimationFrame.bind(window);
      window.requestAnimationFrame = (callback) =>
        request((time) => {
          getComputedStyle(document.body).getPropertyValue("color");
          callback(time);
        });
    });
    const before = await hostTime();
    for (let update = 0; update < UPDATES; update += 1) {
      await write(SIZE.snapshots + update);
      await workbench.page.waitForTimeout(PAUSE_MS);
    }
    const took = await panel.evaluate(() => performance.getEntriesByName("draw").map(({ duration }) => duration));
    const sum = took.reduce((sum, time) => sum + time, 0);
    took.sort((a, b) => a - b);
    const part = (share: number) => took[Math.floor(took.length * share)]?.toFixed(1);
    const used = (((await hostTime()) - before) / UPDATES).toFixed(1);
    console.log(
      `each update: ${(sum / UPDATES).toFixed(1)} ms; ${took.length} frames: median ${part(0.5)}, nine in ten ${part(0.9)}; the host used ${used} ms each`,
    );
    console.log(`load ${loadavg().map((load) => load.toFixed(1))}`);
  } finally {
    await workbench.close();
    await workspace.remove();
  }
});

/** After how many milliseconds the page says this of what it shows. */
async function shown(panel: Frame, text: string, start: number): Promise<string> {
  const place = panel.locator(".place").filter({ hasText: text });
  await place.waitFor({ state: "attached" });
  return (Date.now() - start).toFixed(0);
}

const TICKS_A_SECOND = 100;

/** Processor time of the extensions' hosts, in milliseconds, as Linux counts it. */
async function hostTime(): Promise<number> {
  const pids = execFileSync("pgrep", ["-f", "type=extensionHost"], { encoding: "utf8" }).trim().split("\n");
  let ticks = 0;
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  return (ticks * 1000) / TICKS_A_SECOND;
}
