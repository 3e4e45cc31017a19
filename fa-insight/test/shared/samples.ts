import { type Digest, digestOf } from "../../shared/digest";
import type { Entry, Point } from "../../shared/protocol";
import { checkSnapshot } from "../../shared/read";
import type { Snapshot } from "../../shared/snapshot";

/** A snapshot with these fields, and nothing in the others. */
export function snapshot(fields: object = {}): Snapshot {
  const read = checkSnapshot({ version: 1, frame: 0, ...fields });
  if (read.kind !== "snapshot") throw new Error(read.message);
  return read.snapshot;
}

export function entry(sequence: number, fields: object = {}, writer = "000000000001", source = "game"): Entry {
  return { source, writer, sequence, snapshot: snapshot({ frame: sequence, ...fields }) };
}

export function digest(fields: object = {}): Digest {
  return digestOf(snapshot(fields));
}

export function point(sequence: number, fields: object = {}, writer?: string, source?: string): Point {
  const { snapshot, ...origin } = entry(sequence, fields, writer, source);
  return { ...origin, digest: digestOf(snapshot) };
}
