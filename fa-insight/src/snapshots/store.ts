/** What has been read of all folders, and what there is to say about it; knows neither files nor the editor. */
import { History, LIMITS, type Run, WHOLE } from "../../shared/history";
import type { Entry, Origin, Trouble } from "../../shared/protocol";

export interface Change {
  /** New snapshots; none when it is something else that has changed. */
  readonly entries: readonly Entry[];
  /** Whether what was there before has gone. */
  readonly reset: boolean;
}

type Call = (change: Change) => void;

export class Store {
  #history: History<Entry>;
  readonly #length: () => number;
  readonly #calls = new Set<Call>();
  #troubles = new Map<string, readonly Trouble[]>();
  /** What came while nothing is to move. */
  #held: Entry[] = [];
  #frozen = false;
  #watching = false;

  constructor(length: () => number = () => LIMITS.snapshots) {
    this.#length = length;
    this.#history = this.#empty();
  }

  /** The run that wrote last stands last. */
  get runs(): readonly Run[] {
    return this.#history.runs;
  }

  get current(): Run | undefined {
    return this.runs.at(-1);
  }

  get latest(): Entry | undefined {
    return this.current?.entries.at(-1);
  }

  get entries(): readonly Entry[] {
    return this.runs.flatMap((run) => run.entries);
  }

  find({ source, writer, sequence }: Origin): Entry | undefined {
    const isIt = (entry: Entry) => entry.sequence === sequence && entry.writer === writer && entry.source === source;
    return this.entries.find(isIt);
  }

  get troubles(): readonly Trouble[] {
    return [...this.#troubles.values()].flat();
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  get watching(): boolean {
    return this.#watching;
  }

  /** Calls after each change until what it returns is called. */
  onChange(call: Call): () => void {
    this.#calls.add(call);
    return () => this.#calls.delete(call);
  }

  add(entries: readonly Entry[]): void {
    if (this.#frozen) {
      this.#held = [...this.#held, ...entries].slice(-this.#length());
    } else if (this.#history.add(entries)) {
      this.#tell({ entries, reset: false });
    }
  }

  setTroubles(key: string, troubles: readonly Trouble[]): void {
    if (JSON.stringify(this.#troubles.get(key) ?? []) === JSON.stringify(troubles)) return;
    this.#troubles.set(key, troubles);
    this.#tell({ entries: [], reset: false });
  }

  setWatching(watching: boolean): void {
    if (this.#watching === watching) return;
    this.#watching = watching;
    this.#tell({ entries: [], reset: false });
  }

  freeze(): void {
    this.#frozen = true;
    this.#tell({ entries: [], reset: false });
  }

  /** Goes on, with what came meanwhile. */
  thaw(): void {
    const entries = this.#held;
    this.#held = [];
    this.#frozen = false;
    this.#tell({ entries: [], reset: false });
    this.add(entries);
  }

  clear(): void {
    this.#history = this.#empty();
    this.#troubles.clear();
    this.#held = [];
    this.#tell({ entries: [], reset: true });
  }

  #empty(): History<Entry> {
    return new History(WHOLE, { ...LIMITS, snapshots: this.#length() });
  }

  #tell(change: Change): void {
    for (const call of this.#calls) call(change);
  }
}
