import { appendFile, readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { Workbench } from "./workbench";
import { Workspace } from "./workspace";

describe("commands of the analyser", () => {
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    workspace = await Workspace.create(inject("editor").folder, "commands");
    workbench = await Workbench.open(workspace.folder);
    await workbench.openFile(workspace.path("src", "main.rs"));
    await workbench.squiggles.first().waitFor();
  });

  afterAll(async () => {
    await workbench.close();
    await workspace.remove();
  });

  it("explain a code, those at the cursor first", async () => {
    await workbench.goToLine(29, 10);
    await workbench.run("framealloc: Explain Code");
    const first = workbench.choices.first();
    await first.filter({ hasText: "FA601" }).waitFor();
    expect(await workbench.choices.count()).toBeGreaterThan(5);
    await first.click();
    await workbench.tab("FA601").waitFor();
    const page = await workbench.inside("body.vscode-body h1");
    expect(await page.locator("h1").first().textContent()).toBe("FA601 frame-escape");
  });

  it("report on the whole workspace in a terminal", async () => {
    await workbench.run("framealloc: Run Analysis");
    await expect.poll(() => workbench.terminal.textContent()).toMatch(/FA601/);
    await workbench.screenshot("analysis");
  });

  it("write a configuration with the tags of the code", async () => {
    await workbench.run("framealloc: Create .fa.toml");
    await workbench.tab(".fa.toml").waitFor();
    expect(await readFile(workspace.path(".fa.toml"), "utf8")).toContain("physics");
  });

  it("leave a configuration that is there as it is, and open it", async () => {
    await appendFile(workspace.path(".fa.toml"), "# by hand\n");
    const before = await readFile(workspace.path(".fa.toml"), "utf8");
    await workbench.openFile(workspace.path("src", "main.rs"));
    await workbench.run("framealloc: Create .fa.toml");
    await workbench.tab(".fa.toml").waitFor();
    expect(await readFile(workspace.path(".fa.toml"), "utf8")).toBe(before);
  });
});
