import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import * as vscode from "vscode";

import {
  type Entry,
  type FromView,
  type Origin,
  PROTOCOL,
  parseFromView,
  printPoints,
  type ToView,
} from "../../shared/protocol";
import type { Places } from "../snapshots/open";
import type { Change, Store } from "../snapshots/store";
import type { Watching } from "../snapshots/watching";
import { batches } from "./batches";
import { type Form, page } from "./page";

/** What all views share. */
export interface Shared {
  readonly extension: vscode.Uri;
  readonly store: Store;
  readonly watching: Watching;
  readonly places: Places;
  readonly log: vscode.LogOutputChannel;
}

/** The host's end of one view: tells it what the store has, and does what it asks for. */
export class ViewHost implements vscode.Disposable {
  readonly #webview: vscode.Webview;
  readonly #form: Form;
  readonly #shared: Shared;
  readonly #scope: vscode.Disposable;
  /** Goes up when all is sent anew: what was on its way then is not. */
  #sending = 0;
  /**
   * Whether the page that comes next has been sent all ahead: the editor keeps messages until the page can hear them, and
   * takes longer to make one than we to fill it.
   */
  #ahead = true;

  constructor(webview: vscode.Webview, form: Form, shared: Shared) {
    this.#webview = webview;
    this.#form = form;
    this.#shared = shared;
    webview.options = { enableScripts: true, localResourceRoots: [] };
    this.#scope = vscode.Disposable.from(
      webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
      { dispose: shared.store.onChange((change) => this.#tell(change)) },
    );
    const bundle = (name: string) =>
      readFileSync(vscode.Uri.joinPath(shared.extension, "dist", "webview", name).fsPath, "utf8");
    webview.html = page({
      script: bundle("view.js"),
      style: bundle("view.css"),
      nonce: randomBytes(18).toString("base64url"),
      form,
    });
    void this.#sendAll();
  }

  #receive(value: unknown): void {
    const message = parseFromView(value);
    const { log } = this.#shared;
    if (message === undefined) log.warn("a view sent a message that is not known");
    else this.#do(message).catch((error) => log.error(`a view asked to ${message.type}`, error));
  }

  async #do(message: FromView): Promise<void> {
    const { store, watching, places } = this.#shared;
    switch (message.type) {
      case "ready":
        if (!this.#ahead) return this.#sendAll();
        this.#ahead = false;
        return;
      case "look":
        return this.#sendWhole(message);
      case "open":
        return places.open(message.source, { file: message.file, line: message.line, column: message.column ?? 1 });
      case "watch":
        if (!message.watching) return store.freeze();
        if (store.frozen) store.thaw();
        if (!store.watching) watching.start();
        return;
      case "save":
        return save(message.name, message.text);
    }
  }

  #tell({ entries, reset }: Change): void {
    if (reset) return void this.#sendAll();
    if (entries.length > 0) this.#post({ type: "entries", entries: this.#printed(entries) });
    else this.#sendRest();
  }

  /** The newest whole, since that is what people look at, and digests of the others; the strip shows no more of any. */
  #printed(entries: readonly Entry[]): readonly object[] {
    const { latest } = this.#shared.store;
    const whole = entries.filter((entry) => entry === latest && this.#form === "panel");
    return [...whole, ...printPoints(entries.filter((entry) => !whole.includes(entry)))];
  }

  #sendWhole({ source, writer, sequence }: Origin): void {
    const entry = this.#shared.store.find({ source, writer, sequence });
    this.#post(entry ? { type: "entries", entries: [entry] } : { type: "gone", source, writer, sequence });
  }

  #sendRest(): void {
    const { store } = this.#shared;
    this.#post({ type: "watching", watching: isMoving(store) });
    this.#post({ type: "troubles", troubles: store.troubles });
  }

  async #sendAll(): Promise<void> {
    const { store } = this.#shared;
    this.#sending += 1;
    const mine = this.#sending;
    const [first, ...rest] = batches(store.entries);
    this.#post({
      type: "reset",
      protocol: PROTOCOL,
      watching: isMoving(store),
      entries: this.#printed(first ?? []),
      troubles: store.troubles,
    });
    for (const entries of rest) {
      await turn();
      if (mine !== this.#sending) return;
      this.#post({ type: "entries", entries: this.#printed(entries) });
    }
  }

  #post(message: ToView): void {
    void this.#webview.postMessage(message);
  }

  dispose(): void {
    this.#sending += 1;
    this.#scope.dispose();
  }
}

function isMoving(store: Store): boolean {
  return store.watching && !store.frozen;
}

/** Where to, a person says. */
export async function save(name: string, text: string): Promise<void> {
  const title = `Save ${name}`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog(
    folder === undefined ? { title } : { title, defaultUri: vscode.Uri.joinPath(folder, name) },
  );
  if (target !== undefined) await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
}
