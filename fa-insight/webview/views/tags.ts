/** The table of tags: what each has now, at most and may have; red first. */
import { bytes, count, share } from "../../shared/format";
import type { Shown } from "../../shared/selection";
import { type Order, RED_FIRST, type TagKey, type TagRow, tagRows } from "../../shared/series/tag_rows";
import { rootOf, trend } from "../../shared/series/tags";
import type { Snapshot } from "../../shared/snapshot";
import { element, setAttribute, setText } from "../element";
import { Panel } from "../panel";
import { sparkline } from "../sparkline";
import { Table } from "../table";
import { type CloseView, type Context, swatch } from "../view";

/** Points of a trend: more cannot be seen in so little room. */
const TREND = 60;

export class TagsView implements CloseView {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #table: Table<TagRow>;
  readonly #filter: HTMLInputElement;
  readonly #total = element("span", { class: "quiet" });
  #order: Order = RED_FIRST;
  #shown: Shown | undefined;
  #snapshot: Snapshot | undefined;

  constructor(context: Context) {
    this.#context = context;
    const panel = new Panel(
      "tags",
      "Tags",
      "What was allocated under each tag in the last finished frames, sub-tags included",
    );
    this.element = panel.element;
    this.#filter = element("input", {
      attributes: {
        type: "search",
        placeholder: "Filter",
        "aria-label": "Filter tags by their path",
        spellcheck: "false",
      },
    });
    this.#filter.addEventListener("input", () => this.#draw());
    panel.tools.append(this.#total, this.#filter);
    this.#table = new Table<TagRow>({
      label: "Tags",
      columns: this.#columns(),
      key: ({ path }) => path,
      look: ({ alarm }) => `alarm-${alarm}`,
      activate: ({ path }) => context.store.select({ tag: context.store.selection.tag === path ? undefined : path }),
      sort: (by) => this.#sort(by as TagKey),
      empty: "",
    });
    panel.body.append(this.#table.element);
  }

  examine(shown: Shown, snapshot: Snapshot): void {
    this.#shown = shown;
    this.#snapshot = snapshot;
    this.#draw();
  }

  #draw(): void {
    if (!this.#shown || !this.#snapshot) return;
    const { tags } = this.#snapshot;
    const rows = tagRows(this.#snapshot, this.#order, this.#filter.value);
    setText(
      this.#total,
      rows.length === tags.length ? count(tags.length) : `${count(rows.length)} of ${count(tags.length)}`,
    );
    this.#table.explain(
      tags.length > 0
        ? "No tag has this in its path."
        : 'The program names nothing yet: allocate within `alloc.with_tag("physics", |alloc| …)`.',
    );
    this.#table.show(rows, this.#shown.tag, { by: this.#order.by, descending: this.#order.descending });
  }

  #sort(by: TagKey): void {
    const descending = this.#order.by === by ? !this.#order.descending : by !== "path";
    this.#order = { by, descending };
    this.#draw();
  }

  #columns() {
    const number = (title: string, sort: TagKey, meaning: string, cell: (row: TagRow) => string, width = "82px") => ({
      title,
      sort,
      meaning,
      cell,
      width,
      numeric: true,
    });
    return [
      { title: "!", sort: "alarm", meaning: "Budgets that were exceeded, or nearly", width: "30px", cell: alarm },
      { title: "Tag", sort: "path", cell: (row: TagRow, old?: Element) => this.#name(row, old) },
      number("Frame", "bytes", "Bytes in the last finished frames of all threads", (row) => bytes(row.bytes)),
      number("Peak", "peak", "The most of one thread in one frame, over the session", (row) => bytes(row.peak)),
      {
        title: "Budget",
        sort: "use",
        meaning: "The peak as a part of what one frame of one thread may hold",
        width: "92px",
        numeric: true,
        cell: meter,
      },
      number(
        "Allocs",
        "allocations",
        "Handles and scopes made in these frames",
        (row) => count(row.allocations),
        "68px",
      ),
      number(
        "Churn",
        "churn",
        "Blocks of pool and heap made in these frames, calls of the global heap included where they are tracked",
        (row) => count(row.churn),
        "68px",
      ),
      {
        title: "Trend",
        meaning: "Bytes over the range",
        width: "84px",
        cell: (row: TagRow, old?: Element) => this.#trend(row, old),
      },
    ];
  }

  #name({ path }: TagRow, old: Element | undefined): Element {
    const made = old ?? element("span", { class: "tag" }, swatch(0), element("span", { class: "name" }));
    const [sample, name] = made.children as unknown as [HTMLElement, HTMLElement];
    setAttribute(sample, "data-place", String(this.#context.store.colours.of(rootOf(path))));
    setText(name, path);
    setAttribute(name, "title", path);
    return made;
  }

  #trend({ path }: TagRow, old: Element | undefined): Element {
    const entries = this.#shown?.entries.slice(-TREND) ?? [];
    const values = trend(
      entries.map(({ digest }) => digest),
      path,
    );
    return sparkline(values, old);
  }
}

function alarm({ alarm, exceeded }: TagRow, old: Element | undefined): Element | string {
  if (alarm === "none") return "";
  const text = alarm === "over" ? `Over budget, ${count(exceeded)} times` : "Nearly all of the budget is used";
  const made = old ?? element("span", { class: "sign", attributes: { role: "img" } });
  setText(made, alarm === "over" ? "▲" : "△");
  setAttribute(made, "aria-label", text);
  setAttribute(made, "title", text);
  return made;
}

/** How much of the budget is used, as a bar and in words. */
function meter({ use, budget, peak }: TagRow, old: Element | undefined): Element | string {
  if (use === null || budget === null) return "–";
  const made = (old ??
    element("span", { class: "meter" }, element("span", { class: "fill" }), element("span"))) as HTMLElement;
  const [fill, text] = made.children as unknown as [HTMLElement, HTMLElement];
  fill.style.width = `${Math.min(100, Math.round(use * 100))}%`;
  setText(text, share(peak, budget));
  setAttribute(made, "title", `${bytes(peak)} of ${bytes(budget)}`);
  return made;
}
