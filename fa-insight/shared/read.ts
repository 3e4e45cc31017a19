/** From the text of a file to a snapshot that later code need not doubt. */
import { described, Fields, Misfit } from "./fields";
import { isComplete } from "./json_text";
import type {
  CallSite,
  Diagnostic,
  Location,
  PhaseSnapshot,
  ScratchSnapshot,
  Severity,
  Snapshot,
  Summary,
  TagSnapshot,
  ThreadSnapshot,
  Window,
} from "./snapshot";

/** The version of the schema that this reader knows. */
export const SCHEMA_VERSION = 1;

export type Read =
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot }
  /** The file ends too early: reading it again later may help. */
  | { readonly kind: "half-written"; readonly message: string }
  /** Not one of ours, or damaged. */
  | { readonly kind: "foreign"; readonly message: string }
  /** One of ours, by a library that is newer than this reader. */
  | { readonly kind: "newer"; readonly version: number; readonly message: string };

/** Reads a file's text. */
export function readSnapshot(text: string): Read {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!isComplete(text)) {
      return { kind: "half-written", message: "the file ends in the middle: its program may still be writing it" };
    }
    return { kind: "foreign", message: `not a snapshot: ${error instanceof Error ? error.message : "not JSON"}` };
  }
  return checkSnapshot(value);
}

/** Reads what was JSON already. */
export function checkSnapshot(value: unknown): Read {
  try {
    const fields = Fields.of(value, "the snapshot");
    if (!fields.has("version")) return foreign("it has no `version`");
    const version = fields.count("version");
    if (version > SCHEMA_VERSION) return newer(version);
    if (version !== SCHEMA_VERSION) return foreign(`there is no schema version ${version}`);
    if (!fields.has("frame")) return foreign("it has no `frame`");
    return { kind: "snapshot", snapshot: snapshot(fields) };
  } catch (error) {
    if (error instanceof Misfit) return foreign(error.message);
    throw error;
  }
}

function foreign(why: string): Read {
  return { kind: "foreign", message: `not a snapshot: ${why}` };
}

function newer(version: number): Read {
  const message =
    `a snapshot of schema version ${described(version)}, and this view knows version ${SCHEMA_VERSION}: ` +
    "update fa-insight and cargo-fa to the version of the program's framealloc";
  return { kind: "newer", version, message };
}

function snapshot(fields: Fields): Snapshot {
  return {
    version: SCHEMA_VERSION,
    frame: fields.count("frame"),
    summary: summary(fields.inner("summary")),
    threads: fields.list("threads", thread),
    tags: byPath(fields.list("tags", tag)),
    phases: byPath(fields.list("phases", phase)),
    promotions: counts(fields.inner("promotions"), ["to_pool", "to_heap", "leaked", "bytes", "taken", "unread"]),
    transfers: counts(fields.inner("transfers"), ["made", "received", "dropped", "in_flight"]),
    deferred: counts(fields.inner("deferred"), ["waiting", "processed", "deepest", "past_bound"]),
    scratch: fields.list("scratch", scratch),
    call_sites: fields.has("call_sites") ? fields.list("call_sites", callSite) : null,
    diagnostics: fields.list("diagnostics", diagnostic),
    window: window(fields),
    overhead: counts(fields.inner("overhead"), ["snapshot_nanoseconds", "bookkeeping_bytes"]),
  };
}

export function counts<Name extends string>(fields: Fields, names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, fields.count(name)])) as Record<Name, number>;
}

export function summary(fields: Fields): Summary {
  const sums = counts(fields, [
    "frame_bytes",
    "frame_allocations",
    "peak_frame_bytes",
    "frame_capacity_bytes",
    "parked_bytes",
    "parked_frames",
    "pool_bytes",
    "pool_capacity_bytes",
    "heap_bytes",
    "refills",
    "budgets_exceeded",
  ]);
  return {
    ...sums,
    resident_bytes: fields.optionalCount("resident_bytes"),
    untracked_bytes: fields.optionalCount("untracked_bytes"),
  };
}

// There are thousands of these two in a session: written out, so that all of them have one shape.

