/** What people are told of the analyser: a quiet line in the language status, and one message if it cannot be used. */
import * as vscode from "vscode";

import { COMMANDS, SECTION, SETTINGS } from "../manifest";
import type { Analyser, State } from "./analyser";

const NOT_AGAIN = "framealloc.analyser.silent";

export class Telling implements vscode.Disposable {
  readonly #mementos: vscode.Memento;
  readonly #item = vscode.languages.createLanguageStatusItem("framealloc.analyser", { language: "rust" });
  readonly #scope: vscode.Disposable;
  /** The message that was shown last: it is not shown twice. */
  #told = "";

  constructor(analyser: Analyser, mementos: vscode.Memento) {
    this.#mementos = mementos;
    this.#item.name = "cargo fa";
    this.#show(analyser.state);
    this.#scope = vscode.Disposable.from(
      this.#item,
      analyser.onChange((state) => {
        this.#show(state);
        void this.#tell(state);
      }),
    );
  }

  #show(state: State): void {
    const item = this.#item;
    item.busy = state.kind === "starting";
    item.severity = vscode.LanguageStatusSeverity.Information;
    item.command = { command: COMMANDS.openLog, title: "Show Log" };
    switch (state.kind) {
      case "off":
      case "idle":
        item.text = "cargo fa: off";
        item.detail = state.why;
        break;
      case "starting":
        item.text = "cargo fa";
        item.detail = "starting";
        break;
      case "running":
        item.text = `cargo fa ${state.version}`;
        item.detail = state.path;
        break;
      case "failed":
        item.text = "cargo fa: not available";
        item.detail = state.binary.message;
        item.severity = vscode.LanguageStatusSeverity.Warning;
        item.command = { command: COMMANDS.install, title: "Install" };
        break;
      case "ended":
        item.text = "cargo fa: ended";
        item.detail = "it ended by itself several times";
        item.severity = vscode.LanguageStatusSeverity.Error;
        item.command = { command: COMMANDS.restart, title: "Restart" };
        break;
    }
  }

  async #tell(state: State): Promise<void> {
    if (state.kind === "ended") {
      return this.#offer("cargo fa has ended by itself several times.", {
        Restart: () => run(COMMANDS.restart),
        "Show Log": () => run(COMMANDS.openLog),
      });
    }
    if (state.kind !== "failed" || this.#mementos.get<boolean>(NOT_AGAIN, false)) return;
    await this.#offer(plain(state.binary.message), {
      Install: () => run(COMMANDS.install),
      Settings: () => run("workbench.action.openSettings", `${SECTION}.${SETTINGS.analyserPath}`),
      "Don't Show Again": () => this.#mementos.update(NOT_AGAIN, true),
    });
  }

  async #offer(message: string, ways: Readonly<Record<string, () => Thenable<unknown>>>): Promise<void> {
    if (this.#told === message) return;
    this.#told = message;
    const chosen = await vscode.window.showWarningMessage(message, ...Object.keys(ways));
    if (chosen !== undefined) await ways[chosen]?.();
  }

  dispose(): void {
    this.#scope.dispose();
  }
}

function run(command: string, ...words: unknown[]): Thenable<unknown> {
  return vscode.commands.executeCommand(command, ...words);
}

/** Messages show no markup. */
function plain(text: string): string {
  return text.replaceAll("`", "");
}
