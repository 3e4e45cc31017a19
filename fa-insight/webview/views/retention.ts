/** What memory is held, what of it is used, and what outlived its frame. */
import type uPlot from "uplot";
import { byteDifference, bytes, count, countDifference } from "../../shared/format";
import type { Shown } from "../../shared/selection";
import { type Fact, facts, type Retention, retention } from "../../shared/series/retention";
import { Chart, type Data } from "../chart";
import { element, setText } from "../element";
import { Panel } from "../panel";
import { Table } from "../table";
import type { Theme } from "../theme";
import type { Context, View } from "../view";

interface Kind {
  readonly key: keyof Retention;
  readonly title: string;
  readonly meaning: string;
  readonly place: number;
  readonly dash?: number[];
}

const KINDS: readonly Kind[] = [
  { key: "reserved", title: "reserved", meaning: "Frame chunks and pool pages, used or not", place: 0 },
  {
    key: "used",
    title: "used",
    meaning: "What the last frames can have held at once, and living pool blocks",
    place: 2,
  },
  {
    key: "parked",
    title: "parked",
    meaning: "Held for frames that ended while something in them was alive",
    place: 1,
    dash: [8, 3],
  },
  {
    key: "stranded",
    title: "stranded",
    meaning: "Reserved, but no frame has reached it and no pool block is in it",
    place: 3,
    dash: [2, 3],
  },
];

interface Line extends Retention {
  readonly frame: number;
  readonly sequence: number;
}

export class RetentionView implements View {
  readonly element: HTMLElement;
  readonly #canvas = element("div", { class: "chart", attributes: { role: "img" } });
  readonly #chart = new Chart(this.#canvas);
  readonly #values = KINDS.map(() => element("span", { class: "quiet number" }));
  readonly #facts = element("dl", { class: "facts" });
  readonly #table: Table<Line>;
  readonly #tabular: { readonly shown: boolean };
  #shown: Shown | undefined;
  #drawn = false;

  constructor(context: Context) {
    const panel = new Panel(
      "retention",
      "Retention",
      "Memory that is held between frames, and values that outlive theirs",
    );
    this.element = panel.element;
    const items = KINDS.map(({ title, meaning, place }, index) => {
      const sample = element("span", { class: "stroke", attributes: { "aria-hidden": "true" } });
      sample.dataset["place"] = String(place);
      return element("li", { title: meaning }, sample, title, this.#values[index]);
    });
    this.#table = new Table<Line>({
      label: "Memory held at each snapshot",
      columns: [
        { title: "Frame", numeric: true, cell: ({ frame }) => count(frame) },
        ...KINDS.map(({ key, title, meaning }) => ({
          title: title.charAt(0).toUpperCase() + title.slice(1),
          meaning,
          numeric: true,
          cell: (line: Line) => bytes(line[key]),
        })),
      ],
      key: ({ sequence }) => String(sequence),
      activate: ({ sequence }) => context.store.select({ at: sequence }),
      empty: "No snapshots in this range.",
    });
    const picture = element("div", { class: "picture" }, this.#canvas, element("ul", { class: "legend" }, ...items));
    this.#tabular = panel.offerTable(picture, this.#table.element, () => this.#draw());
    panel.body.append(this.#facts);
  }

  update(shown: Shown): void {
    this.#shown = shown;
    this.#draw();
  }

  restyle(): void {
    this.#chart.restyle();
  }

  #draw(): void {
    if (!this.#shown) return;
    const { entries, index, entry } = this.#shown;
    const lines = entries.map(({ digest, sequence }) => ({
      ...retention(digest),
      frame: digest.frame,
      sequence,
    }));
    const now = lines[index] as Line;
    if (this.#tabular.shown) this.#table.show([...lines].reverse(), String(entry.sequence));
    else {
      const data: Data = [lines.map((_, at) => at), ...KINDS.map(({ key }) => lines.map((line) => line[key]))];
      this.#chart.show(
        data,
        lines.map(({ frame }) => frame),
        (theme) => this.#options(theme),
        !this.#drawn,
      );
      this.#drawn = true;
    }
    KINDS.forEach(({ key }, place) => {
      setText(this.#values[place] as Element, bytes(now[key]));
    });
    const spoken = KINDS.map(({ key, title }) => `${title} ${bytes(now[key])}`).join(", ");
    this.#canvas.setAttribute("aria-label", `Memory held at frame ${count(now.frame)}: ${spoken}`);
    this.#drawFacts(facts((entries[0] as Shown["entry"]).digest, entry.digest));
  }

  #options(theme: Theme): Pick<uPlot.Options, "series"> & Partial<uPlot.Options> {
    const lines = KINDS.map(({ title, place, dash }) => ({
      label: title,
      stroke: (plot: uPlot) => theme.tag(place, plot.ctx),
      width: 1.5,
      points: { show: false },
      ...(dash ? { dash } : {}),
    }));
    return {
      series: [{}, ...lines],
      cursor: { show: false },
      hooks: { drawAxes: [(plot) => this.#drawCursor(plot, theme)] },
    };
  }

  #drawCursor(plot: uPlot, theme: Theme): void {
    const x = plot.valToPos(this.#shown?.index ?? 0, "x", true);
    plot.ctx.fillStyle = theme.selection;
    plot.ctx.fillRect(x - devicePixelRatio, plot.bbox.top, 2 * devicePixelRatio, plot.bbox.height);
  }

  #drawFacts(found: readonly Fact[]): void {
    found.forEach(({ title, meaning, value, gained, unit }, index) => {
      let item = this.#facts.children[index] as HTMLElement | undefined;
      if (item === undefined) {
        item = element("div", { title: `${title}: ${meaning}` }, element("dt", {}, title), element("dd"));
        this.#facts.append(item);
      }
      const text = unit === "bytes" ? bytes(value) : count(value);
      const more = gained ? ` (${unit === "bytes" ? byteDifference(gained) : countDifference(gained)})` : "";
      setText(item.lastElementChild as Element, text + more);
      item.classList.toggle("nothing", value === 0);
    });
  }
}
