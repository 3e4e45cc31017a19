import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";

import { find, HERE, type Surroundings, versionOf } from "../../src/analyser/binary";
import { isCode, readLints } from "../../src/analyser/lints";
import { run } from "../../src/analyser/program";
import { folder } from "./folder";

/** A script that answers as an analyser does, or does not. */
async function install(path: string, says = "cargo fa 0.1.0", serves = true): Promise<string> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(
    path,
    `#!/bin/sh\n[ "$1" = --version ] && echo '${says}'\n[ "$1" = lsp ] && exit ${serves ? 0 : 2}\nexit 0\n`,
  );
  await chmod(path, 0o755);
  return path;
}

function surroundings(home: string, ...path: readonly string[]): Surroundings {
  return { ...HERE, home, environment: { PATH: path.join(delimiter) } };
}

describe.skipIf(process.platform === "win32")("the analyser", () => {
  it("is the first on PATH, or else where cargo installs", async () => {
    const home = await folder();
    const nowhere = surroundings(home, join(home, "a"), join(home, "b"));
    expect((await find("", nowhere)).kind).toBe("missing");

    const installed = await install(join(home, ".cargo", "bin", "cargo-fa"));
    expect(await find("", nowhere)).toEqual({ kind: "ready", path: installed, version: "0.1.0" });

    const first = await install(join(home, "b", "cargo-fa"));
    expect(await find("", nowhere)).toMatchObject({ path: first });
  });

  it("is the one that the setting names, or none", async () => {
    const home = await folder();
    await install(join(home, "bin", "cargo-fa"));
    const here = surroundings(home, join(home, "bin"));
    const chosen = await install(join(home, "mine", "analyser"));
    expect(await find(chosen, here)).toMatchObject({ kind: "ready", path: chosen });
    expect(await find("~/mine/analyser", here)).toMatchObject({ kind: "ready", path: chosen });
    expect(await find(join(home, "gone"), here)).toMatchObject({ kind: "missing" });
    expect(await find("mine/analyser", here)).toMatchObject({
      kind: "missing",
      message: expect.stringContaining("whole path"),
    });
  });

  it("is not taken from a folder that depends on who asks", async () => {
    const home = await folder();
    expect((await find("", surroundings(home, ".", "", "bin"))).kind).toBe("missing");
  });

  it("must serve an editor, and be the right program", async () => {
    const home = await folder();
    const old = await install(join(home, "old"), "cargo fa 0.0.1", false);
    expect(await find(old, HERE)).toMatchObject({
      kind: "unfit",
      message: expect.stringContaining("0.0.1, which is too old"),
    });
    const other = await install(join(home, "other"), "hello");
    expect(await find(other, HERE)).toMatchObject({ kind: "unfit", message: expect.stringContaining("hello") });
  });
});

describe("what the analyser prints", () => {
  it("tells its version", () => {
    expect(versionOf("cargo fa 0.1.0\n")).toBe("0.1.0");
    expect(versionOf("cargo-fa 1.2.3-beta.1")).toBe("1.2.3-beta.1");
    expect(versionOf("error: no such command: `fa`")).toBeUndefined();
  });

  it("lists its lints", () => {
    const lint = { code: "FA601", name: "frame-escape", summary: "a frame value outlives its frame" };
    expect(readLints(JSON.stringify([{ ...lint, level: "deny" }, { code: 7 }, null]))).toEqual([
      { ...lint, level: "deny" },
    ]);
    expect(readLints("error")).toEqual([]);
    expect(readLints("{}")).toEqual([]);
  });

  it("is asked about codes and about nothing else", () => {
    expect(["FA601", "frame-escape"].every(isCode)).toBe(true);
    expect(["--help", "FA601 x", "", "../x", 7, undefined].some(isCode)).toBe(false);
  });
});

describe("a program", () => {
  it("gets its words as they are", async () => {
    const words = ["-e", "console.log(process.argv.slice(1).join('|')); process.exitCode = 3", "a b", "$HOME", ";exit"];
    expect(await run(process.execPath, words)).toEqual({ code: 3, output: "a b|$HOME|;exit\n", complaint: "" });
  });

  it("that is not there says so", async () => {
    expect(await run("/nowhere/at/all", [])).toMatchObject({ code: -1, complaint: expect.stringContaining("ENOENT") });
  });
});
