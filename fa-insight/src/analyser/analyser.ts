import * as vscode from "vscode";

import type { Config } from "../config";
import { SETTINGS } from "../manifest";
import { type Binary, find } from "./binary";
import { FolderClient } from "./client";
import { roots } from "./relevance";

/** How things stand with the analyser, for people. */
export type State =
  | { readonly kind: "off"; readonly why: string }
  | { readonly kind: "idle"; readonly why: string }
  | { readonly kind: "starting" }
  | { readonly kind: "running"; readonly path: string; readonly version: string }
  | { readonly kind: "failed"; readonly binary: Exclude<Binary, { kind: "ready" }> }
  | { readonly kind: "ended"; readonly path: string };

/** The language servers of all folders that use framealloc: one each, all of one program. */
export class Analyser implements vscode.Disposable {
  readonly #config: Config;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<State>();
  readonly #scope: vscode.Disposable[] = [this.#changed];
  readonly onChange = this.#changed.event;

  #state: State = { kind: "idle", why: "no folder uses framealloc" };
  #clients: FolderClient[] = [];
  /** Settings may change while servers start: what is done is done in turn. */
  #turn: Promise<void> = Promise.resolve();

  constructor(config: Config, log: vscode.LogOutputChannel) {
    this.#config = config;
    this.#log = log;
    const keys = [SETTINGS.analyserEnable, SETTINGS.analyserPath, SETTINGS.analyserArguments];
    const manifests = vscode.workspace.createFileSystemWatcher("**/Cargo.{toml,lock}");
    const again = () => void this.restart();
    const ifIdle = () => this.#state.kind === "idle" && again();
    this.#scope.push(
      config.onChange(keys, again),
      vscode.workspace.onDidChangeWorkspaceFolders(again),
      vscode.workspace.onDidGrantWorkspaceTrust(again),
      manifests,
      manifests.onDidCreate(ifIdle),
      manifests.onDidChange(ifIdle),
    );
  }

  get state(): State {
    return this.#state;
  }

  /** The program, once it is known to be one. */
  get path(): string | undefined {
    return this.#state.kind === "running" || this.#state.kind === "ended" ? this.#state.path : undefined;
  }

  /** Finds the program and starts it for each folder that it is of use in. */
  restart(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#restart()).catch((error) => this.#log.error("analyser", error));
    return this.#turn;
  }

  async #restart(): Promise<void> {
    await this.#stop();
    if (!this.#config.analyserEnabled) return this.#become({ kind: "off", why: "turned off by a setting" });
    if (!vscode.workspace.isTrusted) return this.#become({ kind: "off", why: "the workspace is not trusted" });
    const folders = await this.#folders();
    if (folders.length === 0) return this.#become({ kind: "idle", why: "no folder uses framealloc" });

    this.#become({ kind: "starting" });
    const binary = await find(this.#config.analyserPath);
    if (binary.kind !== "ready") {
      this.#log.warn(binary.message);
      return this.#become({ kind: "failed", binary });
    }
    this.#log.info(`${binary.path} is cargo fa ${binary.version}`);
    await Promise.all(folders.map((root) => this.#serve(binary.path, root)));
    this.#become({ kind: "running", path: binary.path, version: binary.version });
  }

  async #folders(): Promise<readonly string[]> {
    const files = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === "file");
    return (await Promise.all(files.map((folder) => roots(folder.uri.fsPath)))).flat();
  }

  async #serve(path: string, root: string): Promise<void> {
    const client = new FolderClient({
      path,
      words: this.#config.analyserArguments(vscode.Uri.file(root)),
      root,
      log: this.#log,
      onGivenUp: () => this.#become({ kind: "ended", path }),
    });
    this.#clients.push(client);
    try {
      await client.start();
    } catch (error) {
      this.#log.error(`the analyser of ${root} did not start`, error);
    }
  }

  async #stop(): Promise<void> {
    const clients = this.#clients.splice(0);
    await Promise.allSettled(clients.map((client) => client.dispose()));
  }

  #become(state: State): void {
    this.#state = state;
    this.#changed.fire(state);
  }

  dispose(): void {
    void this.#stop();
    vscode.Disposable.from(...this.#scope).dispose();
  }
}
