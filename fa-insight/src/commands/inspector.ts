import * as vscode from "vscode";
import type { Order, Place } from "../inspector/node";
import type { Inspector } from "../inspector/tree";
import { COMMANDS, INNER_COMMANDS, VIEWS } from "../manifest";
import type { Panels } from "../panel/panel";
import type { Places } from "../snapshots/open";
import { handlers } from "./handlers";

/** Commands about what is shown. */
export function inspectorCommands(inspector: Inspector, panels: Panels, places: Places): vscode.Disposable {
  return handlers({
    [COMMANDS.openInspector]: () => vscode.commands.executeCommand(`${VIEWS.inspector}.focus`),
    [COMMANDS.openPanel]: () => panels.open(),
    [COMMANDS.sort]: () => inspector.asking(() => sort(inspector)),
    [COMMANDS.filter]: () => inspector.asking(() => filter(inspector)),
    [COMMANDS.clearFilter]: () => inspector.filter(""),
    [INNER_COMMANDS.reveal]: (section: "tags" | "phases", path: string) => inspector.reveal(section, path),
    [INNER_COMMANDS.openPlace]: ({ source, location }: Place) => places.open(source, location),
  });
}

const ORDERS: Readonly<Record<Order, string>> = {
  size: "Size, the largest first",
  name: "Name",
  trend: "Trend, what grows most first",
  budget: "Budget, what is nearest to it first",
};

async function sort(inspector: Inspector): Promise<void> {
  const items = Object.entries(ORDERS).map(([order, label]) => ({
    label,
    order: order as Order,
    description: order === inspector.view.order ? "now" : "",
  }));
  const picked = await vscode.window.showQuickPick(items, { title: "Sort tags, phases and threads by" });
  if (picked !== undefined) inspector.sort(picked.order);
}

/** Shows what it leaves while one types. */
function filter(inspector: Inspector): Promise<void> {
  const before = inspector.view.filter;
  const box = vscode.window.createInputBox();
  box.title = "Show what has this in its name";
  box.placeholder = "physics";
  box.value = before;
  let accepted = false;
  box.onDidChangeValue((text) => inspector.filter(text));
  box.onDidAccept(() => {
    accepted = true;
    box.hide();
  });
  const closed = new Promise<void>((resolve) => box.onDidHide(() => resolve()));
  box.show();
  return closed.then(() => {
    if (!accepted) inspector.filter(before);
    box.dispose();
  });
}
