/** The frame strip: what each snapshot's frames allocated, by tag, and the frames that stand out. */
import type uPlot from "uplot";
import { byteDifference, bytes, count, share } from "../../shared/format";
import { type Range, type Shown, step } from "../../shared/selection";
import { type FrameSeries, frameSeries, type Layer } from "../../shared/series/frames";
import { type Spike, spikes } from "../../shared/series/spikes";
import { Chart, type Data } from "../chart";
import { button, element, setText } from "../element";
import { Panel } from "../panel";
import { Table } from "../table";
import type { Theme } from "../theme";
import { type Context, swatch, type View } from "../view";

/** Wider bars say no more. */
const WIDEST_BAR = 48;
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
    attributes: { tabindex: "0", role: "slider", "aria-label": "Snapshot that is looked at" },
  });
  readonly #legend = element("ul", { class: "legend", attributes: { "aria-label": "Tags in this chart" } });
  readonly #spikes = element("div", {
    class: "spikes",
    attributes: { role: "group", "aria-label": "Frames that stand out" },
  });
  readonly #reading = element("p", { class: "reading", attributes: { role: "status" } });
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
    const picture = element("div", { class: "picture" }, this.#canvas, this.#legend, this.#spikes);
    this.#tabular = panel.offerTable(picture, this.#table.element, () => this.#draw());
    this.#canvas.addEventListener("keydown", (event) => this.#press(event));
    this.#canvas.addEventListener("dblclick", () => this.#setRange({ newest: 300 }));
  }

  update(shown: Shown): void {
    this.#shown = shown;
    const snapshots = shown.entries.map(({ snapshot }) => snapshot);
    this.#series = frameSeries(snapshots);
    this.#found = spikes(snapshots);
    this.#draw();
  }

  restyle(): void {
    this.#chart.restyle();
  }

  #draw(): void {
    const { element: table } = this.#table;
    if (!this.#shown || !this.#series) return;
    this.#read();
    if (!table.hidden) this.#drawTable(this.#shown, this.#series);
    if (this.#tabular.shown) return;
    const layers = JSON.stringify(this.#series.layers.map(({ title }) => title));
    this.#chart.show(
      stacked(this.#series),
      this.#series.frames,
      (theme) => this.#options(theme),
      layers !== this.#layers,
    );
    this.#layers = layers;
    this.#drawLegend();
    this.#drawSpikes();
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
        plot.ctx.fillStyle = this.#colour(layer, theme, plot.ctx);
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
        drawAxes: [(plot) => this.#drawBehind(plot, theme)],
        draw: [(plot) => this.#drawMarks(plot, theme)],
        setCursor: [(plot) => this.#hover(plot.cursor.idx ?? undefined)],
        setSelect: [(plot) => this.#dragged(plot)],
        ready: [(plot) => plot.over.addEventListener("click", () => this.#click(plot))],
      },
    };
  }

  #colour(layer: Layer, theme: Theme, context: CanvasRenderingContext2D): string | CanvasPattern {
    const place = this.#placeOf(layer);
    return place === "untagged" ? theme.untagged : place === "others" ? theme.others : theme.tag(place, context);
  }

  #placeOf(layer: Layer): number | "untagged" | "others" {
    if (layer.tag !== undefined) return this.#context.store.colours.of(layer.tag);
    return layer.title === "no tag" ? "untagged" : "others";
  }

  /** The column that is looked at. */
  #drawBehind(plot: uPlot, theme: Theme): void {
    const { index } = this.#shown as Shown;
    const [left, right] = [index - 0.5, index + 0.5].map((at) => plot.valToPos(at, "x", true)) as [number, number];
    plot.ctx.save();
    plot.ctx.fillStyle = theme.selection;
    plot.ctx.fillRect(left, plot.bbox.top, Math.max(2, right - left), plot.bbox.height);
    plot.ctx.restore();
  }

  /** What no snapshot has seen: how high the worst frame was; a triangle where that stands out. */
  #drawMarks(plot: uPlot, theme: Theme): void {
    const { worst, totals } = this.#series as FrameSeries;
    const { ctx } = plot;
    const half = Math.min(columnWidth(plot) * 0.43, (WIDEST_BAR * devicePixelRatio) / 2);
    ctx.save();
    ctx.fillStyle = theme.text;
    worst.forEach((high, index) => {
      if (high <= (totals[index] ?? 0)) return;
      const x = plot.valToPos(index, "x", true);
      ctx.fillRect(x - half, plot.valToPos(high, "y", true), 2 * half, Math.max(1, devicePixelRatio));
    });
    ctx.fillStyle = theme.alarm;
    const size = 4 * devicePixelRatio;
    for (const { index, bytes: high } of this.#found) {
      const x = plot.valToPos(index, "x", true);
      const y = Math.max(plot.bbox.top + size, plot.valToPos(high, "y", true) - size / 2);
      ctx.beginPath();
      ctx.moveTo(x, y);
      ctx.lineTo(x - size, y - 1.6 * size);
      ctx.lineTo(x + size, y - 1.6 * size);
      ctx.fill();
    }
    ctx.restore();
  }

  #hover(index: number | undefined): void {
    if (index === this.#hovered) return;
    this.#hovered = index;
    this.#read();
    this.#drawLegend();
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
    const shown = this.#shown;
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

  #drawLegend(): void {
    const { layers, totals, budgets } = this.#series as FrameSeries;
    const at = this.#hovered ?? (this.#shown as Shown).index;
    const items = layers.map((layer) => {
      const value = layer.bytes[at] ?? 0;
      return { layer, text: `${bytes(value)} · ${share(value, totals[at] ?? 0)}` };
    });
    while (this.#legend.children.length > items.length + 1) this.#legend.lastElementChild?.remove();
    items.forEach(({ layer, text }, index) => {
      this.#legendItem(index, layer, text);
    });
    this.#budgetItem(items.length, budgets[at] ?? null);
  }

  #legendItem(index: number, layer: Layer, text: string): void {
    const key = JSON.stringify([layer.title, this.#placeOf(layer)]);
    let item = this.#legend.children[index] as HTMLElement | undefined;
    if (item?.dataset["key"] !== key) {
      const label = element("span", { class: "name" }, layer.title);
      const parts = [swatch(this.#placeOf(layer)), label, element("span", { class: "quiet number" })];
      const { tag } = layer;
      const title = tag === undefined ? layer.title : `Point out ${tag}`;
      const click = () => this.#context.store.select({ tag });
      const inner =
        tag === undefined ? element("span", { title }, ...parts) : element("button", { title, click }, ...parts);
      const made = element("li", {}, inner);
      made.dataset["key"] = key;
      if (item) item.replaceWith(made);
      else this.#legend.append(made);
      item = made;
    }
    setText(item.querySelector(".number") as Element, text);
  }

  #budgetItem(index: number, budget: number | null): void {
    const text = budget === null ? "no budget: not every thread has one" : `budget ${bytes(budget)}`;
    let item = this.#legend.children[index] as HTMLElement | undefined;
    if (item?.dataset["key"] !== "budget") {
      const meaning = "What frames may hold at once, where each thread that allocates has a bound";
      const made = element(
        "li",
        { title: meaning },
        element("span", { class: "dash" }),
        element("span", { class: "quiet" }),
      );
      made.dataset["key"] = "budget";
      if (item) item.replaceWith(made);
      else this.#legend.append(made);
      item = made;
    }
    item.classList.toggle("without", budget === null);
    setText(item.lastElementChild as Element, text);
  }

  #drawSpikes(): void {
    const { entries } = this.#shown as Shown;
    const key = JSON.stringify(this.#found.map((spike) => [spike, entries[spike.index]?.sequence]));
    if (this.#spikes.dataset["key"] === key) return;
    this.#spikes.dataset["key"] = key;
    const made = this.#found.map(({ index, frame, bytes: high, exceeded }) => {
      const why = exceeded ? "a budget was exceeded" : "much more than usual";
      const text = `${exceeded ? "over budget" : "spike"} ${count(frame)}: ${bytes(high)}`;
      const item = button(text, `Look at frame ${count(frame)}: ${why}`, () => this.#select(index));
      item.className = exceeded ? "spike over" : "spike";
      return item;
    });
    this.#spikes.replaceChildren(...made);
    this.#spikes.hidden = made.length === 0;
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

/**
 * The columns of one layer, from the sum of those below it to the sum with it, on whole pixels. uPlot's own bars are
 * outlines that begin at zero; to fill these takes several times as long.
 */
function drawBars(plot: uPlot, place: number): void {
  const [places, ...sums] = plot.data;
  const tops = sums[place] ?? [];
  const below = sums[place - 1];
  const toY = (sum: number) => Math.round(plot.valToPos(sum, "y", true));
  const width = Math.min(columnWidth(plot) * 0.86, WIDEST_BAR * devicePixelRatio);
  places.forEach((at, index) => {
    const top = toY(tops[index] ?? 0);
    const height = toY(below?.[index] ?? 0) - top;
    if (height <= 0) return;
    const left = Math.round(plot.valToPos(at, "x", true) - width / 2);
    const right = Math.round(plot.valToPos(at, "x", true) + width / 2);
    plot.ctx.fillRect(left, top, Math.max(1, right - left), height);
  });
}

function columnWidth(plot: uPlot): number {
  return Math.abs(plot.valToPos(1, "x", true) - plot.valToPos(0, "x", true));
}

/** The sum of each layer and those below it. */
function stacked({ layers, budgets, worst, totals }: FrameSeries): Data {
  const sums: number[][] = [];
  let below = totals.map(() => 0);
  for (const { bytes: of } of layers) {
    below = below.map((sum, index) => sum + (of[index] ?? 0));
    sums.push(below);
  }
  return [totals.map((_, index) => index), ...sums, [...budgets], [...worst]];
}
