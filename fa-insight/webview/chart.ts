/** A uPlot chart that follows its place's size and the theme. */
import uPlot from "uplot";
import { bytes, count } from "../shared/format";
import { readTheme, type Theme } from "./theme";

export type Data = [number[], ...(number | null)[][]];
export type MakeOptions = (theme: Theme) => Pick<uPlot.Options, "series"> & Partial<uPlot.Options>;

/** Steps between an axis's numbers: bytes come in powers of two. */
const POWERS_OF_TWO = Array.from({ length: 60 }, (_, power) => 2 ** power);
const ORDINALS = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000];

export class Chart {
  readonly element: HTMLElement;
  #plot: uPlot | undefined;
  #make: MakeOptions | undefined;
  #data: Data = [[]];
  #frames: readonly number[] = [];
  #theme: Theme | undefined;

  constructor(host: HTMLElement) {
    this.element = host;
    new ResizeObserver(() => this.#resize()).observe(host);
  }

  get plot(): uPlot | undefined {
    return this.#plot;
  }

  get theme(): Theme {
    this.#theme ??= readTheme();
    return this.#theme;
  }

  /** `make` is called where the series are others than before; `frames` are the numbers below the chart. */
  show(data: Data, frames: readonly number[], make: MakeOptions, remake: boolean): void {
    this.#data = data;
    this.#frames = frames;
    this.#make = make;
    const plot = this.#plot;
    // At once: left to itself it draws after all else that this frame of the screen changes.
    if (plot && !remake) plot.batch(() => plot.setData(data));
    else this.restyle();
  }

  /** Builds the chart anew, in the colours that hold now. */
  restyle(): void {
    this.#theme = undefined;
    this.#plot?.destroy();
    this.#plot = undefined;
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!this.#make || width === 0 || height === 0) return;
    const own = this.#make(this.theme);
    this.#plot = new uPlot({ ...this.#common(), ...own, width, height }, this.#data, this.element);
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (width === 0 || height === 0) return;
    if (this.#plot) this.#plot.setSize({ width, height });
    else this.restyle();
  }

  #common(): Partial<uPlot.Options> {
    const { theme } = this;
    const line = { stroke: theme.quiet, font: theme.font, ticks: { show: false } };
    return {
      legend: { show: false },
      padding: [8, 8, 0, 0],
      scales: {
        x: { time: false, range: (_, low, high) => [(low ?? 0) - 0.5, (high ?? 0) + 0.5] },
        y: { range: (_, __, high) => [0, Math.max(1, (high ?? 0) * 1.06)] },
      },
      axes: [
        {
          ...line,
          grid: { show: false },
          size: 22,
          gap: 4,
          space: 72,
          incrs: ORDINALS,
          values: (_, places) => places.map((place) => label(this.#frames[place])),
        },
        {
          ...line,
          grid: { stroke: theme.grid, width: 1 },
          size: 64,
          gap: 6,
          space: 32,
          incrs: POWERS_OF_TWO,
          values: (_, numbers) => numbers.map(bytes),
        },
      ],
    };
  }
}

function label(frame: number | undefined): string {
  return frame === undefined ? "" : count(frame);
}
