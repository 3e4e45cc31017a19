/** Finding `cargo-fa`, and finding out whether it is one that can be used. */
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";

import { type Outcome, run } from "./program";

export const REPOSITORY = "https://github.com/YelenaTor/framealloc";

/** The arguments of `cargo` that install the analyser. */
export const INSTALLATION = ["install", "--locked", "--force", "--git", REPOSITORY, "cargo-fa"] as const;

export type Binary =
  | { readonly kind: "ready"; readonly path: string; readonly version: string }
  | { readonly kind: "missing"; readonly message: string }
  | { readonly kind: "unfit"; readonly path: string; readonly message: string };

/** Where to look, and how to ask; tests have their own. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly windows: boolean;
  readonly run: (program: string, words: readonly string[]) => Promise<Outcome>;
}

export const HERE: Surroundings = {
  environment: process.env,
  home: homedir(),
  windows: process.platform === "win32",
  run,
};

/** The analyser that the setting names, or else the first on `PATH` and where cargo installs. */
export async function find(setting: string, here: Surroundings = HERE): Promise<Binary> {
  if (setting !== "") {
    const path = expanded(setting, here);
    if (!isAbsolute(path)) {
      return missing(`The setting \`framealloc.analyser.path\` is \`${setting}\`, and not a whole path.`);
    }
    if (!(await isProgram(path, here))) {
      return missing(`The setting \`framealloc.analyser.path\` is \`${setting}\`, and there is no such program.`);
    }
    return examined(path, here);
  }
  for (const folder of folders(here)) {
    const path = join(folder, here.windows ? "cargo-fa.exe" : "cargo-fa");
    if (await isProgram(path, here)) return examined(path, here);
  }
  return missing("`cargo-fa` is not installed, so that its findings cannot be shown.");
}

function missing(message: string): Binary {
  return { kind: "missing", message };
}

function expanded(setting: string, here: Surroundings): string {
  return /^~[/\\]/.test(setting) ? join(here.home, setting.slice(2)) : setting;
}

function folders({ environment, home }: Surroundings): readonly string[] {
  const named = (environment["PATH"] ?? environment["Path"] ?? "").split(delimiter);
  const cargo = join(environment["CARGO_HOME"] || join(home, ".cargo"), "bin");
  // What is relative depends on who asks; an editor opens folders of strangers.
  return [...named, cargo].filter(isAbsolute);
}

async function isProgram(path: string, { windows }: Surroundings): Promise<boolean> {
  try {
    await access(path, windows ? constants.F_OK : constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** What counts is not a number but whether it serves editors. */
async function examined(path: string, here: Surroundings): Promise<Binary> {
  const [about, serves] = await Promise.all([here.run(path, ["--version"]), here.run(path, ["lsp", "--help"])]);
  const version = versionOf(about.output);
  if (version !== undefined && serves.code === 0) return { kind: "ready", path, version };
  const message =
    version === undefined
      ? `\`${path}\` is not the analyser of framealloc, or does not run: ${firstLine(about)}`
      : `\`${path}\` is cargo fa ${version}, which is too old to serve an editor.`;
  return { kind: "unfit", path, message };
}

export function versionOf(output: string): string | undefined {
  return /^cargo[- ]fa (\d+\.\d+\.\d+\S*)\s*$/m.exec(output)?.[1];
}

function firstLine({ output, complaint, code }: Outcome): string {
  const line = (complaint || output).trim().split("\n", 1)[0];
  return line || `it ended with ${code}`;
}
