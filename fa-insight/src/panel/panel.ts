import * as vscode from "vscode";

import { PANEL, VIEWS } from "../manifest";
import { type Shared, ViewHost } from "./host";

/** The panel, of which there is one, and the strip in the side bar. */
export class Panels implements vscode.WebviewPanelSerializer, vscode.WebviewViewProvider, vscode.Disposable {
  readonly #shared: Shared;
  readonly #scope: vscode.Disposable;
  #panel: vscode.WebviewPanel | undefined;

  constructor(shared: Shared) {
    this.#shared = shared;
    this.#scope = vscode.Disposable.from(
      vscode.window.registerWebviewPanelSerializer(PANEL, this),
      vscode.window.registerWebviewViewProvider(VIEWS.strip, this),
    );
  }

  open(): void {
    if (this.#panel !== undefined) this.#panel.reveal();
    else this.#fill(vscode.window.createWebviewPanel(PANEL, "Frame Memory", vscode.ViewColumn.Active));
  }

  /** After a reload of the window. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.#fill(panel);
  }

  resolveWebviewView({ webview, onDidDispose }: vscode.WebviewView): void {
    const host = new ViewHost(webview, "strip", this.#shared);
    onDidDispose(() => host.dispose());
  }

  #fill(panel: vscode.WebviewPanel): void {
    const host = new ViewHost(panel.webview, "panel", this.#shared);
    const icon = (name: string) => vscode.Uri.joinPath(this.#shared.extension, "media", name);
    panel.iconPath = { light: icon("framealloc.svg"), dark: icon("framealloc-dark.svg") };
    panel.onDidDispose(() => {
      host.dispose();
      if (this.#panel === panel) this.#panel = undefined;
    });
    this.#panel = panel;
  }

  dispose(): void {
    this.#scope.dispose();
  }
}
