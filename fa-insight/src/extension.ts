import * as vscode from "vscode";

import { Analyser } from "./analyser/analyser";
import { Explanations } from "./analyser/explain";
import { Telling } from "./analyser/telling";
import { analysisCommands } from "./commands/analysis";
import { inspectorCommands } from "./commands/inspector";
import { snapshotCommands } from "./commands/snapshots";
import { Config } from "./config";
import { Inspector } from "./inspector/tree";
import { Lenses } from "./lens/lenses";
import { Panels } from "./panel/panel";
import { Places } from "./snapshots/open";
import { Store } from "./snapshots/store";
import { Watching } from "./snapshots/watching";
import { StatusBar } from "./status/bar";

export function activate({ extensionUri, globalState, subscriptions }: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("framealloc", { log: true });
  const config = new Config();
  const store = new Store(() => config.historyLength);
  const places = new Places();

  const inspector = new Inspector(store);
  const watching = new Watching(config, store);
  const panels = new Panels({ extension: extensionUri, store, watching, places, log });
  const analyser = new Analyser(config, log);
  const explanations = new Explanations(analyser);

  subscriptions.push(
    log,
    inspector,
    watching,
    panels,
    new StatusBar(config, store),
    new Lenses(config, store, places),
    analyser,
    explanations,
    new Telling(analyser, globalState),
    analysisCommands(analyser, explanations, log),
    inspectorCommands(inspector, panels, places),
    snapshotCommands(store, watching, inspector),
  );
  void analyser.restart();
}
