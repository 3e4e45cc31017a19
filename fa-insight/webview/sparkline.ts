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
    .map(
      (value, index) =>
        `${index === 0 ? "M" : "L"}${(index * step).toFixed(1)} ${(height - 1 - (value / most) * (height - 2)).toFixed(1)}`,
    )
    .join("");
}

/** An area over columns of equal width; nothing where there is no number. */
export function area(values: readonly (number | null)[], most: number, width: number, height: number): string {
  const step = width / Math.max(1, values.length);
  let path = "";
  values.forEach((value, index) => {
    if (value === null || value === 0) return;
    const high = Math.max(0.5, (value / Math.max(1, most)) * height);
    path += `M${(index * step).toFixed(2)} ${height}v${(-high).toFixed(2)}h${step.toFixed(2)}v${high.toFixed(2)}z`;
  });
  return path;
}
