/** The eye sees no more changes a second. */
const INTERVAL_MS = 200;

/** Lets many wishes for the same thing come true at once: the first soon, and further ones no sooner than `INTERVAL_MS`. */
export class Pulse {
  readonly #call: () => void;
  #timer: NodeJS.Timeout | undefined;
  #last = 0;
  #holds = 0;
  #wanted = false;

  constructor(call: () => void) {
    this.#call = call;
  }

  ask(): void {
    this.#wanted = true;
    if (this.#holds > 0) return;
    this.#timer ??= setTimeout(() => this.#beat(), this.#wait);
  }

  get #wait(): number {
    return Math.max(0, this.#last + INTERVAL_MS - Date.now());
  }

  /** Lets nothing happen for as long as after a beat. */
  rest(): void {
    this.#last = Date.now();
  }

  /** Lets nothing happen until something is done. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#holds += 1;
    try {
      return await work();
    } finally {
      this.#holds -= 1;
      if (this.#wanted) this.ask();
    }
  }

  /** Waits for what is wished for already, and for as long as after a beat. */
  async quiet(): Promise<void> {
    while (this.#timer !== undefined || this.#wait > 0) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(1, this.#wait)));
    }
  }

  #beat(): void {
    this.#timer = undefined;
    if (this.#holds > 0) return;
    if (this.#wait > 0) {
      this.ask();
      return;
    }
    this.#wanted = false;
    this.#last = Date.now();
    this.#call();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#holds = Number.POSITIVE_INFINITY;
  }
}
