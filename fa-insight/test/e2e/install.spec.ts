import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { EditorServer } from "./server";
import { Workbench } from "./workbench";
import { Workspace } from "./workspace";

describe("where the analyser is not installed", () => {
  let server: EditorServer;
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    server = await EditorServer.start({ trusting: true, installed: false });
    workspace = await Workspace.create(server.folder, "newcomer");
    workbench = await Workbench.open(workspace.folder, server.port);
  });

  afterAll(async () => {
    await workbench.close();
    await workspace.remove();
    await server.stop();
  });

  it("that is said once, however often it is looked for", async () => {
    await workbench.openFile(workspace.path("src", "main.rs"));
    const notifications = await workbench.openNotifications("cargo-fa is not installed");
    await workbench.run("framealloc: Restart Analyser");
    await workbench.run("framealloc: Run Analysis");
    // The second is the answer to the command, and comes behind whatever the restart has to say.
    await expect.poll(() => notifications.count()).toBe(2);
    expect(await notifications.getByRole("button", { name: "Install" }).count()).toBe(1);
    expect(await workbench.squiggles.count()).toBe(0);
    expect(await server.installations()).toEqual([]);
    await workbench.screenshot("not installed");
  });

  it("cargo installs it on a click, and it is used at once", async () => {
    const notifications = await workbench.openNotifications("cargo-fa is not installed");
    await notifications.getByRole("button", { name: "Install" }).click();
    // The terminal stands before it.
    await workbench.goToLine(29);
    await workbench.squiggles.first().waitFor();
    expect(await server.installations()).toEqual([
      "install --locked --force --git https://github.com/YelenaTor/framealloc cargo-fa",
    ]);
    await workbench.screenshot("installed");
  });
});
