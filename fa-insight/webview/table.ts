/**
 * A table of any length: only the rows that are in sight exist. It is one stop for Tab; arrows move within it, Enter does
 * what a click on the row does.
 */
import { element, setAttribute, setText } from "./element";

export interface Column<Row> {
  readonly title: string;
  readonly meaning?: string;
  /** Of the table's width; the rest is shared out. */
  readonly width?: string;
  readonly numeric?: boolean;
  /** What makes the table sort by it; absent where it cannot. */
  readonly sort?: string;
  /** A text, or an element to be kept in the cell: `old` is the one that is there. */
  cell(row: Row, old: Element | undefined): string | Element;
}

export interface TableOptions<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** What stays the same about a row. */
  key(row: Row): string;
  /** Classes of a row. */
  look?(row: Row): string;
  activate?(row: Row): void;
  sort?(by: string): void;
  /** What to say where there is nothing. */
  readonly empty: string;
  /** Where rows may grow so that few of them fill the table. */
  readonly rowHeights?: { readonly least: number; readonly most: number };
}

const ROW_HEIGHT = 24;
/** Rows beyond those in sight, above and below. */
const BEYOND = 2;

let tables = 0;

export class Table<Row> {
  readonly element: HTMLElement;
  readonly #options: TableOptions<Row>;
  /** Of a row, in pixels; the style sheet has it from the table. */
  #height = ROW_HEIGHT;
  readonly #grid: HTMLTableElement;
  readonly #body = element("tbody");
  readonly #above = spacer();
  readonly #below = spacer();
  readonly #empty: HTMLElement;
  readonly #id = `table${++tables}`;
  readonly #headers: HTMLTableCellElement[];
  #rows: readonly Row[] = [];
  #shown: HTMLTableRowElement[] = [];
  #selected: string | undefined;
  #active = 0;
  // As they were measured last: to ask for them while others change the page would lay it out each time.
  #top = 0;
  #room = 0;
  #headerHeight = 0;

