/** Bundles the two programs: one for the editor's host, one for its pages. */
import { existsSync } from "node:fs";
import { build } from "esbuild";

const shared = { bundle: true, minify: true, legalComments: "none", logLevel: "warning" };

await build({
  ...shared,
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  platform: "node",
  format: "cjs",
  // Of the oldest editor that is supported.
  target: "node20",
  external: ["vscode"],
});

if (existsSync("webview/main.ts")) {
  await build({
    ...shared,
    entryPoints: { view: "webview/main.ts" },
    outdir: "dist/webview",
    platform: "browser",
    format: "iife",
    target: "es2022",
  });
}
