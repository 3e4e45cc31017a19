/** What the frame strip draws itself, on uPlot's axes. */
import type uPlot from "uplot";
import type { FrameSeries } from "../../shared/series/frames";
import type { Spike } from "../../shared/series/spikes";
import type { Data } from "../chart";
import type { Theme } from "../theme";

/** Wider bars say no more. */
const WIDEST_BAR = 48;
/** Of a column; the rest keeps it apart from its neighbours. */
const BAR = 0.86;

/** The sum of each layer and those below it, the budgets, and the worst frames. */
export function stacked({ layers, budgets, worst, totals }: FrameSeries): Data {
  const sums: number[][] = [];
  let below = totals.map(() => 0);
  for (const { bytes } of layers) {
    below = below.map((sum, index) => sum + (bytes[index] ?? 0));
    sums.push(below);
  }
  return [totals.map((_, index) => index), ...sums, [...budgets], [...worst]];
}

/**
 * The columns of one layer, from the sum of those below it to the sum with it, on whole pixels. uPlot's own bars are
 * outlines that begin at zero; to fill these takes several times as long.
 */
export function drawBars(plot: uPlot, place: number): void {
  const [places, ...sums] = plot.data;
  const tops = sums[place] ?? [];
  const below = sums[place - 1];
  const [toX, toY] = [line(plot, "x"), line(plot, "y")];
  const half = barWidth(plot) / 2;
  places.forEach((at, index) => {
    const top = Math.round(toY(tops[index] ?? 0));
    const height = Math.round(toY(below?.[index] ?? 0)) - top;
    if (height <= 0) return;
    const x = toX(at);
    const left = Math.round(x - half);
    plot.ctx.fillRect(left, top, Math.max(1, Math.round(x + half) - left), height);
  });
}

/** The column that is looked at, behind the others. */
export function drawLookedAt(plot: uPlot, theme: Theme, index: number): void {
  const [left, right] = [index - 0.5, index + 0.5].map((at) => plot.valToPos(at, "x", true)) as [number, number];
  plot.ctx.save();
  plot.ctx.fillStyle = theme.selection;
  plot.ctx.fillRect(left, plot.bbox.top, Math.max(2, right - left), plot.bbox.height);
  plot.ctx.restore();
}

/** What no snapshot has seen: how high the worst frame was; a triangle where that stands out. */
export function drawMarks(plot: uPlot, theme: Theme, { worst, totals }: FrameSeries, spikes: readonly Spike[]): void {
  const { ctx } = plot;
  const half = barWidth(plot) / 2;
  ctx.save();
  ctx.fillStyle = theme.text;
  worst.forEach((high, index) => {
    if (high <= (totals[index] ?? 0)) return;
    const x = plot.valToPos(index, "x", true);
    ctx.fillRect(x - half, plot.valToPos(high, "y", true), 2 * half, Math.max(1, devicePixelRatio));
  });
  ctx.fillStyle = theme.alarm;
  const size = 4 * devicePixelRatio;
  for (const { index, bytes } of spikes) {
    const x = plot.valToPos(index, "x", true);
    const y = Math.max(plot.bbox.top + 2 * size, plot.valToPos(bytes, "y", true) - size / 2);
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(x - size, y - 1.6 * size);
    ctx.lineTo(x + size, y - 1.6 * size);
    ctx.fill();
  }
  ctx.restore();
}

/** Where values of this scale are: it is straight, so that two of them tell. */
function line(plot: uPlot, scale: "x" | "y"): (value: number) => number {
  const zero = plot.valToPos(0, scale, true);
  const each = plot.valToPos(1, scale, true) - zero;
  return (value) => zero + value * each;
}

function barWidth(plot: uPlot): number {
  const column = Math.abs(plot.valToPos(1, "x", true) - plot.valToPos(0, "x", true));
  return Math.min(column * BAR, WIDEST_BAR * devicePixelRatio);
}
