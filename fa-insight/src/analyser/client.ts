import * as vscode from "vscode";
import {
  CloseAction,
  type CloseHandlerResult,
  type DocumentSelector,
  ErrorAction,
  type InitializeParams,
  LanguageClient,
  RevealOutputChannelOn,
} from "vscode-languageclient/node";

import { explanation } from "./explain";

/** How often an analyser that ends by itself is started again. */
const RESTARTS = 3;

/** What the analyser reads from disk. */
const FILES = "**/{Cargo.toml,.fa.toml,*.rs}";

/** What a client needs to know. */
export interface Server {
  readonly path: string;
  readonly words: readonly string[];
  readonly root: string;
  readonly log: vscode.LogOutputChannel;
  /** Called when it has ended too often. */
  readonly onGivenUp: () => void;
}

/** `cargo fa lsp` of one folder. */
export class FolderClient extends LanguageClient {
  readonly #root: vscode.Uri;
  readonly #files: vscode.FileSystemWatcher;

  constructor(server: Server) {
    const root = vscode.Uri.file(server.root);
    const files = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(root, FILES));
    const documents: DocumentSelector = [
      { scheme: "file", language: "rust", pattern: { baseUri: root.toString(), pattern: "**" } },
    ];
    super(
      "framealloc",
      "framealloc",
      { command: server.path, args: ["lsp", ...server.words], options: { cwd: server.root } },
      {
        documentSelector: documents,
        outputChannel: server.log,
        revealOutputChannelOn: RevealOutputChannelOn.Never,
        initializationFailedHandler: () => false,
        errorHandler: {
          error: () => ({ action: ErrorAction.Continue, handled: true }),
          closed: restarting(server.onGivenUp),
        },
        synchronize: { fileEvents: files },
        middleware: {
          handleDiagnostics: (uri, diagnostics, next) => {
            for (const diagnostic of diagnostics) link(diagnostic);
            next(uri, diagnostics);
          },
        },
      },
    );
    this.#root = root;
    this.#files = files;
  }

  /** A server looks at the first of the folders that it is told of. */
  protected override fillInitializeParams(params: InitializeParams): void {
    super.fillInitializeParams(params);
    params.workspaceFolders = [{ uri: this.#root.toString(), name: this.#root.fsPath }];
  }

  override async dispose(timeout?: number): Promise<void> {
    this.#files.dispose();
    await super.dispose(timeout);
  }
}

/** Starts again what has ended, some times. */
function restarting(onGivenUp: () => void): () => CloseHandlerResult {
  let closed = 0;
  return () => {
    closed += 1;
    if (closed <= RESTARTS) return { action: CloseAction.Restart, handled: true };
    onGivenUp();
    return { action: CloseAction.DoNotRestart, handled: true };
  };
}

/** Lets the code of a finding lead to its page. */
function link(diagnostic: vscode.Diagnostic): void {
  if (typeof diagnostic.code === "string") {
    diagnostic.code = { value: diagnostic.code, target: explanation(diagnostic.code) };
  }
}