function thread(fields: Fields): ThreadSnapshot {
  return {
    id: fields.count("id"),
    name: fields.text("name"),
    frames: fields.count("frames"),
    frame_bytes: fields.count("frame_bytes"),
    frame_allocations: fields.count("frame_allocations"),
    frame_nanoseconds: fields.optionalCount("frame_nanoseconds"),
    peak_bytes: fields.count("peak_bytes"),
    capacity_bytes: fields.count("capacity_bytes"),
    parked_bytes: fields.count("parked_bytes"),
    parked_frames: fields.count("parked_frames"),
    pool_bytes: fields.count("pool_bytes"),
    pool_capacity_bytes: fields.count("pool_capacity_bytes"),
    heap_bytes: fields.count("heap_bytes"),
    refills: fields.count("refills"),
    deferred_depth: fields.count("deferred_depth"),
    frame_budget: fields.optionalCount("frame_budget"),
    pool_budget: fields.optionalCount("pool_budget"),
    heap_budget: fields.optionalCount("heap_budget"),
    budgets_exceeded: fields.count("budgets_exceeded"),
    window: window(fields),
  };
}

function tag(fields: Fields): TagSnapshot {
  return {
    path: fields.text("path"),
    bytes: fields.count("bytes"),
    own_bytes: fields.count("own_bytes"),
    allocations: fields.count("allocations"),
    peak_bytes: fields.count("peak_bytes"),
    pool_bytes: fields.count("pool_bytes"),
    pool_allocations: fields.count("pool_allocations"),
    heap_bytes: fields.count("heap_bytes"),
    heap_allocations: fields.count("heap_allocations"),
    budget: fields.optionalCount("budget"),
    budget_exceeded: fields.count("budget_exceeded"),
    heap_calls: fields.optionalCount("heap_calls"),
    heap_call_bytes: fields.optionalCount("heap_call_bytes"),
  };
}

function phase(fields: Fields): PhaseSnapshot {
  return {
    path: fields.text("path"),
    ...counts(fields, ["bytes", "own_bytes", "allocations"]),
    nanoseconds: fields.optionalCount("nanoseconds"),
    heap_calls: fields.optionalCount("heap_calls"),
  };
}

function scratch(fields: Fields): ScratchSnapshot {
  return {
    name: fields.text("name"),
    fixed: fields.flag("fixed"),
    ...counts(fields, ["capacity_bytes", "reserved_bytes", "used_bytes", "peak_bytes", "growths"]),
  };
}

function callSite(fields: Fields): CallSite {
  return {
    location: location(fields.inner("location")),
    kind: fields.text("kind"),
    type_name: fields.optionalText("type_name"),
    tag: fields.optionalText("tag"),
    phase: fields.optionalText("phase"),
    sampled: fields.flag("sampled"),
    ...counts(fields, ["count", "bytes", "frames", "first_frame", "last_frame"]),
  };
}

function diagnostic(fields: Fields): Diagnostic {
  return {
    code: fields.text("code"),
    severity: severity(fields),
    message: fields.text("message"),
    count: fields.count("count"),
    tag: fields.optionalText("tag"),
    location: fields.has("location") ? location(fields.inner("location")) : null,
  };
}

/** What a newer writer says that this reader does not know is worth a note. */
function severity(fields: Fields): Severity {
  const text = fields.optionalText("severity") ?? "warning";
  return text === "error" || text === "warning" ? text : "note";
}

function location(fields: Fields): Location {
  return { file: fields.text("file"), ...counts(fields, ["line", "column"]) };
}

export function window(outer: Fields): Window | null {
  if (!outer.has("window")) return null;
  const fields = outer.inner("window");
  return {
    ...counts(fields, ["frames", "worst_frame", "worst_bytes", "p50_bytes", "p90_bytes", "p99_bytes"]),
    worst_thread: fields.optionalCount("worst_thread"),
  };
}

/** In the order of the paths and each path once, so that others may search for one. */
function byPath<T extends { readonly path: string }>(items: T[]): T[] {
  const follows = (item: T, index: number) => index === 0 || (items[index - 1] as T).path < item.path;
  if (items.every(follows)) return items;
  const first = new Map<string, T>();
  for (const item of items) if (!first.has(item.path)) first.set(item.path, item);
  return [...first.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
