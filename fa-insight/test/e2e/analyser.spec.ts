import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { Workbench } from "./workbench";
import { Workspace } from "./workspace";

describe("findings of the analyser", () => {
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    workspace = await Workspace.create(inject("editor").folder, "findings");
    workbench = await Workbench.open(workspace.folder);
    await workbench.openFile(workspace.path("src", "main.rs"));
  });

  afterAll(async () => {
    await workbench.close();
    await workspace.remove();
  });

  it("stand in the text and among the problems, with their code", async () => {
    await workbench.squiggles.first().waitFor();
    await workbench.openProblems();
    const row = workbench.problems.filter({ hasText: "a frame value is stored where it outlives its frame" });
    await row.waitFor();
    expect(await row.textContent()).toContain("FA601");
    expect(await workbench.problems.filter({ hasText: "the value is made here" }).count()).toBe(1);
    await workbench.screenshot("problems");
  });

  it("lead to the page of their code", async () => {
    await workbench.problems.locator("a", { hasText: "FA601" }).first().click();
    await workbench.tab("FA601").waitFor();
    const page = await workbench.inside("body.vscode-body h1");
    expect(await page.locator("h1").first().textContent()).toBe("FA601 frame-escape");
    await workbench.screenshot("explanation");
    await workbench.openFile(workspace.path("src", "main.rs"));
  });

  it("go away when the text does, without a save", async () => {
    await workbench.goToLine(29, 1);
    await workbench.page.keyboard.press("Control+/");
    await expect.poll(() => workbench.squiggles.count()).toBe(0);
    await workbench.page.keyboard.press("Control+/");
    await workbench.squiggles.first().waitFor();
  });

  it("are silenced by a quick fix", async () => {
    await workbench.goToLine(29, 8);
    await workbench.page.keyboard.press("Control+.");
    const action = workbench.page
      .locator(".action-widget .monaco-list-row.focused")
      .filter({ hasText: "allow FA601 here" });
    await action.waitFor();
    await workbench.page.keyboard.press("Enter");
    await expect.poll(() => workbench.squiggles.count()).toBe(0);
    await workbench.page.keyboard.press("Control+s");
    await expect
      .poll(() => readFile(workspace.path("src", "main.rs"), "utf8"))
      .toContain("// fa: allow(FA601) -- say why");
  });
});
