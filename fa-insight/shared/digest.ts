/**
 * What is kept of a snapshot to draw how things went: where there are many tags and threads, a small part of it. The
 * whole is needed of those alone that somebody looks at.
 */
import { type Fields, Misfit } from "./fields";
import { counts, summary, window } from "./read";
import type { DeferredFrees, Promotions, Snapshot, Summary, Transfers, Window } from "./snapshot";

export interface Digest {
  readonly frame: number;
  readonly summary: Summary;
  readonly window: Window | null;
  readonly promotions: Promotions;
  readonly transfers: Transfers;
  readonly deferred: DeferredFrees;
  /** Reserved by all scratch allocators. */
  readonly scratch_bytes: number;
  /** What the last frames can have held at once. */
  readonly held_bytes: number;
  /** What the total would have been in the worst frame since the snapshot before. */
  readonly worst_bytes: number;
  /** Whose frame that was, if its thread has a name. */
  readonly worst_thread: string | null;
  /** What the frames may hold at once; null where a thread that allocates has no bound. */
  readonly budget_bytes: number | null;
  readonly threads: Threads;
  readonly tags: Tags;
}

/** Columns of a table that has a row for each thread. */
export interface Threads {
  readonly ids: readonly number[];
  readonly names: readonly string[];
  readonly frame_bytes: readonly number[];
  readonly refills: readonly number[];
  readonly budgets_exceeded: readonly number[];
}

/** The same for tags, in the order of their paths. */
export interface Tags {
  readonly paths: readonly string[];
  readonly bytes: readonly number[];
}

const known = new WeakMap<Snapshot, Digest>();

/** The same value for the same snapshot. */
export function digestOf(snapshot: Snapshot): Digest {
  const old = known.get(snapshot);
  if (old !== undefined) return old;
  const { frame, summary, promotions, transfers, deferred, scratch, threads, tags } = snapshot;
  const digest: Digest = {
    frame,
    summary,
    window: snapshot.window ?? null,
    promotions,
    transfers,
    deferred,
    scratch_bytes: scratch.reduce((sum, { reserved_bytes }) => sum + reserved_bytes, 0),
    held_bytes: threads.reduce((sum, thread) => sum + Math.min(thread.frame_bytes, thread.peak_bytes), 0),
    ...worstFrame(snapshot),
    budget_bytes: budget(snapshot),
    threads: {
      ids: threads.map(({ id }) => id),
      names: threads.map(({ name }) => name),
      frame_bytes: threads.map(({ frame_bytes }) => frame_bytes),
      refills: threads.map(({ refills }) => refills),
      budgets_exceeded: threads.map(({ budgets_exceeded }) => budgets_exceeded),
    },
    tags: { paths: tags.map(({ path }) => path), bytes: tags.map(({ bytes }) => bytes) },
  };
  known.set(snapshot, digest);
  return digest;
}

/** The window knows one frame of one thread; the other threads are taken as they were last. */
function worstFrame({ window, threads, summary }: Snapshot): Pick<Digest, "worst_bytes" | "worst_thread"> {
  if (!window) return { worst_bytes: summary.frame_bytes, worst_thread: null };
  const thread = threads.find(({ id }) => id === window.worst_thread);
  const others = thread ? Math.max(0, summary.frame_bytes - thread.frame_bytes) : 0;
  const worst_bytes = Math.max(summary.frame_bytes, others + window.worst_bytes);
  return { worst_bytes, worst_thread: thread?.name || null };
}

function budget({ threads }: Snapshot): number | null {
  let sum: number | null = null;
  for (const { frame_bytes, frame_budget } of threads) {
    if (frame_bytes === 0) continue;
    if (typeof frame_budget !== "number") return null;
    sum = (sum ?? 0) + frame_budget;
  }
  return sum;
}

/** As it is sent behind another: names that are the same are left out. */
export function printDigest(digest: Digest, before: Digest | undefined): object {
  const { ids, names, ...threads } = digest.threads;
  const { paths, ...tags } = digest.tags;
  const sameThreads = before && same(ids, before.threads.ids) && same(names, before.threads.names);
  return {
    ...digest,
    threads: sameThreads ? threads : digest.threads,
    tags: before && same(paths, before.tags.paths) ? tags : digest.tags,
  };
}

function same<T>(a: readonly T[], b: readonly T[]): boolean {
  return a === b || (a.length === b.length && a.every((item, index) => item === b[index]));
}

export function readDigest(fields: Fields, before: Digest | undefined): Digest {
  const { scratch_bytes, held_bytes, worst_bytes } = counts(fields, ["scratch_bytes", "held_bytes", "worst_bytes"]);
  return {
    frame: fields.count("frame"),
    summary: summary(fields.inner("summary")),
    window: window(fields),
    promotions: counts(fields.inner("promotions"), ["to_pool", "to_heap", "leaked", "bytes", "taken", "unread"]),
    transfers: counts(fields.inner("transfers"), ["made", "received", "dropped", "in_flight"]),
    deferred: counts(fields.inner("deferred"), ["waiting", "processed", "deepest", "past_bound"]),
    scratch_bytes,
    held_bytes,
    worst_bytes,
    worst_thread: fields.optionalText("worst_thread"),
    budget_bytes: fields.optionalCount("budget_bytes"),
    threads: threads(fields.inner("threads"), before?.threads),
    tags: tags(fields.inner("tags"), before?.tags),
  };
}

function threads(fields: Fields, before: Threads | undefined): Threads {
  const isNamed = before === undefined || fields.has("ids");
  const read: Threads = {
    ids: isNamed ? fields.counts("ids") : before.ids,
    names: isNamed ? fields.texts("names") : before.names,
    frame_bytes: fields.counts("frame_bytes"),
    refills: fields.counts("refills"),
    budgets_exceeded: fields.counts("budgets_exceeded"),
  };
  checkLengths("threads", Object.values(read));
  return read;
}

function tags(fields: Fields, before: Tags | undefined): Tags {
  const isNamed = before === undefined || fields.has("paths");
  const paths = isNamed ? fields.texts("paths") : before.paths;
  if (isNamed && !paths.every((path, index) => index === 0 || (paths[index - 1] as string) < path)) {
    throw new Misfit("the paths of tags are not in order");
  }
  const read = { paths, bytes: fields.counts("bytes") };
  checkLengths("tags", Object.values(read));
  return read;
}

function checkLengths(name: string, columns: readonly (readonly unknown[])[]): void {
  if (columns.some(({ length }) => length !== columns[0]?.length)) throw new Misfit(`the columns of ${name} differ`);
}
