/** Numbers as a line of letters, where no picture can be drawn. */

const STEPS = "▁▂▃▄▅▆▇█";
const EMPTY = "·";
const CELLS = 5;

/** Smaller differences than this part of the whole are not worth a step. */
const NOTABLE = 0.05;

/** From the least to the greatest; in the middle, where all are about the same. */
export function sparkline(values: readonly number[]): string {
  const least = Math.min(...values);
  const range = Math.max(...values) - least;
  const isFlat = range <= Math.abs(least + range) * NOTABLE;
  const top = STEPS.length - 1;
  const step = (value: number) => Math.round(isFlat ? top / 2 : ((value - least) / range) * top);
  return values.map((value) => STEPS[step(value)] ?? EMPTY).join("");
}

/** `▰▰▱▱▱`: a part of a whole; a part that is more than the whole fills it. */
export function bar(part: number, whole: number): string {
  if (whole <= 0) return "";
  // What is not nothing shows, and only what is full looks full.
  const share = Math.min(part / whole, 1);
  const filled = share >= 1 ? CELLS : Math.min(Math.ceil(share * CELLS), CELLS - 1);
  return "▰".repeat(filled) + "▱".repeat(CELLS - filled);
}
