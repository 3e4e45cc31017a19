/** What is looked at: which run, how much of it, and whether it goes on. */
import { count } from "../../shared/format";
import { runTitle } from "../../shared/run_title";
import type { Shown } from "../../shared/selection";
import { csv } from "../../shared/series/csv";
import { button, element, setText } from "../element";
import { fillSelect } from "../select";
import type { Context, View } from "../view";

const RANGES = [30, 60, 120, 300] as const;
const NEWEST_RUN = "newest";
const CUT = "cut";

export class BarView implements View {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #runs = element("select", { attributes: { "aria-label": "Run" } });
  readonly #range = element("select", { attributes: { "aria-label": "Time range" } });
  readonly #watch: HTMLButtonElement;
  readonly #tag: HTMLButtonElement;
  readonly #place = element("span", { class: "quiet place" });
  #shown: Shown | undefined;

  constructor(context: Context) {
    this.#context = context;
    const { store, transport } = context;
    this.#watch = button("Live", "Follow the program, or stand still", () =>
      transport.send({ type: "watch", watching: !store.watching }),
    );
    this.#watch.hidden = !transport.watches;
    this.#tag = button("", "Point out no tag", () => store.select({ tag: undefined }));
    this.#tag.className = "chip";
    this.#runs.addEventListener("change", () => this.#pickRun());
    this.#range.addEventListener("change", () => {
      if (this.#range.value !== CUT) store.select({ range: { newest: Number(this.#range.value) }, at: undefined });
    });
    const save = button("Save CSV", "Save the range as a table, a row for each snapshot", () => this.#save());
    const end = element("span", { class: "end" }, this.#tag, this.#place, save);
    this.element = element(
      "div",
      { class: "bar", attributes: { role: "group", "aria-label": "What is looked at" } },
      this.#watch,
      this.#runs,
      this.#range,
      end,
    );
  }

  update(shown: Shown): void {
    this.#shown = shown;
    const { store } = this.#context;
    setText(this.#watch, store.watching ? "● Live" : "❚❚ Frozen");
    this.#watch.setAttribute("aria-pressed", String(store.watching));
    const runs = shown.runs.map((run) => [run.id, runTitle(run)] as const);
    fillSelect(
      this.#runs,
      [[NEWEST_RUN, `Newest run: ${runTitle(shown.runs.at(-1) ?? shown.run)}`], ...runs.reverse()],
      store.selection.run ?? NEWEST_RUN,
    );
    this.#updateRange(shown);
    const { tag } = shown;
    this.#tag.hidden = tag === undefined;
    setText(this.#tag, `${tag ?? ""} ✕`);
    setText(this.#place, `${count(shown.index + 1)} of ${count(shown.entries.length)}`);
  }

  #updateRange({ entries }: Shown): void {
    const { range } = this.#context.store.selection;
    const options: [string, string][] = RANGES.map((newest) => [String(newest), `Last ${newest} snapshots`]);
    if ("newest" in range) {
      fillSelect(this.#range, options, String(range.newest));
      return;
    }
    const [first, last] = [entries[0], entries.at(-1)].map((entry) => count(entry?.digest.frame ?? 0));
    fillSelect(this.#range, [[CUT, `Frames ${first} to ${last}`], ...options], CUT);
  }

  #pickRun(): void {
    const run = this.#runs.value === NEWEST_RUN ? undefined : this.#runs.value;
    this.#context.store.select({ run, range: { newest: 300 }, at: undefined });
  }

  #save(): void {
    if (!this.#shown) return;
    const { entries } = this.#shown;
    const frames = [entries[0], entries.at(-1)].map((entry) => entry?.digest.frame ?? 0);
    const text = csv(entries.map(({ digest }) => digest));
    this.#context.transport.send({ type: "save", name: `frames-${frames[0]}-${frames[1]}.csv`, text });
  }
}
