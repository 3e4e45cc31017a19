import * as vscode from "vscode";

import { digestOf } from "../../shared/digest";
import { bytes, count } from "../../shared/format";
import type { Run } from "../../shared/history";
import type { Entry } from "../../shared/protocol";
import { csv } from "../../shared/series/csv";
import type { Inspector } from "../inspector/tree";
import { COMMANDS } from "../manifest";
import { save } from "../panel/host";
import type { Store } from "../snapshots/store";
import type { Watching } from "../snapshots/watching";
import { comparison, nameOf } from "./comparison";
import { handlers } from "./handlers";
import { heapProfile } from "./heap_profile";

const SCHEME = "framealloc-comparison";

/** Commands about what programs write. */
export function snapshotCommands(store: Store, watching: Watching, inspector: Inspector): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: ({ query }) => compared(store, query),
    }),
    handlers({
      [COMMANDS.startWatching]: () => watching.start(),
      [COMMANDS.stopWatching]: () => watching.stop(),
      [COMMANDS.freeze]: () => store.freeze(),
      [COMMANDS.thaw]: () => store.thaw(),
      [COMMANDS.compare]: () => inspector.asking(() => compare(store)),
      [COMMANDS.exportSnapshots]: () => inspector.asking(() => exportSnapshots(store.current)),
    }),
  );
}

function keyOf({ source, writer, sequence }: Entry): string {
  return [source, writer, sequence].join("\n");
}

async function compare(store: Store): Promise<void> {
  if (store.entries.length < 2) {
    void vscode.window.showInformationMessage("There are no two snapshots to compare yet.");
    return;
  }
  const before = await choose(store, "Compare: the snapshot before");
  const after = before && (await choose(store, "Compare: the snapshot after", before));
  if (before === undefined || after === undefined) return;
  const query = JSON.stringify([keyOf(before), keyOf(after)]);
  const path = `/Frame ${before.snapshot.frame} to ${after.snapshot.frame}.md`;
  await vscode.commands.executeCommand("markdown.showPreview", vscode.Uri.from({ scheme: SCHEME, path, query }));
}

async function choose(store: Store, title: string, except?: Entry): Promise<Entry | undefined> {
  const items = store.entries
    .filter((entry) => entry !== except)
    .toReversed()
    .map((entry) => ({ label: nameOf(entry), description: bytes(entry.snapshot.summary.frame_bytes), entry }));
  const placeHolder = `${count(items.length)} snapshots, the latest first`;
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.entry;
}

function compared(store: Store, query: string): string {
  const keys: unknown = JSON.parse(query);
  const [before, after] = (Array.isArray(keys) ? keys : []).map((key) =>
    store.entries.find((entry) => keyOf(entry) === key),
  );
  return before && after ? comparison(before, after) : "One of these snapshots is no longer there.\n";
}

const FORMATS: readonly {
  readonly label: string;
  readonly detail: string;
  readonly name: string;
  readonly write: (run: Run, latest: Entry) => string;
}[] = [
  {
    label: "Table",
    detail: "All snapshots of the run as CSV: a row for each, a column for each tag",
    name: "framealloc.csv",
    write: ({ entries }) => csv(entries.map((entry) => digestOf(entry.snapshot))),
  },
  {
    label: "Flame graph",
    detail: "The latest snapshot as a heap profile, which the editor and Chrome open",
    name: "framealloc.heapprofile",
    write: (_, { snapshot }) => heapProfile(snapshot),
  },
  {
    label: "Snapshot",
    detail: "The latest snapshot as it was read",
    name: "framealloc.json",
    write: (_, { snapshot }) => `${JSON.stringify(snapshot, undefined, 2)}\n`,
  },
];

async function exportSnapshots(run: Run | undefined): Promise<void> {
  const latest = run?.entries.at(-1);
  if (run === undefined || latest === undefined) {
    void vscode.window.showInformationMessage("There is no snapshot to export yet.");
    return;
  }
  const format = await vscode.window.showQuickPick(FORMATS, { title: "Export as" });
  if (format !== undefined) await save(format.name, format.write(run, latest));
}
