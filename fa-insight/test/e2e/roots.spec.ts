import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { Workbench } from "./workbench";
import { Workspace } from "./workspace";

describe("a workspace of two folders", () => {
  let folders: readonly Workspace[];
  let workbench: Workbench;

  beforeAll(async () => {
    const { folder } = inject("editor");
    folders = await Promise.all(["chess", "draughts"].map((name) => Workspace.create(folder, name)));
    const file = join(folder, "two.code-workspace");
    await writeFile(file, JSON.stringify({ folders: folders.map(({ folder }) => ({ path: folder })) }));
    workbench = await Workbench.open(file);
  });

  afterAll(async () => {
    await workbench.close();
    for (const folder of folders) await folder.remove();
  });

  it("is analysed in both", async () => {
    await workbench.openProblems();
    const files = workbench.problems.filter({ hasText: "main.rs" }).filter({ hasText: "src" });
    await expect.poll(() => files.count(), { timeout: 20_000 }).toBe(2);
    expect((await files.allTextContents()).join()).toMatch(/chess.*draughts/);
  });

  it("has a program in each", async () => {
    for (const [index, folder] of folders.entries()) await folder.write(1, { version: 1, frame: 10 + index });
    await workbench.openInspector();
    for (const label of ["chess", "draughts", "Frame 10", "Frame 11"]) await workbench.row(label).waitFor();
  });
});
