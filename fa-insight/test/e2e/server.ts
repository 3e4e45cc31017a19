/** The server of a real editor, with the packaged extension installed. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

import { editor, PATHS } from "./paths";

/** What would stand in the way of what is looked at. */
const SETTINGS = {
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.tips.enabled": false,
  "chat.disableAIFeatures": true,
  "security.workspace.trust.startupPrompt": "always",
  "telemetry.telemetryLevel": "off",
  "remote.autoForwardPorts": false,
  "editor.minimap.enabled": false,
  // What terminals show is text then, and not a picture.
  "terminal.integrated.gpuAcceleration": "off",
  "extensions.ignoreRecommendations": true,
};

export interface ServerOptions {
  /** Whether it takes all workspaces for trusted. */
  readonly trusting: boolean;
  /** Whether the analyser is on its path. Where it is not, a cargo is that only seems to install it. */
  readonly installed?: boolean;
}

export class EditorServer {
  readonly folder: string;
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(folder: string, port: number, process: ChildProcess) {
    this.folder = folder;
    this.port = port;
    this.#process = process;
  }

  static async start({ trusting, installed = true }: ServerOptions): Promise<EditorServer> {
    // Paths of sockets are short.
    const folder = await mkdtemp(join(tmpdir(), "fa-"));
    for (const name of ["home", "tmp", "bin", "data/Machine"]) await mkdir(join(folder, name), { recursive: true });
    const programs = installed ? await withAnalyser(folder) : await withoutAnalyser(folder);
    await writeFile(join(folder, "data", "Machine", "settings.json"), JSON.stringify(SETTINGS));
    const { server, node } = editor();
    const base = [
      server,
      "--accept-server-license-terms",
      ...["--telemetry-level", "off"],
      ...["--server-data-dir", join(folder, "server")],
      ...["--user-data-dir", join(folder, "data")],
      ...["--extensions-dir", join(folder, "extensions")],
    ];
    const environment = {
      ...process.env,
      HOME: join(folder, "home"),
      TMPDIR: join(folder, "tmp"),
      RUSTUP_HOME: process.env["RUSTUP_HOME"] ?? join(process.env["HOME"] ?? "", ".rustup"),
      ...programs,
    };
    await promisify(execFile)(node, [...base, "--install-extension", PATHS.package], { env: environment });
    const network = ["--host", "127.0.0.1", "--port", "0", "--without-connection-token", "--enable-smoke-test-driver"];
    // Else the PATH is that of a login shell.
    const surroundings = ["--force-disable-user-env"];
    const trust = trusting ? ["--disable-workspace-trust"] : [];
    // A group of its own: it starts further processes, which end with it.
    const child = spawn(node, [...base, ...network, ...surroundings, ...trust], { env: environment, detached: true });
    return new EditorServer(folder, await portOf(child), child);
  }

  /** Whether one of the processes below the editor runs this program, as Linux lists them. */
  async runs(program: string): Promise<boolean> {
    const { stdout } = await promisify(execFile)("ps", ["-eo", "sid=,args="]);
    return stdout.split("\n").some((line) => line.trim().startsWith(`${this.#process.pid} `) && line.includes(program));
  }

  /** The arguments that cargo was asked to install something with, each time. */
  async installations(): Promise<readonly string[]> {
    const text = await readFile(asked(this.folder), "utf8").catch(() => "");
    return text.split("\n").filter((line) => line !== "");
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    if (this.#process.pid !== undefined) process.kill(-this.#process.pid, "SIGKILL");
    await ended;
    if (process.env["FA_INSIGHT_KEEP"]) return;
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

type Programs = Readonly<Record<"PATH" | "CARGO_HOME", string>>;

async function withAnalyser(folder: string): Promise<Programs> {
  await symlink(PATHS.analyser, join(folder, "bin", "cargo-fa"));
  return {
    PATH: [join(folder, "bin"), ...pathFolders()].join(delimiter),
    CARGO_HOME: process.env["CARGO_HOME"] ?? join(process.env["HOME"] ?? "", ".cargo"),
  };
}

/** As it is for somebody who has cargo. What is to be installed is noted, and put where cargo would have put it. */
async function withoutAnalyser(folder: string): Promise<Programs> {
  const cargo = pathFolders()
    .map((path) => join(path, "cargo"))
    .find(existsSync);
  const home = join(folder, "cargo");
  const script = `#!/bin/sh
[ "$1" = install ] || exec '${cargo}' "$@"
echo "$@" >> '${asked(folder)}'
mkdir -p '${home}/bin' && ln -s '${PATHS.analyser}' '${home}/bin/cargo-fa'
`;
  await writeFile(join(folder, "bin", "cargo"), script, { mode: 0o755 });
  const others = pathFolders().filter((path) => !existsSync(join(path, "cargo-fa")));
  return { PATH: [join(folder, "bin"), ...others].join(delimiter), CARGO_HOME: home };
}

function asked(folder: string): string {
  return join(folder, "installations");
}

function pathFolders(): readonly string[] {
  return (process.env["PATH"] ?? "").split(delimiter);
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = "";
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const port = /Extension host agent listening on (\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("exit", (code) => reject(new Error(`the editor ended with ${code}: ${said}`)));
  });
}
