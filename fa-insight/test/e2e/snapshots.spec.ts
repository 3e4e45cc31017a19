import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { Workbench } from "./workbench";
import { Workspace } from "./workspace";

const KIB = 1024;

/** As a program writes it whose behaviour filter is on. */
function snapshot(frame: number, physics: number): object {
  const site = { location: { file: "src/main.rs", line: 23, column: 16 }, kind: "frame", type_name: "[u8; 1024]" };
  return {
    version: 1,
    frame,
    summary: { frame_bytes: physics * KIB + 512, frame_capacity_bytes: 64 * KIB },
    tags: [
      { path: "physics", bytes: physics * KIB, own_bytes: 0, allocations: 1 },
      { path: "physics/contacts", bytes: physics * KIB, own_bytes: physics * KIB, allocations: 1 },
    ],
    call_sites: [{ ...site, count: 20, bytes: 20 * KIB, frames: 10, first_frame: 1, last_frame: 10 }],
  };
}

describe("snapshots", () => {
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    workspace = await Workspace.create(inject("editor").folder, "replay");
    await workspace.write(1, snapshot(10, 2));
    await workspace.write(2, snapshot(20, 6));
    workbench = await Workbench.open(workspace.folder);
    await workbench.openInspector();
  });

  afterAll(async () => {
    await workbench.close();
    await workspace.remove();
  });

  it("are told of above the places that allocate", async () => {
    await workbench.openFile(workspace.path("src", "main.rs"));
    const lens = workbench.lenses.filter({ hasText: "2.0 KiB/frame · 2 allocations/frame · frame" });
    await lens.waitFor();
    await workbench.page.locator(".view-line").filter({ hasText: "1024" }).getByText("frame_box").hover();
    await workbench.hover.getByText("[u8; 1024]").waitFor();
    expect(await workbench.hover.textContent()).toContain("20.0 KiB in 20 allocations");
  });

  it("lead to the places that allocate", async () => {
    await workbench.goToLine(1);
    await workbench.row("Call sites").click();
    await workbench.row("main.rs:23").click();
    await workbench.statusItem("Ln 23, Col 16").waitFor();
  });

  it("are exported as a flame graph and as a table", async () => {
    await workbench.run("framealloc: Export Snapshots…");
    await workbench.choose("Flame graph");
    const profile = workspace.path("framealloc.heapprofile");
    await workbench.saveAt(profile);
    const read = async (path: string) => readFile(path, "utf8").catch(() => "");
    await expect.poll(() => read(profile)).not.toBe("");
    const { head, samples } = JSON.parse(await read(profile));
    expect(head.children[0]).toMatchObject({ callFrame: { url: "src/main.rs", lineNumber: 22 }, selfSize: 20 * KIB });
    expect(samples).toHaveLength(1);

    await workbench.run("framealloc: Export Snapshots…");
    await workbench.choose("Table");
    const table = workspace.path("framealloc.csv");
    await workbench.saveAt(table);
    await expect.poll(() => read(table)).not.toBe("");
    const [header, ...rows] = (await read(table))
      .trimEnd()
      .split("\r\n")
      .map((line) => line.split(","));
    expect(header?.slice(-2)).toEqual(["tag:physics", "tag:physics/contacts"]);
    expect(rows.map((row) => [row[0], row.at(-1)])).toEqual([
      ["10", `${2 * KIB}`],
      ["20", `${6 * KIB}`],
    ]);
  });

  it("stand still while they are frozen, and go on with what came", async () => {
    await workbench.run("framealloc: Freeze");
    await workbench.statusItem("peak").locator(".codicon-debug-pause").waitFor();
    await workbench.inspector.getByText("frozen").waitFor();
    await workspace.write(3, snapshot(30, 6));
    // The newest is read first, and what cannot be read is told of also meanwhile: so the other has been read by then.
    await workspace.write(4, "[]");
    await workbench.row("Cannot be read").waitFor();
    expect(await workbench.row("Frame 20").count()).toBe(1);
    await workbench.run("framealloc: Continue");
    await workbench.row("Frame 30").waitFor();
  });

  it("are not read while nobody watches, and then all", async () => {
    await workbench.run("framealloc: Stop Watching Snapshots");
    await workbench.inspector.getByText("not watched").waitFor();
    await workspace.write(5, snapshot(50, 6));
    // To open it in an editor takes several times as long as to read it.
    await workbench.openFile(workspace.path("target", "framealloc", "snapshot-0000000005-000000000001.json"));
    expect(await workbench.row("Frame 30").count()).toBe(1);
    await workbench.run("framealloc: Start Watching Snapshots");
    await workbench.row("Frame 50").waitFor();
  });

  // The last: a page that comes late takes the focus, and lists that are open then close.
  it("are compared, what has grown most first", async () => {
    await workbench.run("framealloc: Compare Two Snapshots");
    await workbench.choose("replay, frame 10");
    await workbench.page.locator(".quick-input-title").filter({ hasText: "after" }).waitFor();
    await workbench.choose("replay, frame 20");
    const page = await workbench.inside("body.vscode-body h2");
    expect(await page.locator("h2").first().textContent()).toBe("Tags, by growth");
    const cells = await page.locator("table").last().locator("tr").nth(1).locator("td").allTextContents();
    expect(cells).toEqual(["physics", "2.0 KiB", "6.0 KiB", "+4.0 KiB", "+200 %"]);
    await workbench.screenshot("comparison");
  });
});
