import { counted } from "./format";
import type { Run } from "./history";
import type { Origin } from "./protocol";

/** A process and, in the lowest digits, which of its emitters. */
const WRITER = /^([0-9a-f]{8})[0-9a-f]{4}$/;
/** Where snapshots go unless a program says otherwise; it tells no program from another. */
const USUAL = /[\\/]target[\\/]framealloc[\\/]?$/;

/** A run as people tell it from others: its folder, its process, how much of it there is. */
export function runTitle({ source, writer, entries }: Run<Origin>): string {
  const folder = source.replace(USUAL, "").split(/[\\/]/).filter(Boolean).at(-1) ?? source;
  const process = WRITER.exec(writer)?.[1];
  const program = process === undefined ? writer : `process ${Number.parseInt(process, 16)}`;
  return `${folder}, ${program}, ${counted(entries.length, "snapshot")}`;
}
