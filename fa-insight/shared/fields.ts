/**
 * An object of unknown content, field by field: what is missing is zero, empty or absent, what is of another type is
 * refused with its place, and what nobody asks for is left alone. This is how the library reads its own files.
 */

/** What a field holds is not what belongs there. */
export class Misfit extends Error {}

export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #place: string;
  readonly #parent: Fields | undefined;
  /** Of an object in a list. */
  readonly #index: number | undefined;

  private constructor(values: object, place: string, parent?: Fields, index?: number) {
    this.#values = values as Record<string, unknown>;
    this.#place = place;
    this.#parent = parent;
    this.#index = index;
  }

  /** `place` is how messages name the object, or the list that it is in. */
  static of(value: unknown, place: string, parent?: Fields, index?: number): Fields {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      const its = index === undefined ? place : `${place}[${index}]`;
      throw new Misfit(`${parent ? parent.#path(its) : its} is ${described(value)} instead of an object`);
    }
    return new Fields(value, place, parent, index);
  }

  /** A number that counts something: finite, whole and not below zero. */
  count(name: string): number {
    const value = this.#values[name];
    return value === undefined ? 0 : this.#checkedCount(name, value);
  }

  optionalCount(name: string): number | null {
    const value = this.#values[name];
    return value === undefined || value === null ? null : this.#checkedCount(name, value);
  }

  text(name: string): string {
    return this.optionalText(name) ?? "";
  }

  optionalText(name: string): string | null {
    const value = this.#values[name];
    if (value === undefined || value === null) return null;
    if (typeof value !== "string") throw this.#misfit(name, value, "a text");
    return value;
  }

  flag(name: string): boolean {
    const value = this.#values[name];
    if (value === undefined) return false;
    if (typeof value !== "boolean") throw this.#misfit(name, value, "true or false");
    return value;
  }

  has(name: string): boolean {
    const value = this.#values[name];
    return value !== undefined && value !== null;
  }

  /** A list of numbers that each count something. */
  counts(name: string): number[] {
    const values = this.#list(name);
    values.forEach((value, index) => {
      if (!isCount(value)) throw this.#misfit(`${name}[${index}]`, value, A_COUNT);
    });
    return values as number[];
  }

  texts(name: string): string[] {
    const values = this.#list(name);
    values.forEach((value, index) => {
      if (typeof value !== "string") throw this.#misfit(`${name}[${index}]`, value, "a text");
    });
    return values as string[];
  }

  /** Whatever is there, to be checked elsewhere. */
  value(name: string): unknown {
    return this.#values[name];
  }

  /** An object within; an empty one if it is missing. */
  inner(name: string): Fields {
    return Fields.of(this.#values[name] ?? {}, name, this);
  }

  list<T>(name: string, read: (fields: Fields) => T): T[] {
    return this.#list(name).map((value, index) => read(Fields.of(value, name, this, index)));
  }

  #list(name: string): unknown[] {
    const values = this.#values[name] ?? [];
    if (!Array.isArray(values)) throw this.#misfit(name, values, "a list");
    return values;
  }

  #checkedCount(name: string, value: unknown): number {
    if (!isCount(value)) throw this.#misfit(name, value, A_COUNT);
    return value;
  }

  #misfit(name: string, value: unknown, expected: string): Misfit {
    return new Misfit(`${this.#path(name)} is ${described(value)} instead of ${expected}`);
  }

  #path(name: string): string {
    if (this.#parent === undefined) return name;
    const place = this.#index === undefined ? this.#place : `${this.#place}[${this.#index}]`;
    return `${this.#parent.#path(place)}.${name}`;
  }
}

const A_COUNT = "a whole number from 0";

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

/** A value in a message: short, whatever it is. */
export function described(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
