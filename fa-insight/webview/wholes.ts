/** The snapshots that are at hand whole: those that came so, and those that were asked for. */
import type { Arrival, Origin } from "../shared/protocol";
import type { Snapshot } from "../shared/snapshot";

/** So many are kept where the host has them all. */
const MOST = 50;

export class Wholes {
  readonly #ask: ((origin: Origin) => void) | undefined;
  /** The one that was looked at last stands last. */
  readonly #known = new Map<string, Snapshot>();
  readonly #gone = new Set<string>();
  /** One at a time: who steps through many wants the one where the steps end. */
  #awaited: string | undefined;

  /** `ask` is absent where nobody can be asked, so that all that comes has to be kept. */
  constructor(ask: ((origin: Origin) => void) | undefined) {
    this.#ask = ask;
  }

  keep(arrivals: readonly Arrival[]): void {
    for (const arrival of arrivals) {
      const { snapshot } = arrival;
      if (snapshot === undefined) continue;
      this.#settle(keyOf(arrival));
      this.#known.set(keyOf(arrival), snapshot);
    }
    for (const key of this.#known.keys()) {
      if (this.#ask === undefined || this.#known.size <= MOST) break;
      this.#known.delete(key);
    }
  }

  /** It will not come any more. */
  lose(origin: Origin): void {
    this.#settle(keyOf(origin));
    this.#gone.add(keyOf(origin));
  }

  isGone(origin: Origin): boolean {
    return this.#gone.has(keyOf(origin));
  }

  /** The whole, or nothing yet, and then it is asked for. */
  of({ source, writer, sequence }: Origin): Snapshot | undefined {
    const origin = { source, writer, sequence };
    const key = keyOf(origin);
    const snapshot = this.#known.get(key);
    if (snapshot !== undefined) {
      this.#known.delete(key);
      this.#known.set(key, snapshot);
    } else if (this.#awaited === undefined && !this.#gone.has(key)) {
      this.#awaited = key;
      this.#ask?.(origin);
    }
    return snapshot;
  }

  clear(): void {
    this.#known.clear();
    this.#gone.clear();
    this.#awaited = undefined;
  }

  #settle(key: string): void {
    if (this.#awaited === key) this.#awaited = undefined;
  }
}

function keyOf({ source, writer, sequence }: Origin): string {
  return `${sequence}\0${writer}\0${source}`;
}
