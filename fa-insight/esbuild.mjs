/** Bundles the extension's two programs: one for the editor's host, one for its pages. */
import { mkdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

import { bundle } from "./assets.mjs";

await build({
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  minify: true,
  legalComments: "none",
  logLevel: "warning",
  platform: "node",
  format: "cjs",
  // Of the oldest editor that is supported.
  target: "node20",
  external: ["vscode"],
});

mkdirSync("dist/webview", { recursive: true });
for (const [name, text] of await bundle()) writeFileSync(`dist/webview/${name}`, text);
