/**
 * Colours for what is drawn on canvas. The style sheet says what they are: VS Code's own where that is the host, others in
 * a browser, by what the reader prefers. All else takes them from there without this file.
 */
import { COLOURS } from "../shared/series/colours";

export interface Theme {
  readonly text: string;
  readonly quiet: string;
  readonly grid: string;
  readonly background: string;
  readonly alarm: string;
  readonly accent: string;
  readonly selection: string;
  readonly font: string;
  /** What has no tag, and what shares a layer. */
  readonly untagged: string;
  readonly others: string;
  /** By the places that {@link Colours} gives. */
  tag(place: number, context: CanvasRenderingContext2D): string | CanvasPattern;
}

export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const tags = Array.from({ length: COLOURS }, (_, place) => colour(`--tag-${place}`));
  const background = colour("--background");
  return {
    text: colour("--text"),
    quiet: colour("--quiet"),
    grid: colour("--grid"),
    background,
    alarm: colour("--alarm"),
    accent: colour("--accent"),
    selection: colour("--selection"),
    font: `11px ${style.fontFamily}`,
    untagged: colour("--untagged"),
    others: colour("--others"),
    tag(place, context) {
      const plain = tags[place % COLOURS] ?? "";
      return place < COLOURS ? plain : hatched(plain, background, context);
    },
  };
}

/** Slanted lines, as the style sheet draws them for the places beyond the last colour. */
function hatched(colour: string, background: string, context: CanvasRenderingContext2D): string | CanvasPattern {
  const size = 8;
  const tile = document.createElement("canvas");
  tile.width = size;
  tile.height = size;
  const brush = tile.getContext("2d");
  if (!brush) return colour;
  brush.fillStyle = colour;
  brush.fillRect(0, 0, size, size);
  brush.strokeStyle = background;
  brush.lineWidth = 2;
  brush.beginPath();
  for (const offset of [-size, 0, size]) {
    brush.moveTo(offset, size);
    brush.lineTo(offset + size, 0);
  }
  brush.stroke();
  return context.createPattern(tile, "repeat") ?? colour;
}

/** Calls back when the colours may have changed. VS Code says so by classes and styles of the page's root and body. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  for (const node of [document.documentElement, document.body]) {
    observer.observe(node, { attributes: true, attributeFilter: ["class", "style", "data-vscode-theme-kind"] });
  }
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)", "(prefers-contrast: more)"]) {
    matchMedia(query).addEventListener("change", changed);
  }
}
