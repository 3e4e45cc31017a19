/** The pages of the lints, as documents that are made when somebody looks at them. */
import * as vscode from "vscode";

import { COMMANDS } from "../manifest";
import type { Analyser } from "./analyser";
import { isCode, readLints } from "./lints";
import { run } from "./program";

const SCHEME = "framealloc-explain";

/** What the code of a finding leads to. */
export function explanation(code: string): vscode.Uri {
  return vscode.Uri.parse(`command:${COMMANDS.explain}?${encodeURIComponent(JSON.stringify([code]))}`);
}

export class Explanations implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #analyser: Analyser;
  readonly #registration: vscode.Disposable;

  constructor(analyser: Analyser) {
    this.#analyser = analyser;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  dispose(): void {
    this.#registration.dispose();
  }

  /** Shows the page of a code, rendered. */
  async show(code: string): Promise<void> {
    const page = vscode.Uri.from({ scheme: SCHEME, path: `/${code}.md` });
    await vscode.commands.executeCommand("markdown.showPreview", page);
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const code = uri.path.replace(/^\//, "").replace(/\.md$/, "");
    const path = this.#analyser.path;
    if (path === undefined || !isCode(code))
      return `# ${code}\n\nThe analyser is not running, and its pages are in it.\n`;
    const { output, complaint } = await run(path, ["--color", "never", "explain", code]);
    return output || complaint;
  }

  /** The codes to choose from, those at the cursor first. */
  async choose(): Promise<string | undefined> {
    const path = this.#analyser.path;
    if (path === undefined) return undefined;
    const lints = readLints((await run(path, ["list", "--format", "json"])).output);
    const near = codesAt(vscode.window.activeTextEditor);
    const items = lints.map((lint) => ({ label: lint.code, description: lint.name, detail: lint.summary }));
    const first = items.filter((item) => near.has(item.label));
    const rest = items.filter((item) => !near.has(item.label));
    const picked = await vscode.window.showQuickPick([...first, ...rest], {
      title: "Explain a code of cargo fa",
      placeHolder: "FA601, frame-escape, …",
      matchOnDescription: true,
      matchOnDetail: true,
    });
    return picked?.label;
  }
}

/** The codes of the findings that touch the selection. */
function codesAt(editor: vscode.TextEditor | undefined): ReadonlySet<string> {
  if (editor === undefined) return new Set();
  const found = vscode.languages
    .getDiagnostics(editor.document.uri)
    .filter((diagnostic) => diagnostic.range.intersection(editor.selection) !== undefined)
    .map(({ code }) => (typeof code === "object" ? String(code.value) : String(code)));
  return new Set(found);
}
