/** Small pictures of a row of numbers. They are vectors, so that the style sheet colours them, also in forced colours. */
import { svg } from "./element";

const WIDTH = 72;
const HEIGHT = 18;

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
  return values
    .map((value, index) => {
      const y = height - 1 - (value / most) * (height - 2);
      return `${index === 0 ? "M" : "L"}${tenths(index * step)} ${tenths(y)}`;
    })
    .join("");
}

/** To be printed in few letters, and quickly: thousands of these are printed for each update. */
function tenths(place: number): number {
  return Math.round(place * 10) / 10;
}

/** An area over columns of equal width; nothing where there is no number. */
export function area(values: readonly (number | null)[], most: number, width: number, height: number): string {
  const step = width / Math.max(1, values.length);
  let path = "";
  values.forEach((value, index) => {
    if (value === null || value === 0) return;
    const high = tenths(Math.max(0.5, (value / Math.max(1, most)) * height));
    const left = tenths(index * step);
    path += `M${left} ${height}v${-high}h${tenths(tenths((index + 1) * step) - left)}v${high}z`;
  });
  return path;
}
