/** The names of the files that hold snapshots, as `framealloc_snapshot::SnapshotFileName` writes them. */

/** The file that always holds the latest snapshot of a directory. */
export const LATEST = "latest.json";

const NAME = /^snapshot-([0-9]{10,})-([0-9a-f]{12})\.json$/;
const DIGITS = 10;
const WRITER_DIGITS = 12;

export interface SnapshotFileName {
  /** Goes up from file to file, also from run to run: the oldest file has the lowest. */
  readonly sequence: number;
  /** Whose file it is: of two programs that write to one directory, neither writes over the other's files. */
  readonly writer: string;
}

/**
 * Reads a name; `undefined` for any other than those that {@link printFileName} writes. The library counts further than
 * numbers here are exact; a program that writes a file each microsecond gets there in 285 years.
 */
export function parseFileName(name: string): SnapshotFileName | undefined {
  const [, digits, writer] = NAME.exec(name) ?? [];
  if (digits === undefined || writer === undefined) return undefined;
  const found = { sequence: Number(digits), writer };
  return Number.isSafeInteger(found.sequence) && printFileName(found) === name ? found : undefined;
}

export function printFileName({ sequence, writer }: SnapshotFileName): string {
  return `snapshot-${String(sequence).padStart(DIGITS, "0")}-${writer.padStart(WRITER_DIGITS, "0")}.json`;
}
