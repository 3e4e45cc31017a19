import * as vscode from "vscode";

type Handler = (...words: never[]) => unknown;

/** Registers commands by their names. */
export function handlers(all: Readonly<Record<string, Handler>>): vscode.Disposable {
  const registered = Object.entries(all).map(([name, handler]) => vscode.commands.registerCommand(name, handler));
  return vscode.Disposable.from(...registered);
}
