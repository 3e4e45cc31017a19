import * as vscode from "vscode";

import { SECTION, SETTINGS } from "./manifest";

type Key = (typeof SETTINGS)[keyof typeof SETTINGS];

/** The only reader of settings. Their defaults stand in package.json. */
export class Config {
  get analyserEnabled(): boolean {
    return read(SETTINGS.analyserEnable, true);
  }

  get analyserPath(): string {
    return read(SETTINGS.analyserPath, "");
  }

  async setAnalyserPath(path: string): Promise<void> {
    await section().update(SETTINGS.analyserPath, path, vscode.ConfigurationTarget.Global);
  }

  analyserArguments(folder: vscode.Uri): readonly string[] {
    return texts(read<unknown>(SETTINGS.analyserArguments, [], folder));
  }

  get lensEnabled(): boolean {
    return read(SETTINGS.lensEnable, true);
  }

  get statusBarEnabled(): boolean {
    return read(SETTINGS.statusBarEnable, true);
  }

  directories(folder: vscode.Uri): readonly string[] {
    return texts(read<unknown>(SETTINGS.directories, [], folder));
  }

  get watchesFromStart(): boolean {
    return read(SETTINGS.watch, true);
  }

  get historyLength(): number {
    return Math.min(Math.max(read(SETTINGS.history, 300), 2), 3000);
  }

  /** Calls when one of these settings has changed. */
  onChange(keys: readonly Key[], call: () => void): vscode.Disposable {
    return vscode.workspace.onDidChangeConfiguration((change) => {
      if (keys.some((key) => change.affectsConfiguration(`${SECTION}.${key}`))) call();
    });
  }
}

function section(scope?: vscode.Uri): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration(SECTION, scope);
}

function read<T>(key: Key, otherwise: T, scope?: vscode.Uri): T {
  return section(scope).get<T>(key, otherwise);
}

/** People write settings by hand. */
function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
