/** What is wrong, and what to do where there is nothing to see yet. */
import type { Shown } from "../../shared/selection";
import { element } from "../element";
import type { Store } from "../store";

export class Notices {
  readonly element = element("div", { class: "notices", attributes: { role: "status", "aria-live": "polite" } });
  readonly welcome = welcome();
  readonly #store: Store;
  #key = "";

  constructor(store: Store) {
    this.#store = store;
  }

  update(shown: Shown | undefined): void {
    const { problem, troubles, heard } = this.#store;
    this.welcome.hidden = shown !== undefined || !heard || problem !== undefined;
    const gone = shown !== undefined && this.#store.isGone(shown.entry);
    const key = JSON.stringify([problem, gone, troubles]);
    if (key === this.#key) return;
    this.#key = key;
    const notes = problem === undefined ? [] : [element("p", { class: "notice over" }, problem)];
    for (const { file, message, source } of troubles) {
      notes.push(element("p", { class: "notice", title: source }, element("code", {}, file), ` ${message}`));
    }
    if (gone) notes.push(element("p", { class: "notice" }, GONE));
    this.element.replaceChildren(...notes);
  }
}

const GONE =
  "Only what the charts show is kept of the snapshot that is looked at: there are too many, or its file has gone.";

const EXAMPLE = `let emitter = SnapshotEmitter::new(SnapshotConfig::default());
// After each frame:
alloc.end_frame();
emitter.maybe_emit_from(&alloc);`;

function welcome(): HTMLElement {
  return element(
    "section",
    { class: "welcome" },
    element("h2", {}, "No snapshots yet"),
    element(
      "p",
      {},
      "This page shows the frame memory of a program that uses framealloc, as soon as it writes snapshots. Let it do so after each frame:",
    ),
    element("pre", {}, element("code", {}, EXAMPLE)),
    element(
      "p",
      {},
      "They go to ",
      element("code", {}, "target/framealloc"),
      " unless the configuration says otherwise. To see some now, run the library's example game in this folder:",
    ),
    element("pre", {}, element("code", {}, "cargo run --release --example game_loop -- --snapshots target/framealloc")),
  );
}