  constructor(options: TableOptions<Row>) {
    this.#options = options;
    this.#headers = options.columns.map((column) => this.#header(column));
    const widths = options.columns.map(({ width }) => sized(element("col"), width));
    this.#grid = element(
      "table",
      { attributes: { role: "grid", tabindex: "0", "aria-label": options.label } },
      element("colgroup", {}, ...widths),
      element("thead", {}, element("tr", {}, ...this.#headers)),
      this.#body,
    );
    this.#body.append(this.#above, this.#below);
    this.#empty = element("p", { class: "empty" }, options.empty);
    this.element = element("div", { class: "table" }, this.#grid, this.#empty);
    this.#setHeight(options.rowHeights?.least ?? ROW_HEIGHT);
    this.element.addEventListener("scroll", () => {
      this.#top = this.element.scrollTop;
      this.#draw();
    });
    new ResizeObserver(() => this.#measure()).observe(this.element);
    this.#grid.addEventListener("keydown", (event) => this.#press(event));
    this.#body.addEventListener("click", (event) => this.#click(event));
  }

  show(rows: readonly Row[], selected?: string, sorted?: { by: string; descending: boolean }): void {
    this.#rows = rows;
    this.#selected = selected;
    this.#active = Math.min(this.#active, Math.max(0, rows.length - 1));
    setAttribute(this.#grid, "aria-rowcount", String(rows.length + 1));
    this.#empty.hidden = rows.length > 0;
    this.#options.columns.forEach(({ sort }, index) => {
      const header = this.#headers[index];
      if (sort === undefined || header === undefined) return;
      const order = sorted?.by !== sort ? "none" : sorted.descending ? "descending" : "ascending";
      setAttribute(header, "aria-sort", order);
    });
    this.#draw();
  }

  /** Says what to do where there is nothing. */
  explain(text: string): void {
    setText(this.#empty, text);
  }

  #header(column: Column<Row>): HTMLTableCellElement {
    const { title, meaning, numeric, sort } = column;
    const look = numeric ? "number" : "";
    const properties = { class: look, attributes: { scope: "col" }, ...(meaning ? { title: meaning } : {}) };
    if (sort === undefined) return element("th", properties, title);
    const click = () => this.#options.sort?.(sort);
    return element("th", properties, element("button", { click, attributes: { type: "button" } }, title));
  }

  #measure(): void {
    this.#room = this.element.clientHeight;
    this.#headerHeight = this.#grid.tHead?.offsetHeight ?? 0;
    this.#draw();
  }

  /** As high as there is room for. */
  #settleHeight(): void {
    const { rowHeights } = this.#options;
    if (!rowHeights || this.#rows.length === 0) return;
    const fitting = Math.floor((this.#room - this.#headerHeight - 1) / this.#rows.length);
    const height = Math.min(Math.max(fitting, rowHeights.least), rowHeights.most);
    if (height !== this.#height) this.#setHeight(height);
  }

  #setHeight(height: number): void {
    this.#height = height;
    this.#grid.style.setProperty("--row", `${height}px`);
  }

  #draw(): void {
    this.#settleHeight();
    const height = this.#height;
    const first = Math.max(0, Math.floor(this.#top / height) - BEYOND);
    const rows = this.#rows.slice(first, Math.ceil((this.#top + this.#room) / height) + BEYOND);
    this.#above.style.height = `${first * height}px`;
    this.#below.style.height = `${Math.max(0, this.#rows.length - first - rows.length) * height}px`;
    while (this.#shown.length > rows.length) this.#shown.pop()?.remove();
    rows.forEach((row, index) => {
      this.#fill(this.#rowAt(index), row, first + index);
    });
    this.#tellActive();
  }

  #rowAt(index: number): HTMLTableRowElement {
    const known = this.#shown[index];
    if (known) return known;
    const cells = this.#options.columns.map(({ numeric }) => element("td", { class: numeric ? "number" : "" }));
    const made = element("tr", {}, ...cells);
    this.#below.before(made);
    this.#shown.push(made);
    return made;
  }

  #fill(made: HTMLTableRowElement, row: Row, index: number): void {
    const key = this.#options.key(row);
    setAttribute(made, "id", `${this.#id}-${index}`);
    setAttribute(made, "data-index", String(index));
    setAttribute(made, "class", `${this.#options.look?.(row) ?? ""}${index === this.#active ? " active" : ""}`);
    setAttribute(made, "aria-rowindex", String(index + 2));
    setAttribute(made, "aria-selected", String(key === this.#selected));
    this.#options.columns.forEach((column, place) => {
      const cell = made.cells[place] as HTMLTableCellElement;
      const old = cell.firstElementChild ?? undefined;
      const content = column.cell(row, old);
      if (typeof content === "string") {
        setText(cell, content);
        if (!column.numeric) setAttribute(cell, "title", content);
      } else if (content !== old) cell.replaceChildren(content);
    });
  }

  #tellActive(): void {
    const made = this.#shown.find(({ dataset }) => dataset["index"] === String(this.#active));
    if (made) setAttribute(this.#grid, "aria-activedescendant", made.id);
    else this.#grid.removeAttribute("aria-activedescendant");
  }

  #click(event: MouseEvent): void {
    const target = event.target as Element;
    const made = target.closest("tr");
    const row = this.#rows[Number(made?.dataset["index"] ?? -1)];
    if (row === undefined || target.closest("button")) return;
    this.#active = Number(made?.dataset["index"]);
    this.#draw();
    this.#options.activate?.(row);
  }

  #press(event: KeyboardEvent): void {
    if (event.target !== this.#grid) return;
    const page = Math.max(1, Math.floor(this.#room / this.#height) - 2);
    const steps: Readonly<Record<string, number>> = {
      ArrowUp: -1,
      ArrowDown: 1,
      PageUp: -page,
      PageDown: page,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
    };
    const step = steps[event.key];
    const row = this.#rows[this.#active];
    if (step !== undefined) this.#move(step);
    else if (event.key === "Enter" && row !== undefined) this.#options.activate?.(row);
    else return;
    event.preventDefault();
  }

  #move(step: number): void {
    this.#active = Math.min(Math.max(this.#active + step, 0), Math.max(0, this.#rows.length - 1));
    const top = this.#active * this.#height;
    const room = this.#room - this.#headerHeight;
    if (top < this.#top) this.#top = top;
    else if (top + this.#height > this.#top + room) this.#top = top + this.#height - room;
    this.#draw();
    this.element.scrollTop = this.#top;
  }
}

function spacer(): HTMLTableRowElement {
  return element("tr", { class: "spacer", attributes: { "aria-hidden": "true" } });
}

function sized(column: HTMLTableColElement, width: string | undefined): HTMLTableColElement {
  if (width !== undefined) column.style.width = width;
  return column;
}
