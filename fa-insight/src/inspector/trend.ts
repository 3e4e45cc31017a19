/** Whether a number grows: the latest beside those before it. */
import { sparkline } from "./sparkline";

/** So many snapshots before the latest count as before. */
export const LOOK_BACK = 30;

export interface Trend {
  /** The latest, as a multiple of what was usual before; 1 where nothing was. */
  readonly ratio: number;
  /** The numbers as letters, the latest last. */
  readonly line: string;
}

/** Less is noise. */
const NOTABLE = 0.05;

export function trend(values: readonly number[]): Trend {
  const recent = values.slice(-LOOK_BACK - 1);
  const latest = recent.at(-1) ?? 0;
  const usual = median(recent.slice(0, -1));
  return {
    ratio: usual === 0 ? (latest === 0 || recent.length < 2 ? 1 : Infinity) : latest / usual,
    line: sparkline(recent),
  };
}

/** `↗ +12 %`; nothing where it stays as it was. */
export function trendText({ ratio }: Trend): string {
  if (ratio === Infinity) return "↗ new";
  const percent = Math.round((ratio - 1) * 100);
  if (Math.abs(ratio - 1) < NOTABLE) return "";
  return ratio > 1 ? `↗ +${percent} %` : `↘ −${-percent} %`;
}

/** The same for those who hear it. */
export function trendSpoken({ ratio }: Trend): string {
  if (ratio === Infinity) return "new";
  if (Math.abs(ratio - 1) < NOTABLE) return "steady";
  return `${ratio > 1 ? "up" : "down"} ${Math.abs(Math.round((ratio - 1) * 100))} percent`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
