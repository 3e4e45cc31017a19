import type { Entry } from "../../shared/protocol";
import type { Snapshot } from "../../shared/snapshot";
/** A snapshot with these fields, and nothing in the others. */
export declare function snapshot(fields?: object): Snapshot;
export declare function entry(sequence: number, fields?: object, writer?: string, source?: string): Entry;
