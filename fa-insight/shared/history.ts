/** What has been seen of the programs that are watched: bounded, in order, each file once. */
import type { Entry } from "./protocol";
import type { Snapshot } from "./snapshot";

export interface Limits {
  /** The most snapshots of one run. */
  readonly snapshots: number;
  /** The most memory of all runs, as {@link weight} estimates it. */
  readonly bytes: number;
}

export const LIMITS: Limits = { snapshots: 300, bytes: 256 * 1024 * 1024 };

/** One program from its start to its end, or as much of that as was kept. */
export interface Run {
  /** Stays the same while the run grows and loses its oldest snapshots. */
  readonly id: string;
  readonly source: string;
  readonly writer: string;
  /** By age, the newest last; never empty. */
  readonly entries: readonly Entry[];
}

export class History {
  readonly #limits: Limits;
  readonly #writers = new Map<string, Writer>();
  #runs: readonly Run[] | undefined;

  constructor(limits: Limits = LIMITS) {
    this.#limits = limits;
  }

  /** Adds what is new, in any order; whether there was any. */
  add(entries: readonly Entry[]): boolean {
    const added = entries.filter((entry) => this.#writer(entry).insert(entry));
    if (added.length === 0) return false;
    this.#makeRoom();
    this.#runs = undefined;
    return true;
  }

  clear(): void {
    this.#writers.clear();
    this.#runs = undefined;
  }

  /** The run that wrote last stands last. The same value until something changes. */
  get runs(): readonly Run[] {
    this.#runs ??= [...this.#writers.values()].flatMap((writer) => writer.runs()).sort(byAge);
    return this.#runs;
  }

  #writer(entry: Entry): Writer {
    const key = JSON.stringify([entry.source, entry.writer]);
    let writer = this.#writers.get(key);
    if (writer === undefined) {
      writer = new Writer(key);
      this.#writers.set(key, writer);
    }
    return writer;
  }

  #makeRoom(): void {
    for (const writer of this.#writers.values()) writer.keepNewest(this.#limits.snapshots);
    let total = [...this.#writers.values()].reduce((sum, writer) => sum + writer.bytes, 0);
    while (total > this.#limits.bytes) {
      // The longest loses, so that a short run stays, to be compared with.
      const heaviest = [...this.#writers.values()].reduce((a, b) => (b.bytes > a.bytes ? b : a));
      const freed = heaviest.dropOldest();
      if (freed === 0) return;
      total -= freed;
    }
  }
}

/** The files of one writer. A restarted program may be the same writer; then its frames begin anew, and so does a run. */
class Writer {
  bytes = 0;
  readonly #key: string;
  #entries: Entry[] = [];
  /** The sequence numbers with which later runs begin. */
  #starts = new Set<number>();

  constructor(key: string) {
    this.#key = key;
  }

  insert(entry: Entry): boolean {
    let at = this.#entries.length;
    while (at > 0 && this.#sequence(at - 1) > entry.sequence) at -= 1;
    if (at > 0 && this.#sequence(at - 1) === entry.sequence) return false;
    this.#entries.splice(at, 0, entry);
    this.bytes += weight(entry.snapshot);
    return true;
  }

  keepNewest(most: number): void {
    while (this.#entries.length > most && this.dropOldest() > 0);
  }

  /** How many bytes that frees; none where only one is left, which is always kept. */
  dropOldest(): number {
    const [oldest, next] = this.#entries;
    if (oldest === undefined || next === undefined) return 0;
    // Where a run begins is seen by the frame before.
    this.#starts = this.#findStarts();
    this.#entries.shift();
    const freed = weight(oldest.snapshot);
    this.bytes -= freed;
    return freed;
  }

  runs(): Run[] {
    this.#starts = this.#findStarts();
    const runs: { id: string; source: string; writer: string; entries: Entry[] }[] = [];
    for (const entry of this.#entries) {
      const start = this.#starts.has(entry.sequence);
      if (start || runs.length === 0) {
        const id = start ? `${this.#key}@${entry.sequence}` : this.#key;
        runs.push({ id, source: entry.source, writer: entry.writer, entries: [] });
      }
      runs.at(-1)?.entries.push(entry);
    }
    return runs;
  }

  #sequence(index: number): number {
    return (this.#entries[index] as Entry).sequence;
  }

  #findStarts(): Set<number> {
    const starts = new Set<number>();
    this.#entries.forEach((entry, index) => {
      const before = this.#entries[index - 1];
      const begins = before ? entry.snapshot.frame < before.snapshot.frame : this.#starts.has(entry.sequence);
      if (begins) starts.add(entry.sequence);
    });
    return starts;
  }
}

function byAge(a: Run, b: Run): number {
  const last = (run: Run) => run.entries.at(-1)?.sequence ?? 0;
  return last(a) - last(b) || (a.id < b.id ? -1 : 1);
}

/** Roughly the bytes that a snapshot takes in memory: a word for each field, and the texts. */
export function weight(snapshot: Snapshot): number {
  const rows = (count: number, fields: number) => count * (fields + 4) * 8;
  const texts = (items: readonly { readonly path: string }[]) =>
    items.reduce((sum, { path }) => sum + 16 + path.length, 0);
  const { threads, tags, phases, scratch, diagnostics, call_sites: sites } = snapshot;
  return (
    rows(8, 8) +
    rows(threads.length, 27) +
    rows(tags.length, 13) +
    texts(tags) +
    rows(phases.length, 6) +
    texts(phases) +
    rows(scratch.length, 7) +
    rows(diagnostics.length, 6) +
    diagnostics.reduce((sum, { message }) => sum + 16 + message.length, 0) +
    rows(sites?.length ?? 0, 20)
  );
}
