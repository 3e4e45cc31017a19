import * as vscode from "vscode";

import { COMMANDS } from "../manifest";
import type { Store } from "../snapshots/store";
import type { Watching } from "../snapshots/watching";
import { handlers } from "./handlers";

/** Commands about what programs write. */
export function snapshotCommands(store: Store, watching: Watching): vscode.Disposable {
  return handlers({
    [COMMANDS.startWatching]: () => watching.start(),
    [COMMANDS.stopWatching]: () => watching.stop(),
    [COMMANDS.freeze]: () => store.freeze(),
    [COMMANDS.thaw]: () => store.thaw(),
  });
}
