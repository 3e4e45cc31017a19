import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { EditorServer } from "./server";
import { Workbench } from "./workbench";
import { Workspace } from "./workspace";

describe("a workspace of two folders", () => {
  let server: EditorServer;
  let folders: readonly Workspace[];
  let workbench: Workbench;

  beforeAll(async () => {
    // A server that has shown single folders before opens no file of several.
    server = await EditorServer.start({ trusting: true });
    const { folder, port } = server;
    folders = await Promise.all(["chess", "draughts"].map((name) => Workspace.create(folder, name)));
    const file = join(folder, "two.code-workspace");
    await writeFile(file, JSON.stringify({ folders: ["chess", "draughts"].map((path) => ({ path })) }));
    workbench = await Workbench.open(file, port);
  });

  afterAll(async () => {
    await workbench.close();
    for (const folder of folders) await folder.remove();
    await server.stop();
  });

  it("is analysed in both", async () => {
    await workbench.openProblems();
    const files = workbench.problems.filter({ hasText: "main.rs" }).filter({ hasText: "src" });
    await expect.poll(() => files.count()).toBe(2);
    expect((await files.allTextContents()).join()).toMatch(/chess.*draughts/);
  });

  it("has a program in each", async () => {
    for (const [index, folder] of folders.entries()) await folder.write(1, { version: 1, frame: 10 + index });
    await workbench.openInspector();
    for (const label of ["chess", "draughts", "Frame 10", "Frame 11"]) await workbench.row(label).waitFor();
  });
});
