/**
 * Numbers as people read them, as the library's own programs print them: bytes in units of 1,024, commas between
 * thousands, a space before each unit.
 */

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] as const;
const TIME_UNITS = ["ns", "µs", "ms", "s"] as const;

/** `1.5 KiB`; whole numbers of bytes, else three digits at least. */
export function bytes(count: number): string {
  return scaled(count, 1024, BYTE_UNITS);
}

/** `+1.5 KiB`, `−12 B`, `0 B`. */
export function byteDifference(count: number): string {
  return signed(count, bytes);
}

/** `16.7 ms`. */
export function duration(nanoseconds: number): string {
  return scaled(nanoseconds, 1000, TIME_UNITS);
}

/** `1,234,567`; with one digit after the point where it has a fraction and is small. */
export function count(number: number): string {
  const whole = Number.isInteger(number) || Math.abs(number) >= 100;
  if (whole && Math.abs(number) < 1000) return String(Math.round(number));
  const [integer = "", fraction] = (whole ? Math.round(number).toFixed(0) : number.toFixed(1)).split(".");
  const grouped = integer.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

export function countDifference(number: number): string {
  return signed(number, count);
}

/** `33 %` of a whole; one of nothing is not known: `–`. */
export function share(part: number, whole: number): string {
  if (whole <= 0) return "–";
  const percent = (part / whole) * 100;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  return `${percent < 10 && percent > 0 ? percent.toFixed(1) : count(Math.round(percent))} %`;
}

/** `1 frame`, `3 frames`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

function signed(number: number, print: (size: number) => string): string {
  const text = print(Math.abs(number));
  if (number === 0) return text;
  return `${number > 0 ? "+" : "−"}${text}`;
}

/** In the largest unit of which there is at least one, after rounding. */
function scaled(number: number, step: number, units: readonly string[]): string {
  let value = number;
  let unit = 0;
  const last = units.length - 1;
  while (unit < last && Math.round(value) >= step) {
    value /= step;
    unit += 1;
  }
  return `${printed(value, unit)} ${units[unit]}`;
}

function printed(value: number, unit: number): string {
  if (unit === 0 || value >= 100) return count(Math.round(value));
  return value.toFixed(1);
}
