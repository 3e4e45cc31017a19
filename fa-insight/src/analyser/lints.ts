/** What the analyser tells of its lints. */

/** Codes and names are such words, and nothing else reaches a command line. */
export function isCode(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(value);
}

export interface Lint {
  readonly code: string;
  readonly name: string;
  readonly summary: string;
}

/** What `cargo fa list --format json` prints. */
export function readLints(text: string): readonly Lint[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isLint) : [];
  } catch {
    return [];
  }
}

function isLint(value: unknown): value is Lint {
  const lint = value as Partial<Record<keyof Lint, unknown>> | null;
  return typeof lint?.code === "string" && typeof lint.name === "string" && typeof lint.summary === "string";
}
