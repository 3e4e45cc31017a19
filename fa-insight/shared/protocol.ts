/**
 * What passes between the view (a webview or a page in a browser) and its host (the extension, `cargo fa serve`, or
 * nobody: a report holds one message).
 *
 * Both sides are told apart by the compiler and neither trusts the other: each message is checked where it arrives, and
 * one of a type that is not known is ignored, so that a view that a newer host restores does no harm.
 */
import { type Digest, digestOf, printDigest, readDigest } from "./digest";
import { Fields, Misfit } from "./fields";
import { checkSnapshot } from "./read";
import type { Snapshot } from "./snapshot";

/** The version of these messages; a host and a view of different versions do not talk. */
export const PROTOCOL = 2;

/** Where a snapshot was, by which it is told from all others. */
export interface Origin {
  /** The folder that it was found in, as people know it: a workspace folder's name, or a path. */
  readonly source: string;
  /** Which program wrote it, of several that share a folder. */
  readonly writer: string;
  /** Goes up from file to file. */
  readonly sequence: number;
}

export interface Entry extends Origin {
  readonly snapshot: Snapshot;
}

/** What is known of a snapshot whether or not the whole is at hand. */
export interface Point extends Origin {
  readonly digest: Digest;
}

/** An entry as the view has it from a message. */
export interface Arrival extends Point {
  /** The whole, if it was sent. */
  readonly snapshot: Snapshot | undefined;
}

/** Something that could not be read, and what may help. */
export interface Trouble {
  readonly source: string;
  readonly file: string;
  readonly message: string;
}

/**
 * Entries come in any order and may come twice, whole or as digests, of which each leaves out the names that it has in
 * common with the one before it in the message. A host with a long history sends the newest first, whole, and of the
 * others digests: the view asks for what is looked at.
 */
export type ToView<Its = object> =
  /** Forget everything: this is all there is. */
  | {
      readonly type: "reset";
      readonly protocol: number;
      readonly watching: boolean;
      readonly entries: readonly Its[];
      readonly troubles: readonly Trouble[];
    }
  /** More of the same, and what the view has asked for. */
  | { readonly type: "entries"; readonly entries: readonly Its[] }
  /** What the view has asked for is no longer there. */
  | ({ readonly type: "gone" } & Origin)
  /** More that cannot be read. An entry with the sequence and writer that a file is named after ends its trouble. */
  | { readonly type: "troubles"; readonly troubles: readonly Trouble[] }
  /** Whether folders are watched, or the view is frozen. */
  | { readonly type: "watching"; readonly watching: boolean };

/** Entries as digests, for a message. */
export function printPoints(entries: readonly Entry[]): object[] {
  let before: Digest | undefined;
  return entries.map(({ source, writer, sequence, snapshot }) => {
    const digest = digestOf(snapshot);
    const printed = printDigest(digest, before);
    before = digest;
    return { source, writer, sequence, digest: printed };
  });
}

export type FromView =
  /** The view can take messages; the host answers with `reset`, or has done so ahead. */
  | { readonly type: "ready" }
  /** Send this entry whole. */
  | ({ readonly type: "look" } & Origin)
  /** Open a place in the source; `file` as the snapshot names it. */
  | {
      readonly type: "open";
      readonly source: string;
      readonly file: string;
      readonly line: number;
      readonly column?: number;
    }
  | { readonly type: "watch"; readonly watching: boolean }
  /** Save what the view shows: a name without folders, and its text. */
  | { readonly type: "save"; readonly name: string; readonly text: string };

/** A message that arrived at the view; `undefined` for what is none. Entries that cannot be read become troubles. */
export function parseToView(value: unknown): ToView<Arrival> | undefined {
  return parsed(() => {
    const fields = Fields.of(value, "the message");
    switch (fields.text("type")) {
      case "reset": {
        const { entries, troubles } = readEntries(fields);
        return {
          type: "reset",
          protocol: fields.count("protocol"),
          watching: fields.flag("watching"),
          entries,
          troubles: [...fields.list("troubles", trouble), ...troubles],
        };
      }
      case "entries":
        return { type: "entries", entries: readEntries(fields).entries };
      case "gone":
        return { type: "gone", ...origin(fields) };
      case "troubles":
        return { type: "troubles", troubles: fields.list("troubles", trouble) };
      case "watching":
        return { type: "watching", watching: fields.flag("watching") };
      default:
        return undefined;
    }
  });
}

/** A message that arrived at the host; `undefined` for what is none, or asks for what no view asks for. */
export function parseFromView(value: unknown): FromView | undefined {
  return parsed(() => {
    const fields = Fields.of(value, "the message");
    switch (fields.text("type")) {
      case "ready":
        return { type: "ready" };
      case "look":
        return { type: "look", ...origin(fields) };
      case "open":
        return open(fields);
      case "watch":
        return { type: "watch", watching: fields.flag("watching") };
      case "save":
        return save(fields);
      default:
        return undefined;
    }
  });
}

function parsed<Message>(parse: () => Message | undefined): Message | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Misfit) return undefined;
    throw error;
  }
}

function readEntries(fields: Fields): { entries: Arrival[]; troubles: Trouble[] } {
  const entries: Arrival[] = [];
  const troubles: Trouble[] = [];
  let before: Digest | undefined;
  fields.list("entries", (entry) => {
    const its = origin(entry);
    if (!entry.has("snapshot")) {
      before = readDigest(entry.inner("digest"), before);
      entries.push({ ...its, digest: before, snapshot: undefined });
      return;
    }
    const read = checkSnapshot(entry.value("snapshot"));
    if (read.kind === "snapshot") {
      entries.push({ ...its, digest: digestOf(read.snapshot), snapshot: read.snapshot });
    } else troubles.push({ source: its.source, file: `snapshot ${its.sequence}`, message: read.message });
  });
  return { entries, troubles };
}

function origin(fields: Fields): Origin {
  return { source: fields.text("source"), writer: fields.text("writer"), sequence: fields.count("sequence") };
}

function trouble(fields: Fields): Trouble {
  return { source: fields.text("source"), file: fields.text("file"), message: fields.text("message") };
}

function open(fields: Fields): FromView | undefined {
  const place = { source: fields.text("source"), file: fields.text("file"), line: fields.count("line") };
  if (place.file === "" || place.file.includes("\0") || place.line === 0) return undefined;
  const column = fields.optionalCount("column");
  return { type: "open", ...place, ...(column ? { column } : {}) };
}

/** Letters that stand for nothing but themselves in a file's name, on any system. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

function save(fields: Fields): FromView | undefined {
  const name = fields.text("name");
  return PLAIN_NAME.test(name) ? { type: "save", name, text: fields.text("text") } : undefined;
}
