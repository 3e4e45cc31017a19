import * as vscode from "vscode";

import type { Config } from "../config";
import { COMMANDS, SETTINGS } from "../manifest";
import { Pulse } from "../pulse";
import type { Store } from "../snapshots/store";
import { status } from "./text";

/** The last frame in the status bar; nothing where no program has written a snapshot. */
export class StatusBar implements vscode.Disposable {
  readonly #config: Config;
  readonly #store: Store;
  readonly #item = vscode.window.createStatusBarItem("framealloc.frame", vscode.StatusBarAlignment.Left, -10);
  readonly #pulse = new Pulse(() => this.#show());
  readonly #scope: vscode.Disposable;

  constructor(config: Config, store: Store) {
    this.#config = config;
    this.#store = store;
    this.#item.name = "Frame Memory";
    this.#item.command = COMMANDS.openInspector;
    this.#scope = vscode.Disposable.from(
      this.#item,
      this.#pulse,
      config.onChange([SETTINGS.statusBarEnable], () => this.#show()),
      { dispose: store.onChange(() => this.#pulse.ask()) },
    );
  }

  #show(): void {
    const run = this.#store.current;
    const shown = run && this.#config.statusBarEnabled ? status(run, this.#store.frozen) : undefined;
    if (shown === undefined) {
      this.#item.hide();
      return;
    }
    this.#item.text = shown.text;
    this.#item.tooltip = new vscode.MarkdownString(shown.tooltip);
    this.#item.accessibilityInformation = { label: shown.spoken, role: "button" };
    this.#item.backgroundColor = shown.alarming ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.#item.show();
  }

  dispose(): void {
    this.#scope.dispose();
  }
}
