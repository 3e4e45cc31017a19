import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

import { roots } from "../../src/analyser/relevance";
import { folder } from "./folder";

async function tree(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await folder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return root;
}

const USES = '[dependencies]\nframealloc = "0.1"\n';
const OTHER = '[dependencies]\nserde = "1"\n';

it("is a folder whose manifest or lock file names the library", async () => {
  const named = await tree({ "Cargo.toml": USES });
  expect(await roots(named)).toEqual([named]);
  const locked = await tree({ "Cargo.toml": OTHER, "Cargo.lock": '[[package]]\nname = "framealloc"\n' });
  expect(await roots(locked)).toEqual([locked]);
  const member = await tree({ "Cargo.toml": "[workspace]\n", "crates/game/Cargo.toml": USES });
  expect(await roots(member)).toEqual([member]);
});

it("is not one that has nothing to do with it", async () => {
  expect(
    await roots(await tree({ "Cargo.toml": OTHER, "target/x/Cargo.toml": USES, ".hidden/Cargo.toml": USES })),
  ).toEqual([]);
  expect(await roots(await tree({ "README.md": "framealloc" }))).toEqual([]);
  expect(await roots("/nowhere/at/all")).toEqual([]);
});

it("may be right below the one that is open", async () => {
  const root = await tree({ "game/Cargo.toml": USES, "tools/Cargo.toml": OTHER, "docs/x.md": "" });
  expect(await roots(root)).toEqual([join(root, "game")]);
});
