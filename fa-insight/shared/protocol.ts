/**
 * What passes between the view (a webview or a page in a browser) and its host (the extension, or `cargo fa serve`).
 *
 * Both sides are told apart by the compiler and neither trusts the other: each message is checked where it arrives, and
 * one of a type that is not known is ignored, so that a view that a newer host restores does no harm.
 */
import type { Snapshot } from "./snapshot";

/** The version of these messages; a host and a view of different versions do not talk. */
export const PROTOCOL = 1;

/** A snapshot and where it was. */
export interface Entry {
  /** The folder that it was found in, as people know it: a workspace folder's name, or a path. */
  readonly source: string;
  /** Which program wrote it, of several that share a folder. */
  readonly writer: string;
  /** Goes up from file to file. */
  readonly sequence: number;
  readonly snapshot: Snapshot;
}

/** Something that could not be read, and what may help. */
export interface Trouble {
  readonly source: string;
  readonly file: string;
  readonly message: string;
}

export type ToView =
  /** Forget everything: this is all there is. */
  | { readonly type: "reset"; readonly protocol: number; readonly watching: boolean; readonly entries: readonly Entry[]; readonly troubles: readonly Trouble[] }
  /** More of the same. */
  | { readonly type: "entries"; readonly entries: readonly Entry[] }
  | { readonly type: "troubles"; readonly troubles: readonly Trouble[] }
  /** Whether folders are watched, or the view is frozen. */
  | { readonly type: "watching"; readonly watching: boolean };

export type FromView =
  /** The view can take messages; the host answers with `reset`. */
  | { readonly type: "ready"; readonly protocol: number }
  /** Open a place in the source; `file` as the snapshot names it. */
  | { readonly type: "open"; readonly source: string; readonly file: string; readonly line: number; readonly column?: number }
  | { readonly type: "watch"; readonly watching: boolean }
  /** Save what the view shows: a name without folders, and its text. */
  | { readonly type: "save"; readonly name: string; readonly text: string };
