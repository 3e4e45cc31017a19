import * as vscode from "vscode";

import type { Location } from "../../shared/snapshot";
import { locate } from "./places";

/** Where the files are that snapshots name. */
export class Places {
  /** By source and file. */
  readonly #known = new Map<string, Promise<string | undefined>>();

  /** Those of some files that are this document. */
  async those(files: ReadonlySet<string>, source: string, document: vscode.Uri): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (const file of files) {
      if (file !== "" && (await this.#locate(source, file)) === document.fsPath) found.add(file);
    }
    return found;
  }

  /** Opens a place in an editor, or says why that cannot be. */
  async open(source: string, { file, line, column }: Location): Promise<void> {
    const path = await this.#locate(source, file);
    if (path === undefined) {
      void vscode.window.showWarningMessage(`${file} is not in this workspace.`);
      return;
    }
    const at = new vscode.Position(Math.max(line - 1, 0), Math.max(column - 1, 0));
    await vscode.window.showTextDocument(vscode.Uri.file(path), { selection: new vscode.Range(at, at) });
  }

  #locate(source: string, file: string): Promise<string | undefined> {
    const key = `${source}\n${file}`;
    let path = this.#known.get(key);
    if (path === undefined) {
      path = locate(file, foldersOf(source));
      this.#known.set(key, path);
      // What is not there now may be there later.
      void path.then((found) => found ?? this.#known.delete(key));
    }
    return path;
  }
}

/** The folder that a source is of first, and all others behind it. */
function foldersOf(source: string): readonly string[] {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === "file");
  const isIts = ({ name }: vscode.WorkspaceFolder) => source === name || source.startsWith(`${name}/`);
  return [...folders.filter(isIts), ...folders.filter((folder) => !isIts(folder))].map(({ uri }) => uri.fsPath);
}
