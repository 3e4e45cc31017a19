import { inject, it } from "vitest";
import { Workbench } from "./workbench";
import { Workspace } from "./workspace";
it("debug", async () => {
  const workspace = await Workspace.create(inject("editor").folder, "dbg");
  const w = await Workbench.open(workspace.folder);
  await w.openFile(workspace.path("src", "main.rs"));
  await w.page.waitForTimeout(6000);
  await w.run("framealloc: Show Log");
  await w.page.waitForTimeout(3000);
  await w.screenshot("debug");
  await w.close();
});
