import type { Frame } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { Workbench } from "./workbench";
import { Workspace } from "./workspace";

/**
 * How many colours the first picture of a page has: one that is not drawn has one. It may be a page that the editor is about
 * to put away, for which it is not worth to wait.
 */
async function colours(page: Frame): Promise<number> {
  const canvas = page.locator("canvas").first();
  const found = canvas.evaluate(
    (canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
      const seen = new Set<number>();
      for (let at = 0; at < data.length; at += 4) {
        seen.add(
          ((data[at] ?? 0) << 24) | ((data[at + 1] ?? 0) << 16) | ((data[at + 2] ?? 0) << 8) | (data[at + 3] ?? 0),
        );
      }
      return seen.size;
    },
    undefined,
    { timeout: 2000 },
  );
  return found.catch(() => 0);
}

describe("the panel", () => {
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    workspace = await Workspace.create(inject("editor").folder, "battle");
    workspace.play();
    workbench = await Workbench.open(workspace.folder);
    await workbench.openInspector();
    await workbench.run("framealloc: Open Frame Memory Panel");
  });

  afterAll(async () => {
    await workbench.close();
    await workspace.remove();
  });

  it("draws what the game's frames hold", async () => {
    await expect.poll(async () => colours(await workbench.view("panel"))).toBeGreaterThan(3);
  });

  it("says the same in a table", async () => {
    const panel = await workbench.view("panel");
    const table = panel.getByRole("button", { name: "Table" }).first();
    await table.click();
    await panel.getByRole("grid").first().waitFor();
    await expect.poll(() => panel.getByRole("row").count()).toBeGreaterThan(3);
    await table.click();
  });

  it("has a strip beside it", async () => {
    await expect.poll(async () => colours(await workbench.view("strip"))).toBeGreaterThan(3);
    await workbench.screenshot("panel");
  });

  it("is drawn anew where something else has stood before it", async () => {
    await workbench.openFile(workspace.path("src", "main.rs"));
    await workbench.run("framealloc: Open Frame Memory Panel");
    await expect.poll(async () => colours(await workbench.view("panel"))).toBeGreaterThan(3);
  });

  it("is there again after a reload of the window, and so is the tree", async () => {
    await workbench.reload();
    await workbench.row("physics").waitFor();
    await expect.poll(async () => colours(await workbench.view("panel"))).toBeGreaterThan(3);
  });

  it("lets nothing run but its own script", async () => {
    const panel = await workbench.view("panel");
    const policy = await panel.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
    expect(policy).toMatch(/^default-src 'none'; script-src 'nonce-[\w-]{24}'; /);
    const ran = await panel.locator("body").evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
      return "ran" in window;
    });
    expect(ran).toBe(false);
  });
});
