/** Numbers as a line of letters, where no picture can be drawn. */

const STEPS = "▁▂▃▄▅▆▇█";
const EMPTY = "·";
const CELLS = 5;

/** From zero to the greatest; zero is the lowest step. */
export function sparkline(values: readonly number[]): string {
  const greatest = Math.max(0, ...values);
  const step = (value: number) => (greatest === 0 ? 0 : Math.round((value / greatest) * (STEPS.length - 1)));
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
