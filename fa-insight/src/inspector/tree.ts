import * as vscode from "vscode";

import { CONTEXTS, INNER_COMMANDS, VIEWS } from "../manifest";
import { Pulse } from "../pulse";
import type { Store } from "../snapshots/store";
import type { Mood, Node, Order, View } from "./node";
import { rootNodes } from "./roots";

const COLOURS: Readonly<Record<Mood, string>> = { error: "list.errorForeground", warning: "list.warningForeground" };

/** The inspector: what the latest snapshot says, as a tree. */
export class Inspector implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #store: Store;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #tree: vscode.TreeView<Node>;
  readonly #scope: vscode.Disposable;
  readonly #pulse = new Pulse(() => this.#update());
  readonly #parents = new WeakMap<Node, Node>();
  readonly onDidChangeTreeData = this.#changed.event;
  #view: View = { order: "size", filter: "" };
  /** How many things a person is being asked. */
  #asked = 0;

  constructor(store: Store) {
    this.#store = store;
    this.#tree = vscode.window.createTreeView(VIEWS.inspector, { treeDataProvider: this, showCollapseAll: true });
    const update = () => this.#tree.visible && this.#asked === 0 && this.#pulse.ask();
    this.#scope = vscode.Disposable.from(
      this.#tree,
      this.#changed,
      this.#pulse,
      this.#tree.onDidChangeVisibility(update),
      { dispose: store.onChange(update) },
    );
  }

  get view(): View {
    return this.#view;
  }

  sort(order: Order): void {
    this.#look({ ...this.#view, order });
  }

  filter(text: string): void {
    this.#look({ ...this.#view, filter: text.trim().toLowerCase() });
    void vscode.commands.executeCommand("setContext", CONTEXTS.filtered, this.#view.filter !== "");
  }

  #look(view: View): void {
    this.#view = view;
    this.#pulse.ask();
  }

  #update(): void {
    const { filter, order } = this.#view;
    const still = !this.#store.watching ? "not watched" : this.#store.frozen ? "frozen" : "";
    const sorted = order === "size" ? "" : `by ${order}`;
    const found = filter === "" ? "" : `“${filter}”`;
    this.#tree.description = [still, sorted, found].filter(Boolean).join(", ");
    this.#changed.fire(undefined);
  }

  /**
   * Asks a person something while snapshots do not change the tree. The editor gives the keyboard back to a tree that had it
   * just before and has changed since, and what takes the keyboard from a box closes it.
   */
  async asking<T>(ask: () => Thenable<T>): Promise<T> {
    this.#asked += 1;
    try {
      await this.#pulse.quiet();
      return await ask();
    } finally {
      this.#asked -= 1;
      this.#pulse.ask();
    }
  }

  /** Shows a tag or a phase. What is shown must not change while it is looked for. */
  reveal(section: "tags" | "phases", path: string): Promise<void> {
    return this.#pulse.during(async () => {
      await vscode.commands.executeCommand(`${VIEWS.inspector}.focus`);
      const node = this.#find(section, path);
      if (node !== undefined) await this.#tree.reveal(node, { select: true, focus: true, expand: true });
    });
  }

  #find(section: string, path: string): Node | undefined {
    const ends = `${section}/${path}`;
    let level = this.getChildren();
    while (level.length > 0) {
      const found = level.find(({ id }) => id === ends || id.endsWith(`/${ends}`));
      if (found !== undefined) return found;
      const next = level.find(({ id }) => id === section || id.endsWith(`/${section}`) || ends.startsWith(`${id}/`));
      if (next === undefined) return undefined;
      level = this.getChildren(next);
    }
    return undefined;
  }

  /**
   * The editor asks for one level after another. When it is told of a change it forgets the lines that it has, and finds
   * nothing below those that it is just asking about: so it is not told while it asks.
   */
  getChildren(node?: Node): readonly Node[] & Node[] {
    this.#pulse.rest();
    const children =
      node === undefined ? rootNodes(this.#store.runs, this.#store.troubles, this.#view) : node.children?.();
    if (node !== undefined) for (const child of children ?? []) this.#parents.set(child, node);
    return [...(children ?? [])];
  }

  getParent(node: Node): Node | undefined {
    return this.#parents.get(node);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const item = new vscode.TreeItem(node.label, collapsible(node));
    item.id = node.id;
    if (node.description !== undefined) item.description = node.description;
    if (node.icon !== undefined) {
      const colour = node.mood && new vscode.ThemeColor(COLOURS[node.mood]);
      item.iconPath = new vscode.ThemeIcon(node.icon, colour);
    }
    item.accessibilityInformation = { label: node.spoken ?? node.label };
    if (node.place !== undefined) {
      item.command = { command: INNER_COMMANDS.openPlace, title: "Open", arguments: [node.place] };
    }
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, { tooltip }: Node): vscode.TreeItem {
    item.tooltip = new vscode.MarkdownString(tooltip?.() ?? "");
    return item;
  }

  dispose(): void {
    this.#scope.dispose();
  }
}

function collapsible({ children, open }: Node): vscode.TreeItemCollapsibleState {
  const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
  return children === undefined ? None : open ? Expanded : Collapsed;
}
