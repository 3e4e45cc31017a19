import * as vscode from "vscode";

import type { Run } from "../../shared/history";
import type { Config } from "../config";
import { INNER_COMMANDS, SETTINGS } from "../manifest";
import { Pulse } from "../pulse";
import type { Places } from "../snapshots/open";
import type { Store } from "../snapshots/store";
import { type Annotation, annotations } from "./annotations";

const RUST: vscode.DocumentSelector = { scheme: "file", language: "rust" };

/** What the running program allocates, above the lines that do it, and more of it where the pointer rests. */
export class Lenses implements vscode.CodeLensProvider, vscode.HoverProvider, vscode.Disposable {
  readonly #config: Config;
  readonly #store: Store;
  readonly #places: Places;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #pulse = new Pulse(() => this.#changed.fire());
  readonly #scope: vscode.Disposable;
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(config: Config, store: Store, places: Places) {
    this.#config = config;
    this.#store = store;
    this.#places = places;
    this.#scope = vscode.Disposable.from(
      this.#changed,
      this.#pulse,
      vscode.languages.registerCodeLensProvider(RUST, this),
      vscode.languages.registerHoverProvider(RUST, this),
      config.onChange([SETTINGS.lensEnable], () => this.#changed.fire()),
      { dispose: store.onChange(() => this.#pulse.ask()) },
    );
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const found = await this.#annotations(document);
    return found.map((one) => new vscode.CodeLens(rangeOf(one, document), commandOf(one)));
  }

  async provideHover(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Hover | undefined> {
    const found = await this.#annotations(document);
    const one = found.find((annotation) => rangeOf(annotation, document).contains(position));
    return one && new vscode.Hover(new vscode.MarkdownString(one.hover()), rangeOf(one, document));
  }

  async #annotations(document: vscode.TextDocument): Promise<readonly Annotation[]> {
    const run = this.#runOf(document);
    if (run === undefined || !this.#config.lensEnabled) return [];
    const files = new Set(run.entries.at(-1)?.snapshot.call_sites?.map((site) => site.location.file));
    const here = await this.#places.those(files, run.source, document.uri);
    return annotations(document.getText(), run, (file) => here.has(file));
  }

  /** The latest of the folder that the document is in. */
  #runOf({ uri }: vscode.TextDocument): Run | undefined {
    const folder = vscode.workspace.getWorkspaceFolder(uri)?.name;
    const its = this.#store.runs.filter(({ source }) => source === folder || source.startsWith(`${folder}/`));
    return its.at(-1);
  }

  dispose(): void {
    this.#scope.dispose();
  }
}

function rangeOf({ at }: Annotation, document: vscode.TextDocument): vscode.Range {
  if ("line" in at) return document.lineAt(Math.min(at.line, document.lineCount - 1)).range;
  return new vscode.Range(document.positionAt(at.start), document.positionAt(at.end));
}

function commandOf({ title, reveal }: Annotation): vscode.Command {
  return reveal === undefined
    ? { title, command: "" }
    : { title, command: INNER_COMMANDS.reveal, arguments: [reveal.section, reveal.path] };
}
