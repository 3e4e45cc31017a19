/** All that the page knows, and what of it is looked at. Views read it, and say what they want changed. */

import { printFileName } from "../shared/file_name";
import { DIGESTS, History } from "../shared/history";
import { type Arrival, type Origin, type Point, PROTOCOL, type ToView, type Trouble } from "../shared/protocol";
import { EVERYTHING, type Selection, type Shown, show } from "../shared/selection";
import { Colours } from "../shared/series/colours";
import type { Snapshot } from "../shared/snapshot";
import { Wholes } from "./wholes";

/** More than these are not listed. */
const MOST_TROUBLES = 20;

export class Store {
  /** What the page cannot do at all now. */
  problem: string | undefined;
  watching = true;
  readonly colours = new Colours();
  readonly #history = new History<Point>(DIGESTS);
  readonly #wholes: Wholes;
  readonly #changed: (urgent: boolean) => void;
  #troubles: readonly Trouble[] = [];
  #selection: Selection = EVERYTHING;
  #heard = false;

  /** `changed` is told whether a person waits for it; `ask` gets snapshots whole, where that can be done. */
  constructor(changed: (urgent: boolean) => void, ask?: (origin: Origin) => void) {
    this.#changed = changed;
    this.#wholes = new Wholes(ask);
  }

  get selection(): Selection {
    return this.#selection;
  }

  get troubles(): readonly Trouble[] {
    return this.#troubles;
  }

  /** Whether the host has said anything yet. */
  get heard(): boolean {
    return this.#heard;
  }

  get shown(): Shown | undefined {
    return show(this.#history.runs, this.#selection);
  }

  /** The whole of it; nothing while that is on its way, or if it is gone. */
  whole(origin: Origin): Snapshot | undefined {
    return this.#wholes.of(origin);
  }

  isGone(origin: Origin): boolean {
    return this.#wholes.isGone(origin);
  }

  select(change: Partial<Selection>): void {
    this.#selection = { ...this.#selection, ...change };
    this.#changed(true);
  }

  report(problem: string | undefined): void {
    this.problem = problem;
    this.#changed(true);
  }

  receive(message: ToView<Arrival>): void {
    switch (message.type) {
      case "reset":
        this.#reset(message);
        break;
      case "entries":
        this.#add(message.entries);
        break;
      case "gone":
        this.#wholes.lose(message);
        break;
      case "troubles":
        this.#addTroubles(message.troubles);
        break;
      case "watching":
        this.watching = message.watching;
        break;
    }
    this.#changed(message.type !== "entries");
  }

  #add(entries: readonly Arrival[]): void {
    this.#history.add(entries.map(({ snapshot: _, ...point }) => point));
    this.#wholes.keep(entries);
    this.#settle(entries);
  }

  #reset(message: ToView<Arrival> & { type: "reset" }): void {
    this.#heard = true;
    this.#history.clear();
    this.#wholes.clear();
    this.#troubles = [];
    this.watching = message.watching;
    this.problem = undefined;
    if (message.protocol !== PROTOCOL) {
      this.problem = "This page and its host are of different versions: reload the window.";
      return;
    }
    this.#add(message.entries);
    this.#addTroubles(message.troubles);
  }

  /** What could be read in the end is no trouble any more. */
  #settle(entries: readonly Origin[]): void {
    if (this.#troubles.length === 0) return;
    const read = new Set(entries.map((entry) => `${entry.source}\0${printFileName(entry)}`));
    this.#troubles = this.#troubles.filter(({ source, file }) => !read.has(`${source}\0${file}`));
  }

  #addTroubles(troubles: readonly Trouble[]): void {
    const known = new Map(this.#troubles.map((trouble) => [`${trouble.source}\0${trouble.file}`, trouble]));
    for (const trouble of troubles) known.set(`${trouble.source}\0${trouble.file}`, trouble);
    this.#troubles = [...known.values()].slice(-MOST_TROUBLES);
  }
}
