import * as vscode from "vscode";

import type { Analyser } from "../analyser/analyser";
import { INSTALLATION } from "../analyser/binary";
import type { Explanations } from "../analyser/explain";
import { isCode } from "../analyser/lints";
import { run } from "../analyser/program";
import { COMMANDS } from "../manifest";
import { handlers } from "./handlers";

/** Commands that run the analyser. */
export function analysisCommands(
  analyser: Analyser,
  explanations: Explanations,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  return handlers({
    [COMMANDS.analyse]: () => analyse(analyser),
    [COMMANDS.restart]: () => analyser.restart(),
    [COMMANDS.install]: () => install(analyser),
    [COMMANDS.explain]: (code: unknown) => explain(analyser, explanations, code),
    [COMMANDS.configure]: () => configure(analyser),
    [COMMANDS.openLog]: () => log.show(),
  });
}

/** The program, or a word to the person who wants it and has none. */
function programOf(analyser: Analyser): string | undefined {
  const { path, state } = analyser;
  if (path === undefined) {
    const why =
      state.kind === "failed"
        ? state.binary.message.replaceAll("`", "")
        : `cargo fa does not run: ${reason(analyser)}.`;
    void vscode.window.showWarningMessage(why);
  }
  return path;
}

function reason({ state }: Analyser): string {
  return state.kind === "off" || state.kind === "idle" ? state.why : "it is starting";
}

/** The whole report in a terminal, where its places can be followed. */
async function analyse(analyser: Analyser): Promise<void> {
  const path = programOf(analyser);
  const folder = await chooseFolder();
  if (path === undefined || folder === undefined) return;
  await execute("cargo fa", folder, path, ["check"]);
}

async function install(analyser: Analyser): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    return void vscode.window.showWarningMessage("Nothing is installed from a workspace that is not trusted.");
  }
  const code = await execute("install cargo-fa", vscode.TaskScope.Workspace, "cargo", INSTALLATION);
  if (code === 0) await analyser.restart();
}

async function explain(analyser: Analyser, explanations: Explanations, code: unknown): Promise<void> {
  if (programOf(analyser) === undefined) return;
  const chosen = isCode(code) ? code : await explanations.choose();
  if (chosen !== undefined) await explanations.show(chosen);
}

/** Writes a `.fa.toml` with the tags that the code uses, or opens the one there is. */
async function configure(analyser: Analyser): Promise<void> {
  const path = programOf(analyser);
  const folder = await chooseFolder();
  if (path === undefined || folder === undefined) return;
  const file = vscode.Uri.joinPath(folder.uri, ".fa.toml");
  if (!(await exists(file))) {
    const { code, complaint } = await run(path, ["--color", "never", "init"], folder.uri.fsPath);
    if (code !== 0) return void vscode.window.showErrorMessage(complaint.trim());
  }
  await vscode.window.showTextDocument(file);
}

async function exists(file: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(file);
    return true;
  } catch {
    return false;
  }
}

async function chooseFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.length > 1 ? vscode.window.showWorkspaceFolderPick() : folders[0];
}

/** Runs a program as a task, without a shell, and waits for its end. */
async function execute(
  name: string,
  scope: vscode.WorkspaceFolder | vscode.TaskScope.Workspace,
  program: string,
  words: readonly string[],
): Promise<number | undefined> {
  const execution = new vscode.ProcessExecution(program, [...words]);
  const task = new vscode.Task({ type: "framealloc", task: name }, scope, name, "framealloc", execution);
  task.presentationOptions = { clear: true, focus: false };
  const running = await vscode.tasks.executeTask(task);
  return new Promise((resolve) => {
    const end = vscode.tasks.onDidEndTaskProcess((event) => {
      if (event.execution !== running) return;
      end.dispose();
      resolve(event.exitCode);
    });
  });
}
