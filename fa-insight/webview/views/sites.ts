/** Places in the source: what asks for memory in each frame, and what outlives what it was meant for. */
import { bytes, count } from "../../shared/format";
import type { Shown } from "../../shared/selection";
import { type Churn, churning, type Stale, stale } from "../../shared/series/sites";
import type { Snapshot } from "../../shared/snapshot";
import { element, setText } from "../element";
import { Choice, Panel } from "../panel";
import { Table } from "../table";
import { type CloseView, type Context, placeLink } from "../view";

type List = "churn" | "stale";

const NOT_RECORDED =
  "Nobody records call sites: let the program call enable_behavior_filter() for a while. Those of the global heap need a TrackingAllocator, too.";

export class SitesView implements CloseView {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #list: Choice<List>;
  readonly #churn: Table<Churn>;
  readonly #stale: Table<Stale>;
  #shown: Shown | undefined;
  #snapshot: Snapshot | undefined;

  constructor(context: Context) {
    this.#context = context;
    const panel = new Panel(
      "sites",
      "Places",
      "Where memory churns, and what has become stale, as of the snapshot that is looked at",
    );
    this.element = panel.element;
    this.#list = new Choice<List>(
      "What is listed",
      [
        [
          "churn",
          "Churn",
          "Pool, heap and global memory that is asked for in frame after frame: candidates for frame memory",
        ],
        ["stale", "Stale", "What should be over and is not, and what the library remarks"],
      ],
      () => this.#draw(),
    );
    panel.tools.append(this.#list.element);
    this.#churn = this.#churnTable();
    this.#stale = this.#staleTable();
    this.#churn.element.classList.add("churn");
    this.#stale.element.classList.add("stale");
    panel.body.append(this.#churn.element, this.#stale.element);
  }

  examine(shown: Shown, snapshot: Snapshot): void {
    this.#shown = shown;
    this.#snapshot = snapshot;
    this.#draw();
  }

  #draw(): void {
    const snapshot = this.#snapshot;
    if (!snapshot) return;
    const churn = this.#list.value === "churn";
    this.#churn.element.hidden = !churn;
    this.#stale.element.hidden = churn;
    if (churn) {
      this.#churn.explain(snapshot.call_sites ? "All memory of each frame is frame memory." : NOT_RECORDED);
      this.#churn.show(churning(snapshot));
    } else this.#stale.show(stale(snapshot));
  }

  #churnTable(): Table<Churn> {
    const number = (title: string, meaning: string, cell: (row: Churn) => string, width: string) => ({
      title,
      meaning,
      cell,
      width,
      numeric: true,
    });
    const about = (row: Churn) => (row.sampled ? "≈ " : "");
    return new Table<Churn>({
      label: "Memory asked for in frame after frame",
      columns: [
        { title: "Place", cell: ({ location }) => placeLink(this.#context, this.#shown?.entry.source ?? "", location) },
        { title: "Memory", width: "72px", cell: ({ kind }) => kind },
        { title: "Type", width: "18%", cell: ({ type }) => type ?? "" },
        { title: "Tag", width: "16%", cell: ({ tag }) => tag ?? "" },
        number(
          "Per frame",
          "Allocations for each frame that it was seen in; ≈ where they are estimated",
          (row) => about(row) + count(row.perFrame),
          "76px",
        ),
        number(
          "Bytes",
          "Bytes for each frame that it was seen in",
          (row) => about(row) + bytes(Math.round(row.bytesPerFrame)),
          "84px",
        ),
      ],
      key: (row) => JSON.stringify([row.location, row.kind, row.type, row.tag]),
      activate: ({ location }) => this.#open(location),
      empty: NOT_RECORDED,
    });
  }

  #staleTable(): Table<Stale> {
    return new Table<Stale>({
      label: "What has become stale, and remarks",
      // Two lines of text.
      rowHeights: { least: 42, most: 42 },
      columns: [
        { title: "Remark", cell: ({ message }, old) => twoLines(message, old) },
        { title: "Code", width: "112px", cell: ({ code }) => code },
        {
          title: "Place",
          width: "26%",
          cell: ({ location, tag }) =>
            location ? placeLink(this.#context, this.#shown?.entry.source ?? "", location) : (tag ?? ""),
        },
        { title: "Times", width: "64px", numeric: true, cell: ({ count: times }) => count(times) },
      ],
      key: (row) => JSON.stringify([row.code, row.message, row.tag]),
      look: ({ severity }) => (severity === "error" ? "alarm-over" : severity === "warning" ? "alarm-near" : ""),
      activate: ({ location }) => location && this.#open(location),
      empty: "Nothing has outlived its frame, and the library has no remarks.",
    });
  }

  #open({ file, line, column }: Churn["location"]): void {
    const source = this.#shown?.entry.source;
    if (!this.#context.transport.opens || file === "" || line === 0 || source === undefined) return;
    this.#context.transport.send({ type: "open", source, file, line, ...(column > 0 ? { column } : {}) });
  }
}

/** Whatever does not fit is in the title. */
function twoLines(text: string, old: Element | undefined): Element {
  const made = (old ?? element("span", { class: "two-lines" })) as HTMLElement;
  setText(made, text);
  if (made.title !== text) made.title = text;
  return made;
}
