/** Small pictures of a row of numbers. They are vectors, so that the style sheet colours them, also in forced colours. */
import { svg } from "./element";

/** In tenths of a pixel, as all of these pictures: whole numbers are printed several times as quickly as others. */
const WIDTH = 720;
const HEIGHT = 180;

/** A line from the oldest to the newest, from zero to the most. */
export function sparkline(values: readonly number[], old: Element | undefined): Element {
  const made =
    old ??
    svg(
      "svg",
      { class: "sparkline", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("path", { "vector-effect": "non-scaling-stroke" }),
    );
  draw(made.firstElementChild as Element, line(values, WIDTH, HEIGHT));
  return made;
}

/** Changes the path only if it is another. */
export function draw(path: Element, description: string): void {
  if (path.getAttribute("d") !== description) path.setAttribute("d", description);
}

export function line(values: readonly number[], width: number, height: number): string {
  const most = Math.max(1, ...values);
  const step = width / Math.max(1, values.length - 1);
  const scale = (height - 20) / most;
  let path = "";
  for (let index = 0; index < values.length; index += 1) {
    const y = Math.round(height - 10 - (values[index] as number) * scale);
    path += `${index === 0 ? "M" : "L"}${Math.round(index * step)} ${y}`;
  }
  return path;
}

/** The outline of columns of equal width, above `base`; nothing where there is no number. */
export function area(
  values: readonly (number | null)[],
  most: number,
  width: number,
  height: number,
  base: number,
): string {
  const step = width / Math.max(1, values.length);
  const scale = height / Math.max(1, most);
  let path = "";
  let drawn = base;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    const top = value ? base - Math.round(Math.max(5, value * scale)) : base;
    if (top === drawn) continue;
    // One outline: a column that is as high as the one before makes it no longer.
    path += `${drawn === base ? "M" : "H"}${Math.round(index * step)}${drawn === base ? ` ${base}` : ""}V${top}`;
    drawn = top;
  }
  return drawn === base ? path : `${path}H${Math.round(values.length * step)}V${base}`;
}
