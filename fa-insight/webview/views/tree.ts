/** Tags by their paths, as boxes: all bytes of each as an icicle, or its own bytes as a treemap. */
import { bytes, share } from "../../shared/format";
import type { Shown } from "../../shared/selection";
import { type Box, icicle, treemap } from "../../shared/series/boxes";
import { tagTree } from "../../shared/series/tag_tree";
import { parentOf } from "../../shared/series/tags";
import type { Snapshot } from "../../shared/snapshot";
import { button, element, setAttribute, setText } from "../element";
import { Choice, Panel } from "../panel";
import type { CloseView, Context } from "../view";

type Shape = "icicle" | "treemap";

/** Narrower boxes, in pixels, have no room for a name. */
const NARROW = 30;
/** Lower ones have none for a second line. */
const LOW = 38;

interface Look {
  readonly shape: string;
  readonly classes: string;
  readonly place: number;
  readonly depth: number;
  readonly label: string;
}

export class TreeView implements CloseView {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #picture = element("div", {
    class: "boxes",
    attributes: { role: "group", "aria-label": "Tags by their paths" },
  });
  readonly #shape: Choice<Shape>;
  readonly #path = element("p", { class: "trail" });
  readonly #boxes = new Map<string, HTMLButtonElement>();
  /** What each looks like: to ask the element takes longer than to draw it. */
  readonly #looks = new WeakMap<HTMLElement, Look>();
  #shown: Shown | undefined;
  #snapshot: Snapshot | undefined;
  #within: string | undefined;
  #order: readonly Box[] = [];
  /** Of the picture, in pixels; nothing before it is laid out. */
  #width = 0;
  #height = 0;

  constructor(context: Context) {
    this.#context = context;
    const panel = new Panel(
      "tree",
      "Tag tree",
      "The tags of the snapshot that is looked at, by the bytes of its frames",
    );
    this.element = panel.element;
    this.#shape = new Choice<Shape>(
      "What boxes show",
      [
        ["icicle", "All bytes", "Each tag with all that is within it"],
        ["treemap", "Own bytes", "What no inner tag has, as areas"],
      ],
      () => this.#draw(),
    );
    panel.tools.append(this.#shape.element);
    panel.body.append(this.#path, this.#picture);
    this.#picture.addEventListener("keydown", (event) => this.#press(event));
    this.#picture.addEventListener("mouseover", ({ target }) => this.#entitle(target));
    new ResizeObserver(([entry]) => {
      this.#width = entry?.contentRect.width ?? 0;
      this.#height = entry?.contentRect.height ?? 0;
      this.#draw();
    }).observe(this.#picture);
  }

  examine(shown: Shown, snapshot: Snapshot): void {
    this.#shown = shown;
    this.#snapshot = snapshot;
    this.#draw();
  }

  #draw(): void {
    const snapshot = this.#snapshot;
    if (!snapshot) return;
    let roots = tagTree(snapshot, this.#within);
    if (roots.length === 0 && this.#within !== undefined) {
      this.#within = undefined;
      roots = tagTree(snapshot);
    }
    if (this.#height === 0) return;
    const boxes = this.#shape.value === "icicle" ? icicle(roots) : treemap(roots, this.#width / this.#height);
    const paths = new Set(boxes.map(({ path }) => path));
    for (const [path, made] of this.#boxes) {
      if (paths.has(path)) continue;
      made.remove();
      this.#boxes.delete(path);
    }
    for (const box of boxes) this.#place(box);
    this.#order = boxes;
    this.#keepReachable();
    this.#drawTrail(boxes.length === 0);
  }

  #place(box: Box): void {
    let made = this.#boxes.get(box.path);
    if (made === undefined) {
      made = element(
        "button",
        { class: "box", attributes: { type: "button", tabindex: "-1" } },
        element("span"),
        " ",
        element("span"),
      );
      const { path } = box;
      made.addEventListener("click", () => this.#context.store.select({ tag: path }));
      made.addEventListener("dblclick", () => this.#enter(path));
      made.addEventListener("focus", () => this.#keepReachable(path));
      this.#boxes.set(path, made);
      this.#picture.append(made);
    }
    const size = bytes(box.bytes);
    const left = Math.round(box.x * this.#width);
    const top = Math.round(box.y * this.#height);
    const width = Math.round((box.x + box.width) * this.#width) - left;
    const height = Math.round((box.y + box.height) * this.#height) - top;
    // On whole pixels, so that most boxes stay as they are while their bytes change a little.
    const shape = `left:${left}px;top:${top}px;width:${width}px;height:${height}px`;
    const narrow = width < NARROW || height < LOW / 2;
    const low = height < LOW;
    const classes = `box${narrow ? " narrow" : ""}${low ? " low" : ""}`;
    const place = this.#context.store.colours.of(box.root);
    // What is to be read comes first, so that it can be said to a computer that listens.
    const label = `${box.name} ${size}, ${partOf(box)}; path ${box.path}`;
    const old = this.#looks.get(made);
    if (old?.shape !== shape) made.style.cssText = shape;
    if (old?.classes !== classes) made.className = classes;
    if (old?.place !== place) made.dataset["place"] = String(place);
    if (old?.depth !== box.depth) made.dataset["depth"] = String(Math.min(box.depth, 4));
    if (old?.label !== label) made.setAttribute("aria-label", label);
    this.#looks.set(made, { shape, classes, place, depth: box.depth, label });
    setAttribute(made, "aria-pressed", String(box.path === this.#shown?.tag));
    // What is not seen need not be written.
    if (!narrow) setText(made.children[0] as Element, box.name);
    if (!narrow && !low) setText(made.children[1] as Element, size);
  }

  /** Says what a box is where somebody points at it: all of them have other bytes in each snapshot. */
  #entitle(target: EventTarget | null): void {
    const made = target instanceof Element ? target.closest<HTMLElement>(".box") : null;
    const box = this.#order.find(({ path }) => this.#boxes.get(path) === made);
    if (made && box) made.title = `${box.path}: ${bytes(box.bytes)}, ${partOf(box)}`;
  }

  #drawTrail(empty: boolean): void {
    const within = this.#within;
    const key = JSON.stringify([within, empty]);
    if (this.#path.dataset["key"] === key) return;
    this.#path.dataset["key"] = key;
    if (empty) this.#path.replaceChildren("No tag has any bytes in this snapshot.");
    else if (within === undefined) this.#path.replaceChildren("Enter or double click on a box goes into it.");
    else {
      const out = button("All tags", "Show all tags (Escape)", () => this.#enter(undefined));
      out.className = "link";
      this.#path.replaceChildren(out, ` / ${within}`);
    }
  }

  #enter(path: string | undefined): void {
    this.#within = path;
    this.#draw();
  }

  /** One stop for Tab; arrows go from box to box. */
  #keepReachable(path = this.#order.find((box) => this.#boxes.get(box.path)?.tabIndex === 0)?.path): void {
    const reachable = path ?? this.#order[0]?.path;
    for (const [at, made] of this.#boxes) setAttribute(made, "tabindex", at === reachable ? "0" : "-1");
  }

  #press(event: KeyboardEvent): void {
    const at = this.#order.findIndex(({ path }) => this.#boxes.get(path) === document.activeElement);
    const box = this.#order[at];
    if (box === undefined) return;
    if (event.key === "Enter") this.#enter(this.#within === box.path ? undefined : box.path);
    else if (event.key === "Escape") this.#enter(undefined);
    else {
      const target = this.#neighbour(event.key, box);
      if (target === undefined) return;
      this.#boxes.get(target)?.focus();
    }
    event.preventDefault();
  }

  /** Left and right among those of one tag, down to the first within, up to the tag around. */
  #neighbour(key: string, box: Box): string | undefined {
    const parent = parentOf(box.path);
    const siblings = this.#order.filter(({ path }) => parentOf(path) === parent);
    const place = siblings.indexOf(box);
    switch (key) {
      case "ArrowRight":
        return siblings[place + 1]?.path;
      case "ArrowLeft":
        return siblings[place - 1]?.path;
      case "ArrowDown":
        return this.#order.find(({ path }) => parentOf(path) === box.path)?.path;
      case "ArrowUp":
        return this.#order.find(({ path }) => path === parent)?.path;
      default:
        return undefined;
    }
  }
}

function partOf({ part }: Box): string {
  return `${share(part, 1)} of what is shown`;
}
