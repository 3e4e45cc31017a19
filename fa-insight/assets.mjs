/**
 * Bundles the page's script and style. They are part of `cargo fa`, which has to be built without node, so they are in the
 * repository; `--check` says whether they are those of these sources.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL(".", import.meta.url));
const assets = new URL("../cargo-fa/assets/", import.meta.url);

/** The bundle is a copy of what it holds, so that it tells on which terms. */
const licence = readFileSync(new URL("node_modules/uplot/LICENSE", import.meta.url), "utf8").replaceAll("\r", "");

/** Name and text of each file. */
export async function bundle() {
  const result = await build({
    absWorkingDir: root,
    entryPoints: { view: "webview/main.ts", "view-style": "webview/style.css" },
    outdir: "dist",
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2022", "chrome128", "firefox128", "safari17.4"],
    charset: "utf8",
    banner: { js: `/*! With uPlot:\n${licence}*/` },
    write: false,
  });
  const renamed = (path) => basename(path).replace("view-style", "view");
  return result.outputFiles.map(({ path, text }) => [renamed(path), text]);
}

const current = (name) => {
  try {
    return readFileSync(new URL(name, assets), "utf8");
  } catch {
    return undefined;
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = await bundle();
  const stale = files.filter(([name, text]) => current(name) !== text);
  if (process.argv.includes("--check")) {
    for (const [name] of stale) console.error(`cargo-fa/assets/${name} is out of date: run \`npm run assets\``);
    process.exitCode = stale.length > 0 ? 1 : 0;
  } else {
    mkdirSync(assets, { recursive: true });
    for (const [name, text] of stale) writeFileSync(new URL(name, assets), text);
  }
}
