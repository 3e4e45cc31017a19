import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Events come in swarms. */
const CALM_MS = 40;
/** How often a folder may be gone between being found and being watched. */
const ATTEMPTS = 5;

export interface WatchListener {
  /** Something happened to the files of these names; without them, to any. */
  event(changed?: ReadonlySet<string>): void;
  /** The system does not watch: its watches may be used up. */
  failed(error: Error): void;
}

/**
 * Tells when something happens in a folder, which need not exist yet and may go and come back. The system tells; nothing
 * is asked in intervals. Where the folder is not there, the nearest one above it is watched, up to `base`.
 *
 * The editor's own watchers would be less code; but people exclude `target` from those, and the editor looks for folders
 * that do not exist every few seconds.
 */
export class FolderWatch {
  readonly #folder: string;
  readonly #base: string;
  readonly #listener: WatchListener;
  #watcher: FSWatcher | undefined;
  /** What is watched now: which path, and which of the folders that have had this path. */
  #watched = "";
  /** What was heard of and not told; nothing while it may be any file. */
  #changed: Set<string> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(folder: string, base: string, listener: WatchListener) {
    this.#folder = folder;
    this.#base = base;
    this.#listener = listener;
  }

  /** Begins, and calls once for what is there already. */
  async open(): Promise<void> {
    const changed = this.#changed;
    this.#changed = new Set();
    const isSame = await this.#settle();
    if (!this.#closed) this.#listener.event(isSame ? changed : undefined);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#watcher?.close();
  }

  #hear(name: string | null): void {
    if (this.#closed) return;
    if (name === null) this.#changed = undefined;
    else this.#changed?.add(name);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.open();
    }, CALM_MS);
  }

  /** Watches what ought to be watched; again, if that changed meanwhile. Whether it was so, and is the folder, already. */
  async #settle(): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      const nearest = await this.#nearest();
      if (this.#closed || nearest?.identity === this.#watched) return attempt === 1 && nearest?.path === this.#folder;
      this.#watcher?.close();
      this.#watcher = undefined;
      this.#watched = "";
      if (nearest === undefined) return false;
      try {
        this.#watcher = watch(nearest.path, { persistent: false }, (_, name) => this.#hear(name));
        this.#watcher.on("error", () => this.#hear(null));
        this.#watched = nearest.identity;
      } catch (error) {
        if (attempt < ATTEMPTS) continue;
        this.#listener.failed(error instanceof Error ? error : new Error(String(error)));
        return false;
      }
    }
  }

  async #nearest(): Promise<{ path: string; identity: string } | undefined> {
    for (let path = this.#folder; ; path = dirname(path)) {
      try {
        const found = await stat(path);
        if (found.isDirectory()) return { path, identity: `${found.dev}:${found.ino}:${path}` };
      } catch {
        // Not there: the one above.
      }
      if (path === this.#base || path === dirname(path)) return undefined;
    }
  }
}
