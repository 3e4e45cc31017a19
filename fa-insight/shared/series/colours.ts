/** Which colour a tag has. */

/** So many colours can be told apart, also by people who see fewer; beyond them come the same ones, hatched. */
export const COLOURS = 6;

/**
 * A name asks for the colour that its letters point to, and gets the next one that is free. So a tag has the same colour
 * in each session as long as few names point to the same, and keeps it while a session lasts.
 */
export class Colours {
  readonly #places = new Map<string, number>();

  /** From zero; below twice {@link COLOURS}. */
  of(name: string): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const wanted = hash(name) % COLOURS;
    const taken = new Set(this.#places.values());
    const order = Array.from({ length: COLOURS }, (_, step) => (wanted + step) % COLOURS);
    const free = [...order, ...order.map((place) => place + COLOURS)].find((place) => !taken.has(place));
    const place = free ?? wanted + COLOURS;
    this.#places.set(name, place);
    return place;
  }
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return value;
}
