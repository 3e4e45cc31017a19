import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Events come in swarms. */
const CALM_MS = 40;
/** How often a folder may be gone between being found and being watched. */
const ATTEMPTS = 5;

export interface WatchListener {
  /** Something happened. */
  event(): void;
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
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(folder: string, base: string, listener: WatchListener) {
    this.#folder = folder;
    this.#base = base;
    this.#listener = listener;
  }

  /** Begins, and calls once for what is there already. */
  async open(): Promise<void> {
    await this.#settle();
    if (!this.#closed) this.#listener.event();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#watcher?.close();
  }

  #hear(): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.open();
    }, CALM_MS);
  }

  /** Watches what ought to be watched; again, if that changed meanwhile. */
  async #settle(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const nearest = await this.#nearest();
      if (this.#closed || nearest?.identity === this.#watched) return;
      this.#watcher?.close();
      this.#watcher = undefined;
      this.#watched = "";
      if (nearest === undefined) return;
      try {
        this.#watcher = watch(nearest.path, { persistent: false }, () => this.#hear());
        this.#watcher.on("error", () => this.#hear());
        this.#watched = nearest.identity;
      } catch (error) {
        if (attempt < ATTEMPTS) continue;
        this.#listener.failed(error instanceof Error ? error : new Error(String(error)));
        return;
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
