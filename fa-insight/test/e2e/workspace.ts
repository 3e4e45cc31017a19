/** A workspace to open: a small game, and what a larger one writes beside it. */
import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { PATHS } from "./paths";

export class Workspace {
  readonly folder: string;
  readonly #games: ChildProcess[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(parent: string, name: string, settings: object = {}): Promise<Workspace> {
    const folder = join(parent, name);
    await cp(join(import.meta.dirname, "arena"), folder, { recursive: true });
    await mkdir(join(folder, ".vscode"));
    await writeFile(join(folder, ".vscode", "settings.json"), JSON.stringify(settings));
    return new Workspace(folder);
  }

  get snapshots(): string {
    return join(this.folder, "target", "framealloc");
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  /** Runs the example game until the workspace is closed; it writes twice a second. */
  play(agents = 400, threads = 2): void {
    const words = ["--allocator", "frame", "--frames", "1000000", "--agents", `${agents}`, "--threads", `${threads}`];
    const game = spawn(PATHS.game, [...words, "--snapshots", this.snapshots], { stdio: "ignore" });
    this.#games.push(game);
  }

  /** Ends what was started; the files stay. */
  stopPlaying(): void {
    for (const game of this.#games.splice(0)) game.kill("SIGKILL");
  }

  /** Writes a snapshot as the library does: under another name first. */
  async write(sequence: number, snapshot: object | string, writer = "000000000001"): Promise<void> {
    await mkdir(this.snapshots, { recursive: true });
    const name = `snapshot-${String(sequence).padStart(10, "0")}-${writer}.json`;
    const draft = this.path("target", "framealloc", `${name}.part`);
    await writeFile(draft, typeof snapshot === "string" ? snapshot : JSON.stringify(snapshot));
    await rename(draft, join(this.snapshots, name));
  }

  async clearSnapshots(): Promise<void> {
    await rm(this.snapshots, { recursive: true, force: true, maxRetries: 5 });
  }

  async remove(): Promise<void> {
    this.stopPlaying();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
