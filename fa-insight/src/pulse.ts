/** The eye sees no more changes a second. */
const INTERVAL_MS = 200;

/** Lets many wishes for the same thing come true at once: the first soon, and further ones no sooner than `INTERVAL_MS`. */
export class Pulse {
  readonly #call: () => void;
  #timer: NodeJS.Timeout | undefined;
  #last = 0;

  constructor(call: () => void) {
    this.#call = call;
  }

  ask(): void {
    const wait = Math.max(0, this.#last + INTERVAL_MS - Date.now());
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#last = Date.now();
      this.#call();
    }, wait);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
