/** Thread lanes: what each thread's frames allocated, and when its arena grew or a budget was exceeded. */
import type { Digest } from "../../shared/digest";
import { bytes, count, share } from "../../shared/format";
import type { Shown } from "../../shared/selection";
import { course, type Lane, lanes, mostOfAll } from "../../shared/series/lanes";
import type { Snapshot } from "../../shared/snapshot";
import { element, setText, svg } from "../element";
import { Panel } from "../panel";
import { area, draw } from "../sparkline";
import { Table } from "../table";
import type { CloseView } from "../view";

/** Of a row, in pixels. */
const ROW = 28;
/** Of a lane's picture, in tenths of a pixel; it is stretched to the width of its column. */
const WIDTH = 3000;
const HEIGHT = 10 * ROW;

export class ThreadsView implements CloseView {
  readonly element: HTMLElement;
  readonly #table: Table<Lane>;
  readonly #total = element("span", { class: "quiet" });
  #index = 0;
  #digests: readonly Digest[] = [];
  /** The lanes have one scale, so that threads can be compared. */
  #most = 1;

  constructor() {
    const meaning =
      "Bytes allocated in the last finished frame of each thread, snapshot by snapshot. Above a lane: ▾ the arena needed another chunk, ▲ a budget was exceeded.";
    const panel = new Panel("threads", "Threads", meaning);
    this.element = panel.element;
    panel.tools.append(this.#total);
    this.#table = new Table<Lane>({
      label: "Threads",
      rowHeights: { least: ROW, most: 8 * ROW },
      columns: [
        { title: "Thread", width: "112px", cell: ({ name }) => name },
        { title: "Frames in this range", meaning, cell: (lane, old) => this.#lane(lane, old) },
        number(
          "Frame",
          "Bytes allocated in the last finished frame",
          ({ now }) => (now ? bytes(now.frame_bytes) : "ended"),
          "76px",
        ),
        number("Held", "The most that any frame held at once, of what is reserved", held, "122px"),
        number(
          "Refills",
          "How often a frame needed another chunk, over the session",
          ({ now }) => (now ? count(now.refills) : "–"),
          "60px",
        ),
        number(
          "Frees",
          "Pool blocks that other threads have dropped and this one has not taken back",
          ({ now }) => (now ? count(now.deferred_depth) : "–"),
          "54px",
        ),
      ],
      key: ({ id }) => String(id),
      look: ({ now }) => (now && now.budgets_exceeded > 0 ? "alarm-over" : ""),
      empty: "No thread has used the allocator yet.",
    });
    panel.body.append(this.#table.element);
  }

  examine(shown: Shown, snapshot: Snapshot): void {
    this.#index = shown.index;
    this.#digests = shown.entries.map(({ digest }) => digest);
    this.#most = Math.max(1, mostOfAll(this.#digests));
    const found = lanes(this.#digests, snapshot);
    setText(this.#total, `${count(found.length)}, each up to ${bytes(this.#most)}`);
    this.#table.show(found);
  }

  #lane({ id }: Lane, old: Element | undefined): Element {
    const made = old ?? picture();
    const [cursor, fill, grown, alarms] = made.children as unknown as [Element, Element, Element, Element];
    const { bytes, refills, exceeded } = course(this.#digests, id);
    const step = WIDTH / this.#digests.length;
    const left = Math.round(this.#index * step);
    draw(cursor, `M${left} 0h${Math.round(Math.max(10, step))}V${HEIGHT}H${left}z`);
    draw(fill, area(bytes, this.#most, WIDTH, HEIGHT - 80, HEIGHT - 20));
    draw(
      grown,
      marks(refills, step, (x) => `M${x - 15} 10h30l-15 40z`),
    );
    draw(
      alarms,
      marks(exceeded, step, (x) => `M${x - 20} 50h40l-20 -50z`),
    );
    return made;
  }
}

function picture(): Element {
  const box = { class: "lane", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" };
  const parts = ["cursor", "fill", "refill", "over"].map((name) => svg("path", { class: name }));
  return svg("svg", box, ...parts);
}

function marks(indices: readonly number[], step: number, mark: (x: number) => string): string {
  return indices.map((index) => mark(Math.round((index + 0.5) * step))).join("");
}

function number(title: string, meaning: string, cell: (lane: Lane) => string, width: string) {
  return { title, meaning, cell, width, numeric: true };
}

function held({ now }: Lane): string {
  if (!now) return "–";
  return `${bytes(now.peak_bytes)} · ${share(now.peak_bytes, now.capacity_bytes)}`;
}
