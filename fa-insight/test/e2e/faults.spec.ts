import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { Workbench } from "./workbench";
import { Workspace } from "./workspace";

const SNAPSHOT = { version: 1, frame: 41, summary: { frame_bytes: 2048, frame_capacity_bytes: 4096 } };

describe("where not all is as it should be", () => {
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    const settings = { "framealloc.analyser.path": "/nowhere/cargo-fa" };
    workspace = await Workspace.create(inject("editor").folder, "faults", settings);
    await workspace.write(1, SNAPSHOT);
    await workspace.write(2, { version: 7, frame: 42 });
    await workspace.write(3, JSON.stringify(SNAPSHOT).slice(0, 40));
    await workspace.write(4, "[1, 2, 3]");
    workbench = await Workbench.open(workspace.folder);
    await workbench.openInspector();
  });

  afterAll(async () => {
    await workbench.close();
    await workspace.remove();
  });

  it("files that cannot be read are named, and the others shown", async () => {
    await workbench.row("Frame 41").waitFor();
    const said = workbench.rows.filter({ hasText: "snapshot-0" });
    await expect.poll(() => said.count()).toBe(3);
    const all = (await said.allTextContents()).join("\n");
    expect(all).toContain("schema version 7");
    expect(all).toContain("ends in the middle");
    expect(all).toContain("not a snapshot");
  });

  it("a file is read once it is whole", async () => {
    await workspace.write(3, { ...SNAPSHOT, frame: 43 });
    await workbench.row("Frame 43").waitFor();
    await expect.poll(() => workbench.rows.filter({ hasText: "snapshot-0" }).count()).toBe(2);
    await workbench.screenshot("faults");
  });

  it("an analyser that is not there is told of once, with a way to get it", async () => {
    const notifications = await workbench.openNotifications("/nowhere/cargo-fa, and there is no such program");
    expect(await notifications.count()).toBe(1);
    await notifications.getByRole("button", { name: "Install" }).waitFor();
    await workbench.screenshot("missing");
  });
});
