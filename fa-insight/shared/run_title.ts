import { counted } from "./format";
import type { Run } from "./history";

/** The lowest digits of a writer count the emitters of its process; those before are the process. */
const EMITTER_DIGITS = 4;

/** A run as people tell it from others: its folder, its process, how much of it there is. */
export function runTitle({ source, writer, entries }: Run): string {
  const name = source.split(/[\\/]/).filter(Boolean).at(-1) ?? source;
  const process = Number.parseInt(writer.slice(0, -EMITTER_DIGITS), 16);
  const program = Number.isNaN(process) ? writer : `process ${process}`;
  return `${name}, ${program}, ${counted(entries.length, "snapshot")}`;
}
