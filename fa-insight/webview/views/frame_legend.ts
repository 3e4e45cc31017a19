/** Below the frame strip: what its colours mean, and the frames that stand out. */
import { bytes, count, share } from "../../shared/format";
import type { Shown } from "../../shared/selection";
import type { Colours } from "../../shared/series/colours";
import type { FrameSeries, Layer } from "../../shared/series/frames";
import type { Spike } from "../../shared/series/spikes";
import { button, element, setText } from "../element";
import type { Store } from "../store";
import { swatch } from "../view";

type Place = number | "untagged" | "others";

/** The colour of a layer. */
export function placeOf({ kind, title }: Layer, colours: Colours): Place {
  return kind === "tag" ? colours.of(title) : kind;
}

/** A sample, a name and a value for each layer, from the largest to the smallest, and the budget. */
export class FrameLegend {
  readonly element = element("ul", { class: "legend", attributes: { "aria-label": "Tags in this chart" } });
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  update({ layers, totals, budgets }: FrameSeries, at: number): void {
    while (this.element.children.length > layers.length + 1) this.element.lastElementChild?.remove();
    layers.forEach((layer, index) => {
      const value = layer.bytes[at] ?? 0;
      const key = JSON.stringify([layer.kind, layer.title]);
      const item = this.#item(index, key, () => this.#layer(layer));
      setText(item.querySelector(".number") as Element, `${bytes(value)} · ${share(value, totals[at] ?? 0)}`);
    });
    const budget = budgets[at] ?? null;
    const item = this.#item(layers.length, "budget", budgetItem);
    item.classList.toggle("without", budget === null);
    const text = budget === null ? "no budget: not every thread has one" : `budget ${bytes(budget)}`;
    setText(item.lastElementChild as Element, text);
  }

  /** The item at this place: the one that is there if it is of the same key. */
  #item(index: number, key: string, make: () => HTMLElement): HTMLElement {
    const known = this.element.children[index] as HTMLElement | undefined;
    if (known?.dataset["key"] === key) return known;
    const made = make();
    made.dataset["key"] = key;
    if (known) known.replaceWith(made);
    else this.element.append(made);
    return made;
  }

  #layer(layer: Layer): HTMLElement {
    const { kind, title } = layer;
    const name = element("span", { class: "name" }, title);
    const parts = [swatch(placeOf(layer, this.#store.colours)), name, element("span", { class: "quiet number" })];
    if (kind !== "tag") return element("li", {}, element("span", { title }, ...parts));
    const click = () => this.#store.select({ tag: title });
    return element("li", {}, element("button", { title: `Point out ${title}`, click }, ...parts));
  }
}

function budgetItem(): HTMLElement {
  const title = "What frames may hold at once, where each thread that allocates has a bound";
  return element("li", { title }, element("span", { class: "dash" }), element("span", { class: "quiet" }));
}

/** A button for each. */
export class SpikeList {
  readonly element = element("div", {
    class: "spikes",
    attributes: { role: "group", "aria-label": "Frames that stand out" },
  });
  readonly #lookAt: (sequence: number | undefined) => void;
  #key = "";

  constructor(lookAt: (sequence: number | undefined) => void) {
    this.#lookAt = lookAt;
  }

  update(spikes: readonly Spike[], { entries }: Shown): void {
    // Where they stand in the range changes with each snapshot that comes; they themselves stay.
    const key = JSON.stringify(spikes.map((spike) => ({ ...spike, index: entries[spike.index]?.sequence })));
    if (this.#key === key) return;
    this.#key = key;
    const items = spikes.map(({ index, frame, thread, bytes: high, exceeded }) => {
      const sequence = entries[index]?.sequence;
      const text = `${exceeded ? "over budget" : "spike"} ${count(frame)}: ${bytes(high)}`;
      const why = exceeded ? "a budget was exceeded" : "much more than usual";
      const item = button(text, `Look at frame ${count(frame)}${thread ? ` of ${thread}` : ""}: ${why}`, () =>
        this.#lookAt(sequence),
      );
      item.className = exceeded ? "spike over" : "spike";
      return item;
    });
    this.element.replaceChildren(...items);
    this.element.hidden = items.length === 0;
  }
}
