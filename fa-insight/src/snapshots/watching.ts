import { resolve } from "node:path";
import * as vscode from "vscode";

import type { Config } from "../config";
import { CONTEXTS, SETTINGS } from "../manifest";
import { FolderWatch } from "./folder_watch";
import { FolderReader } from "./reader";
import type { Store } from "./store";

/** Keeps the store up with the folders that the workspace's programs write to. */
export class Watching implements vscode.Disposable {
  readonly #config: Config;
  readonly #store: Store;
  readonly #scope: vscode.Disposable;
  /** By folder; they know what they have read also while nothing is watched. */
  readonly #readers = new Map<string, FolderReader>();
  #watches: FolderWatch[] = [];
  #told: Readonly<Record<string, boolean>> = {};

  constructor(config: Config, store: Store) {
    this.#config = config;
    this.#store = store;
    const again = () => this.#again();
    this.#scope = vscode.Disposable.from(
      config.onChange([SETTINGS.directories, SETTINGS.history], again),
      vscode.workspace.onDidChangeWorkspaceFolders(again),
      { dispose: store.onChange(() => this.#tellMenus()) },
    );
    this.#tellMenus();
    if (config.watchesFromStart) this.start();
  }

  start(): void {
    this.#close();
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme === "file") this.#openAll(folder);
    }
    this.#store.setWatching(true);
  }

  stop(): void {
    this.#close();
    this.#store.setWatching(false);
  }

  #openAll(folder: vscode.WorkspaceFolder): void {
    const directories = this.#config.directories(folder.uri);
    for (const directory of directories) {
      const path = resolve(folder.uri.fsPath, directory);
      const source = directories.length === 1 ? folder.name : `${folder.name}/${directory}`;
      const reader = this.#reader(source, path);
      const watch = new FolderWatch(path, folder.uri.fsPath, {
        event: (changed) => void reader.scan(changed),
        failed: ({ message }) => {
          const trouble = { source, file: path, message: `this folder cannot be watched: ${message}` };
          this.#store.setTroubles(`watching ${path}`, [trouble]);
        },
      });
      this.#watches.push(watch);
      void watch.open();
    }
  }

  #reader(source: string, path: string): FolderReader {
    const known = this.#readers.get(path);
    if (known !== undefined) return known;
    const reader = new FolderReader(source, path, {
      entries: (entries) => this.#store.add(entries),
      troubles: (troubles) => this.#store.setTroubles(path, troubles),
    });
    this.#readers.set(path, reader);
    return reader;
  }

  /** Other folders, or other settings: what was read of the old ones is no longer asked for. */
  #again(): void {
    this.#forget();
    this.#store.clear();
    if (this.#store.watching) this.start();
  }

  #close(): void {
    for (const watch of this.#watches.splice(0)) watch.close();
  }

  #forget(): void {
    this.#close();
    for (const reader of this.#readers.values()) reader.close();
    this.#readers.clear();
  }

  #tellMenus(): void {
    const now = { [CONTEXTS.watching]: this.#store.watching, [CONTEXTS.frozen]: this.#store.frozen };
    for (const [key, value] of Object.entries(now)) {
      if (this.#told[key] !== value) void vscode.commands.executeCommand("setContext", key, value);
    }
    this.#told = now;
  }

  dispose(): void {
    this.#forget();
    this.#scope.dispose();
  }
}
