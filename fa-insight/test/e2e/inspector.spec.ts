import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { Workbench } from "./workbench";
import { Workspace } from "./workspace";

describe("a running game", () => {
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    workspace = await Workspace.create(inject("editor").folder, "game");
    workbench = await Workbench.open(workspace.folder);
    await workbench.openInspector();
  });

  afterAll(async () => {
    await workbench.close();
    await workspace.remove();
  });

  it("is not there at first, which the inspector explains", async () => {
    await workbench.inspector.getByText("No program has written a snapshot yet.").waitFor();
    expect(await workbench.statusItem("peak").count()).toBe(0);
  });

  it("appears in tree and status bar as soon as it writes", async () => {
    workspace.play();
    await workbench.row("physics").waitFor();
    for (const label of ["ai", "particles", "render", "main", "worker 1"]) await workbench.row(label).waitFor();
    await workbench.statusItem("peak").waitFor();
    expect(await workbench.statusItem("peak").textContent()).toMatch(
      /^frame [\d.<]+\/[\d.]+ [KM]iB · peak [\d.<]+ · heap /,
    );
  });

  it("moves on while what is open stays open and what is chosen stays chosen", async () => {
    await workbench.row("physics").click();
    await workbench.row("contacts").waitFor();
    const frame = () => workbench.rows.filter({ hasText: /^Frame [\d,]+/ }).textContent();
    const before = await frame();
    await expect.poll(frame).not.toBe(before);
    const after = await frame();
    await expect.poll(frame).not.toBe(after);
    expect(await workbench.row("contacts").count()).toBe(1);
    expect(await workbench.row("physics").getAttribute("aria-selected")).toBe("true");
    expect(await workbench.row("physics").getAttribute("aria-expanded")).toBe("true");
    await workbench.screenshot("inspector");
  });

  it("is filtered and sorted", async () => {
    await workbench.run("framealloc: Filter…");
    await workbench.type("Show what has this in its name", "contacts");
    await expect.poll(() => workbench.row("render").count()).toBe(0);
    await workbench.row("contacts").waitFor();
    await workbench.page.keyboard.press("Enter");
    await workbench.run("framealloc: Clear Filter");
    await workbench.row("render").waitFor();

    await workbench.run("framealloc: Sort…");
    await workbench.choose("Name");
    const names = async () => {
      const all = await workbench.rows.allTextContents();
      return all.filter((text) => /^(ai|particles|physics|render)/.test(text)).map((text) => text[1]);
    };
    await expect.poll(names).toEqual(["i", "a", "h", "e"]);
  });

  it("stands above the lines that allocate", async () => {
    await workbench.openFile(workspace.path("src", "main.rs"));
    await workbench.lenses.filter({ hasText: "/frame" }).first().waitFor();
    const lens = workbench.lenses.filter({ hasText: /KiB\/frame.*allocation/ }).first();
    expect(await lens.textContent()).toMatch(/[\d.]+ KiB\/frame · [\d,]+ allocations?/);
    await workbench.page.locator(".view-line").filter({ hasText: '"physics"' }).getByText('"physics"').hover();
    await workbench.hover.getByText("share of the frame").waitFor();
    expect(await workbench.hover.textContent()).toMatch(/[▁▂▃▄▅▆▇█]{2,}/);
    await workbench.screenshot("lenses");
  });

  it("leads from a line to its tag", async () => {
    await workbench.lenses
      .filter({ hasText: /· [1-9] allocations/ })
      .locator("a")
      .first()
      .click();
    await expect.poll(() => workbench.row("contacts").getAttribute("aria-selected")).toBe("true");
  });

  it("survives that its folder goes and comes back", async () => {
    workspace.stopPlaying();
    await workspace.clearSnapshots();
    await workbench.row("physics").waitFor();
    const frame = () => workbench.rows.filter({ hasText: /^Frame [\d,]+/ }).textContent();
    const before = await frame();
    workspace.play();
    await expect.poll(frame).not.toBe(before);
  });
});
