/** The snapshots of one folder: each file read once, the newest first, a few at a time. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";

import { LATEST, parseFileName } from "../../shared/file_name";
import type { Entry, Trouble } from "../../shared/protocol";
import { readSnapshot } from "../../shared/read";

/** A file this large is no snapshot: a thousand tags of a hundred threads take a hundredth. */
const LARGEST_BYTES = 64 * 1024 * 1024;
/** After so much work others have their turn. */
const SLICE_MS = 8;
/** What is read is told of this often: each telling is work for everyone who shows it. */
const TELL_MS = 100;
/** A writer that still writes is done after this long. */
const AGAIN_MS = 1000;

export interface Listener {
  entries(entries: readonly Entry[]): void;
  /** All that cannot be read now. */
  troubles(troubles: readonly Trouble[]): void;
}

interface File {
  readonly name: string;
  readonly writer: string;
  readonly sequence: number;
  /** What its name says that it is. */
  readonly kind: "numbered" | "latest" | "other";
}

export class FolderReader {
  readonly #source: string;
  readonly #folder: string;
  readonly #listener: Listener;
  /** What has been read of each file that is there, by name: its size and age, or nothing where a name says enough. */
  #read = new Map<string, string>();
  #halves = new Set<string>();
  #troubles = new Map<string, Trouble>();
  #running: Promise<void> | undefined;
  /** Added to the numbers of the files: they begin anew when somebody empties the folder, and a run that follows is newer. */
  #offset = 0;
  #highest = -1;
  /** The files that were there when it was last looked. */
  #numbered: ReadonlySet<string> = new Set();
  #wanted = false;
  /** Of what has been read, what may be something else by now. */
  #suspects: Set<string> | "all" = new Set();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(source: string, folder: string, listener: Listener) {
    this.#source = source;
    this.#folder = folder;
    this.#listener = listener;
  }

  /**
   * Reads what is new, and what is among `changed`: where nobody knows, all that is other than it was. While that goes on,
   * another call makes it look once more.
   */
  scan(changed?: ReadonlySet<string>): Promise<void> {
    this.#wanted = true;
    if (changed === undefined) this.#suspects = "all";
    else if (this.#suspects !== "all") for (const name of changed) this.#suspects.add(name);
    this.#running ??= this.#scanAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #scanAll(): Promise<void> {
    while (this.#wanted && !this.#closed) {
      this.#wanted = false;
      const suspects = this.#suspects;
      this.#suspects = new Set();
      const files = await this.#files();
      this.#count(files);
      this.#forget(new Set(files.map((file) => file.name)));
      const isDue = ({ name }: File) =>
        suspects === "all" || suspects.has(name) || !this.#read.has(name) || this.#halves.has(name);
      await this.#readAll(files.filter(isDue));
      if (!this.#closed) this.#listener.troubles([...this.#troubles.values()]);
    }
  }

  /** The newest first. The latest snapshot's copy counts only where nothing else does. */
  async #files(): Promise<readonly File[]> {
    let names: readonly string[];
    try {
      names = (await readdir(this.#folder)).filter((name) => name.endsWith(".json"));
    } catch {
      return [];
    }
    const ours = names.flatMap((name): File[] => {
      const parsed = parseFileName(name);
      return parsed === undefined ? [] : [{ name, ...parsed, kind: "numbered" }];
    });
    const others = names
      .filter((name) => parseFileName(name) === undefined && (name !== LATEST || ours.length === 0))
      .map((name): File => ({ name, writer: name, sequence: 0, kind: name === LATEST ? "latest" : "other" }));
    return [...ours.sort((a, b) => b.sequence - a.sequence), ...others];
  }

  /** Notices when nothing is there that was there before, and the numbers have begun anew. */
  #count(files: readonly File[]): void {
    const numbered = files.filter((file) => file.kind === "numbered");
    const before = this.#numbered;
    this.#numbered = new Set(numbered.map((file) => file.name));
    if (numbered.length === 0) return;
    const highest = Math.max(...numbered.map((file) => file.sequence));
    const isNew = !numbered.some((file) => before.has(file.name));
    if (isNew && highest + this.#offset <= this.#highest) this.#offset = this.#highest + 1;
    this.#highest = Math.max(this.#highest, highest + this.#offset);
  }

  /** Files that have gone are read again if they come back. */
  #forget(present: ReadonlySet<string>): void {
    for (const known of [this.#read, this.#troubles, this.#halves]) {
      for (const name of known.keys()) if (!present.has(name)) known.delete(name);
    }
  }

  async #readAll(files: readonly File[]): Promise<void> {
    let batch: Entry[] = [];
    let since = performance.now();
    // The newest at once.
    let told = Number.NEGATIVE_INFINITY;
    const flush = () => {
      if (batch.length > 0 && !this.#closed) this.#listener.entries(batch);
      batch = [];
      told = performance.now();
    };
    for (const file of files) {
      const entry = await this.#readOne(file);
      if (this.#closed) return;
      if (entry !== undefined) batch.push(entry);
      if (performance.now() - since < SLICE_MS) continue;
      if (performance.now() - told >= TELL_MS) flush();
      await turn();
      since = performance.now();
    }
    flush();
  }

  async #readOne(file: File): Promise<Entry | undefined> {
    const path = join(this.#folder, file.name);
    try {
      const { size, mtimeMs } = await stat(path);
      const state = `${size}:${mtimeMs}`;
      if (this.#read.get(file.name) === state && !this.#halves.has(file.name)) return undefined;
      if (size > LARGEST_BYTES) return this.#complain(file, state, "too large for a snapshot");
      // It is one file all the time: only its age tells which snapshot is newer.
      const sequence = file.kind === "latest" ? Math.floor(mtimeMs) : file.sequence + this.#offset;
      return this.#understand({ ...file, sequence }, state, await readFile(path, "utf8"));
    } catch {
      // It has gone, to make room for a newer one.
      return undefined;
    }
  }

  #understand(file: File, state: string, text: string): Entry | undefined {
    const read = readSnapshot(text);
    if (read.kind === "snapshot") {
      this.#read.set(file.name, state);
      this.#halves.delete(file.name);
      this.#troubles.delete(file.name);
      return { source: this.#source, writer: file.writer, sequence: file.sequence, snapshot: read.snapshot };
    }
    if (read.kind === "half-written" && !this.#halves.has(file.name)) {
      this.#halves.add(file.name);
      this.#again();
      return undefined;
    }
    return this.#complain(file, state, read.message);
  }

  /** Other people's files may lie here, of which nothing is to be said. */
  #complain({ name, kind }: File, state: string, message: string): undefined {
    this.#read.set(name, state);
    this.#halves.delete(name);
    if (kind !== "other") this.#troubles.set(name, { source: this.#source, file: join(this.#folder, name), message });
  }

  #again(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.scan(), AGAIN_MS);
  }
}
