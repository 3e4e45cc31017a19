/** The frame strip: what each snapshot's frames allocated, by tag, and the frames that stand out. */
import type uPlot from "uplot";
import { byteDifference, bytes, count } from "../../shared/format";
import { type Range, type Shown, step } from "../../shared/selection";
import { type FrameSeries, frameSeries } from "../../shared/series/frames";
import { type Spike, spikes } from "../../shared/series/spikes";
import { Chart } from "../chart";
import { element, setText } from "../element";
import { Panel } from "../panel";
import { Table } from "../table";
import type { Theme } from "../theme";
import type { Context, View } from "../view";
import { drawBars, drawLookedAt, drawMarks, stacked } from "./frame_drawing";
import { FrameLegend, placeOf, SpikeList } from "./frame_legend";

const KEYS =
  "A click or the arrow keys choose a snapshot. Dragging chooses a range; so do [ and ], which cut it before and after the snapshot. Escape or a double click shows all again.";
const KEY_STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };

interface Line {
  readonly index: number;
  readonly sequence: number;
  readonly cells: readonly string[];
}

export class FramesView implements View {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #chart: Chart;
  readonly #canvas = element("div", {
    class: "chart",
    title: KEYS,
    attributes: { tabindex: "0", role: "slider", "aria-label": "Snapshot that is looked at", "aria-description": KEYS },
  });
  readonly #legend: FrameLegend;
  readonly #spikes: SpikeList;
  readonly #reading = element("p", { class: "reading" });
  readonly #table: Table<Line>;
  readonly #tabular: { readonly shown: boolean };
  #shown: Shown | undefined;
  #series: FrameSeries | undefined;
  #found: readonly Spike[] = [];
  #layers = "";
  #hovered: number | undefined;

  constructor(context: Context) {
    this.#context = context;
    const meaning =
      "Bytes allocated in the last finished frame of each thread, added up, by outermost tag; a snapshot is a column. " +
      "The mark above a column is what the worst frame since the snapshot before came to.";
    const panel = new Panel("frames", "Frames", meaning);
    this.element = panel.element;
    this.#chart = new Chart(this.#canvas);
    this.#table = this.#makeTable();
    panel.tools.append(this.#reading);
    this.#legend = new FrameLegend(context.store);
    this.#spikes = new SpikeList((sequence) => context.store.select({ at: sequence }));
    const picture = element("div", { class: "picture" }, this.#canvas, this.#legend.element, this.#spikes.element);
    this.#tabular = panel.offerTable(picture, this.#table.element, () => this.#draw());
    this.#canvas.addEventListener("keydown", (event) => this.#press(event));
    this.#canvas.addEventListener("dblclick", () => this.#setRange({ newest: 300 }));
  }

  update(shown: Shown): void {
    this.#shown = shown;
    const digests = shown.entries.map(({ digest }) => digest);
    this.#series = frameSeries(digests);
    this.#found = spikes(digests);
    this.#draw();
  }

  restyle(): void {
    this.#chart.restyle();
  }

  #draw(): void {
    const { element: table } = this.#table;
    if (!this.#shown || !this.#series) return;
    if (!table.hidden) this.#drawTable(this.#shown, this.#series);
    if (!this.#tabular.shown) this.#drawPicture(this.#shown, this.#series);
    this.#read();
  }

  /** The chart first, while nothing else has changed: its texts make the browser settle what has. */
  #drawPicture(shown: Shown, series: FrameSeries): void {
    const layers = JSON.stringify(series.layers.map(({ title }) => title));
    this.#chart.show(stacked(series), series.frames, (theme) => this.#options(theme), layers !== this.#layers);
    this.#layers = layers;
    this.#legend.update(series, this.#hovered ?? shown.index);
    this.#spikes.update(this.#found, shown);
  }

  /** Says what is looked at, or pointed at. */
  #read(): void {
    const { entries, index } = this.#shown as Shown;
    const series = this.#series as FrameSeries;
    const at = this.#hovered ?? index;
    const before = at > 0 ? byteDifference((series.totals[at] ?? 0) - (series.totals[at - 1] ?? 0)) : "";
    const text = `Frame ${count(series.frames[at] ?? 0)}: ${bytes(series.totals[at] ?? 0)}${before && ` (${before})`}`;
    setText(this.#reading, text);
    this.#canvas.setAttribute("aria-valuemin", "1");
    this.#canvas.setAttribute("aria-valuemax", String(entries.length));
    this.#canvas.setAttribute("aria-valuenow", String(index + 1));
    this.#canvas.setAttribute("aria-valuetext", `${text}; snapshot ${index + 1} of ${entries.length}`);
  }

  #options(theme: Theme): Pick<uPlot.Options, "series"> & Partial<uPlot.Options> {
    const { layers } = this.#series as FrameSeries;
    const filled = layers.map((layer, place) => ({
      label: layer.title,
      points: { show: false },
      paths: (plot: uPlot) => {
        const colour = placeOf(layer, this.#context.store.colours);
        plot.ctx.fillStyle = typeof colour === "number" ? theme.tag(colour, plot.ctx) : theme[colour];
        drawBars(plot, place);
        return null;
      },
    }));
    const budget = { label: "budget", stroke: theme.alarm, width: 1.5, dash: [6, 4], points: { show: false } };
    const worst = { label: "worst frame", stroke: "transparent", width: 0, points: { show: false } };
    return {
      series: [{}, ...filled, budget, worst],
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
      hooks: {
        drawAxes: [(plot) => drawLookedAt(plot, theme, (this.#shown as Shown).index)],
        draw: [(plot) => drawMarks(plot, theme, this.#series as FrameSeries, this.#found)],
        setCursor: [(plot) => this.#hover(plot.cursor.idx ?? undefined)],
        setSelect: [(plot) => this.#dragged(plot)],
        ready: [(plot) => plot.over.addEventListener("click", () => this.#click(plot))],
      },
    };
  }

  #hover(index: number | undefined): void {
    if (index === this.#hovered) return;
    this.#hovered = index;
    this.#read();
    this.#legend.update(this.#series as FrameSeries, index ?? (this.#shown as Shown).index);
  }

  #click(plot: uPlot): void {
    if (plot.cursor.idx !== undefined && plot.cursor.idx !== null) this.#select(plot.cursor.idx);
  }

  #select(index: number): void {
    this.#context.store.select({ at: this.#shown?.entries[index]?.sequence });
  }

  #dragged(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 4) return;
    const from = Math.round(plot.posToVal(left, "x"));
    const to = Math.round(plot.posToVal(left + width, "x"));
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#rangeOf(from, to);
  }

  #rangeOf(from: number, to: number): void {
    const { entries } = this.#shown as Shown;
    const at = (index: number) => entries[Math.min(Math.max(index, 0), entries.length - 1)]?.sequence ?? 0;
    this.#setRange({ from: at(from), to: at(to) });
  }

  #setRange(range: Range): void {
    this.#context.store.select({ range, at: undefined });
  }

  #press(event: KeyboardEvent): void {
    // Keys may come faster than pictures: from where the last one went, not from where the last picture is.
    const { shown } = this.#context.store;
    if (!shown) return;
    const { entries, index } = shown;
    const by = KEY_STEPS[event.key];
    if (by !== undefined) this.#context.store.select({ at: step(shown, by) });
    else if (event.key === "Home") this.#select(0);
    else if (event.key === "End") this.#context.store.select({ at: undefined });
    else if (event.key === "[") this.#rangeOf(index, entries.length - 1);
    else if (event.key === "]") this.#rangeOf(0, index);
    else if (event.key === "Escape") this.#setRange({ newest: 300 });
    else return;
    event.preventDefault();
  }

  #makeTable(): Table<Line> {
    return new Table<Line>({
      label: "Bytes of each snapshot's frames by tag",
      columns: ["Frame", "Total", "Worst", "Largest tags"].map((title, place) => ({
        title,
        numeric: place < 3,
        ...(place < 3 ? { width: "110px" } : {}),
        cell: (line: Line) => line.cells[place] ?? "",
      })),
      key: ({ sequence }) => String(sequence),
      activate: ({ index }) => this.#select(index),
      empty: "No snapshots in this range.",
    });
  }

  #drawTable(shown: Shown, series: FrameSeries): void {
    const lines = shown.entries.map(({ sequence }, index) => {
      const parts = series.layers.map(({ title, bytes: of }) => `${title} ${bytes(of[index] ?? 0)}`);
      const numbers = [series.totals[index] ?? 0, series.worst[index] ?? 0].map(bytes);
      return { index, sequence, cells: [count(series.frames[index] ?? 0), ...numbers, parts.join(", ")] };
    });
    this.#table.show(lines.reverse(), String(shown.entry.sequence));
  }
}
