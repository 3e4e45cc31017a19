/** What has been seen of the programs that are watched: bounded, in order, each file once. */
import type { Entry, Origin, Point } from "./protocol";
import type { Snapshot } from "./snapshot";

export interface Limits {
  /** The most snapshots of one run. */
  readonly snapshots: number;
  /** The most memory of all runs, as {@link weight} estimates it. */
  readonly bytes: number;
}

export const LIMITS: Limits = { snapshots: 300, bytes: 256 * 1024 * 1024 };

/** What a history has to know of what it keeps. */
export interface Kind<Its extends Origin> {
  /** The number of the snapshot's frame. */
  frame(entry: Its): number;
  /** Roughly the bytes that it takes in memory. */
  weight(entry: Its): number;
}

export const WHOLE: Kind<Entry> = {
  frame: ({ snapshot }) => snapshot.frame,
  weight: ({ snapshot }) => weight(snapshot),
};

export const DIGESTS: Kind<Point> = {
  frame: ({ digest }) => digest.frame,
  // Names are shared.
  weight: ({ digest: { threads, tags } }) => 8 * (64 + 5 * threads.ids.length + 2 * tags.paths.length),
};

/** One program from its start to its end, or as much of that as was kept. */
export interface Run<Its extends Origin = Entry> {
  /** Stays the same while the run grows and loses its oldest snapshots. */
  readonly id: string;
  readonly source: string;
  readonly writer: string;
  /** By age, the newest last; never empty. */
  readonly entries: readonly Its[];
}

export class History<Its extends Origin> {
  readonly #kind: Kind<Its>;
  readonly #limits: Limits;
  readonly #writers = new Map<string, Writer<Its>>();
  #runs: readonly Run<Its>[] | undefined;

  constructor(kind: Kind<Its>, limits: Limits = LIMITS) {
    this.#kind = kind;
    this.#limits = limits;
  }

  /** Adds what is new, in any order; whether there was any. */
  add(entries: readonly Its[]): boolean {
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
  get runs(): readonly Run<Its>[] {
    this.#runs ??= [...this.#writers.values()].flatMap((writer) => writer.runs()).sort(byAge);
    return this.#runs;
  }

  #writer(entry: Its): Writer<Its> {
    const key = JSON.stringify([entry.source, entry.writer]);
    let writer = this.#writers.get(key);
    if (writer === undefined) {
      writer = new Writer(key, this.#kind);
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
class Writer<Its extends Origin> {
  bytes = 0;
  readonly #key: string;
  readonly #kind: Kind<Its>;
  #entries: Its[] = [];
  /** The sequence numbers with which later runs begin. */
  #starts = new Set<number>();

  constructor(key: string, kind: Kind<Its>) {
    this.#key = key;
    this.#kind = kind;
  }

  insert(entry: Its): boolean {
    let at = this.#entries.length;
    while (at > 0 && this.#sequence(at - 1) > entry.sequence) at -= 1;
    if (at > 0 && this.#sequence(at - 1) === entry.sequence) return false;
    this.#entries.splice(at, 0, entry);
    this.bytes += this.#kind.weight(entry);
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
    const freed = this.#kind.weight(oldest);
    this.bytes -= freed;
    return freed;
  }

  runs(): Run<Its>[] {
    this.#starts = this.#findStarts();
    const runs: { id: string; source: string; writer: string; entries: Its[] }[] = [];
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
    return (this.#entries[index] as Its).sequence;
  }

  #findStarts(): Set<number> {
    const starts = new Set<number>();
    this.#entries.forEach((entry, index) => {
      const before = this.#entries[index - 1];
      const begins = before ? this.#kind.frame(entry) < this.#kind.frame(before) : this.#starts.has(entry.sequence);
      if (begins) starts.add(entry.sequence);
    });
    return starts;
  }
}

function byAge(a: Run<Origin>, b: Run<Origin>): number {
  const last = (run: Run<Origin>) => run.entries.at(-1)?.sequence ?? 0;
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
