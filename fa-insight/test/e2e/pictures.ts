/** The pictures of the README: the example game, its source, and what the extension says of both. */
import { cp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, inject, it } from "vitest";

import { PATHS } from "./paths";
import { Workbench } from "./workbench";
import { Workspace } from "./workspace";

const GAME = resolve(PATHS.extension, "../framealloc/examples/game_loop");
const PICTURES = join(PATHS.extension, "images");

describe.each([
  ["light", "Default Light Modern"],
  ["dark", "Default Dark Modern"],
])("%s", (shade, theme) => {
  it("editor and panel", async () => {
    const settings = { "workbench.colorTheme": theme, "window.title": "battle" };
    const workspace = await Workspace.create(inject("editor").folder, `${shade}/battle`, settings);
    await rm(workspace.path("src"), { recursive: true });
    await cp(GAME, workspace.path("src"), { recursive: true });
    await cp(join(import.meta.dirname, "arena", "src", "main.rs"), workspace.path("src", "bin", "enemy.rs"));
    workspace.play(4000, 3);
    const workbench = await Workbench.open(workspace.folder);
    try {
      await workbench.openInspector();
      await workbench.openFile(workspace.path("src", "battle.rs"));
      await workbench.row("physics").click();
      // A history to look at.
      await workbench.page.waitForTimeout(25_000);
      await workbench.goToLine(118);
      await workbench.lenses.first().waitFor();
      await workbench.page.locator(".view-line").getByText('"steering"').first().hover();
      await workbench.hover.getByText("share of the frame").waitFor();
      await workbench.screenshot(`editor-${shade}`, PICTURES);

      await workbench.run("framealloc: Open Frame Memory Panel");
      await (await workbench.view("panel")).locator("canvas").first().waitFor();
      await workbench.page.waitForTimeout(3000);
      await workbench.screenshot(`panel-${shade}`, PICTURES);

      await workbench.openFile(workspace.path("src", "bin", "enemy.rs"));
      await workbench.squiggles.first().waitFor();
      await workbench.openProblems();
      await workbench.problems.filter({ hasText: "FA601" }).waitFor();
      await workbench.screenshot(`problems-${shade}`, PICTURES);
    } finally {
      await workbench.close();
      await workspace.remove();
    }
  });
});
