import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { EditorServer } from "./server";
import { Workbench } from "./workbench";
import { Workspace } from "./workspace";

describe("a workspace that is not trusted", () => {
  let server: EditorServer;
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    server = await EditorServer.start({ trusting: false });
    workspace = await Workspace.create(server.folder, "stranger");
    await workspace.write(1, { version: 1, frame: 41, summary: { frame_bytes: 2048 } });
    workbench = await Workbench.open(workspace.folder, server.port);
    await workbench.statusItem("Restricted Mode").waitFor();
    await workbench.openInspector();
  });

  afterAll(async () => {
    await workbench.close();
    await workspace.remove();
    await server.stop();
  });

  it("has its snapshots shown", async () => {
    await workbench.row("Frame 41").waitFor();
  });

  it("has nothing run for it", async () => {
    await workbench.openFile(workspace.path("src", "main.rs"));
    await workbench.run("framealloc: Run Analysis");
    await workbench.openNotifications("the workspace is not trusted");
    expect(await workbench.squiggles.count()).toBe(0);
    expect(await server.runs("cargo-fa")).toBe(false);
  });
});
