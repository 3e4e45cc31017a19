/** Two snapshots or runs side by side, what has grown most first. */
import type { Digest } from "../../shared/digest";
import { byteDifference, bytes, count, share } from "../../shared/format";
import type { Point } from "../../shared/protocol";
import { runTitle } from "../../shared/run_title";
import type { Shown } from "../../shared/selection";
import { type Bytes, bytesOf, type Growth, growths, meanBytes, meanOf, TOTALS } from "../../shared/series/difference";
import { rootOf } from "../../shared/series/tags";
import { button, element, setText } from "../element";
import { Panel } from "../panel";
import { fillSelect } from "../select";
import { Table } from "../table";
import { type Context, swatch, type View } from "../view";

/** What can be put on a side: moving ends of the range, a snapshot that was pinned, or the mean of a run. */
type Source =
  | { readonly kind: "first" | "looked-at" | "newest" }
  | { readonly kind: "pinned"; readonly entry: Point }
  | { readonly kind: "run"; readonly id: string };

interface Side {
  readonly name: "A" | "B";
  readonly select: HTMLSelectElement;
  source: Source;
  pinned: Point | undefined;
}

export class DifferenceView implements View {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #table: Table<Growth>;
  readonly #totals = element("dl", { class: "facts totals" });
  readonly #a: Side;
  readonly #b: Side;
  #shown: Shown | undefined;

  constructor(context: Context) {
    this.#context = context;
    const panel = new Panel(
      "difference",
      "Difference",
      "Frame bytes by tag of two snapshots or runs; what has grown most stands first",
    );
    this.element = panel.element;
    this.#a = this.#side("A", { kind: "first" });
    this.#b = this.#side("B", { kind: "looked-at" });
    for (const side of [this.#a, this.#b]) {
      const pin = button("Pin", `Keep the snapshot that is looked at as ${side.name}`, () => this.#pin(side));
      panel.tools.append(element("span", { class: "side" }, element("label", {}, side.name, side.select), pin));
    }
    const number = (title: string, meaning: string, cell: (row: Growth) => string, width = "86px") => ({
      title,
      meaning,
      cell,
      width,
      numeric: true,
    });
    this.#table = new Table<Growth>({
      label: "Growth by tag",
      columns: [
        { title: "Tag", cell: (row, old) => this.#name(row, old) },
        number("A", "Frame bytes on side A", ({ a }) => bytes(a)),
        number("B", "Frame bytes on side B", ({ b }) => bytes(b)),
        number("Growth", "B less A", ({ growth }) => byteDifference(growth)),
        number(
          "Part",
          "The growth as a part of A",
          ({ a, growth }) => (a === 0 ? "new" : `${growth > 0 ? "+" : "−"}${share(Math.abs(growth), a)}`),
          "80px",
        ),
      ],
      key: ({ path }) => path,
      look: ({ growth }) => (growth > 0 ? "grown" : "shrunk"),
      activate: ({ path }) => context.store.select({ tag: path }),
      empty: "Both sides are the same.",
    });
    panel.body.append(this.#totals, this.#table.element);
  }

  update(shown: Shown): void {
    this.#shown = shown;
    for (const side of [this.#a, this.#b]) offer(side, shown);
    this.#draw();
  }

  #side(name: "A" | "B", source: Source): Side {
    const select = element("select", { attributes: { "aria-label": `Side ${name}` } });
    const side: Side = { name, select, source, pinned: undefined };
    select.addEventListener("change", () => {
      side.source = parseSource(select.value, side);
      this.#draw();
    });
    return side;
  }

  #pin(side: Side): void {
    if (!this.#shown) return;
    side.pinned = this.#shown.entry;
    side.source = { kind: "pinned", entry: this.#shown.entry };
    this.update(this.#shown);
  }

  #draw(): void {
    if (!this.#shown) return;
    const [a, b] = [resolve(this.#a.source, this.#shown), resolve(this.#b.source, this.#shown)];
    this.#table.show(growths(tagsOf(a), tagsOf(b)), this.#shown.tag);
    TOTALS.forEach(([title, read], index) => {
      let item = this.#totals.children[index];
      if (item === undefined) {
        item = element("div", {}, element("dt", {}, title), element("dd"));
        this.#totals.append(item);
      }
      const [before, after] = [meanOf(a, read), meanOf(b, read)].map(Math.round) as [number, number];
      setText(item.lastElementChild as Element, `${bytes(after)} (${byteDifference(after - before)})`);
    });
  }

  #name({ path }: Growth, old: Element | undefined): Element {
    const made = old ?? element("span", { class: "tag" }, swatch(0), element("span", { class: "name" }));
    const [sample, name] = made.children as unknown as [HTMLElement, HTMLElement];
    sample.dataset["place"] = String(this.#context.store.colours.of(rootOf(path)));
    setText(name, path);
    return made;
  }
}

/** One snapshot, or all of a run. */
function resolve(source: Source, shown: Shown): readonly Digest[] {
  switch (source.kind) {
    case "first":
      return [(shown.entries[0] as Point).digest];
    case "newest":
      return [(shown.entries.at(-1) as Point).digest];
    case "looked-at":
      return [shown.entry.digest];
    case "pinned":
      return [source.entry.digest];
    case "run":
      return (shown.runs.find(({ id }) => id === source.id) ?? shown.run).entries.map(({ digest }) => digest);
  }
}

function tagsOf(digests: readonly Digest[]): Bytes {
  const [only] = digests;
  return digests.length === 1 && only ? bytesOf(only) : meanBytes(digests);
}

function offer(side: Side, { runs }: Shown): void {
  const options: [string, string][] = [
    ["first", "first of the range"],
    ["looked-at", "looked at"],
    ["newest", "newest of the range"],
  ];
  if (side.pinned) options.push(["pinned", `pinned: frame ${count(side.pinned.digest.frame)}`]);
  for (const run of runs) options.push([`run:${run.id}`, `mean of ${runTitle(run)}`]);
  fillSelect(side.select, options, printSource(side.source));
}

function printSource(source: Source): string {
  return source.kind === "run" ? `run:${source.id}` : source.kind;
}

function parseSource(value: string, side: Side): Source {
  if (value.startsWith("run:")) return { kind: "run", id: value.slice("run:".length) };
  if (value === "pinned" && side.pinned) return { kind: "pinned", entry: side.pinned };
  return { kind: value === "first" || value === "newest" ? value : "looked-at" };
}
