/** Threads and scratch allocators. */
import { bytes, count, counted, duration, share } from "../../shared/format";
import type { ScratchSnapshot, ThreadSnapshot, Window } from "../../shared/snapshot";
import { inOrder, type Node, type Scene } from "./node";
import { trendOf } from "./series";
import { bar } from "./sparkline";
import { escaped, joined } from "./text";
import { type Trend, trendSpoken, trendText } from "./trend";

/** A line with a name and a number. */
export function fact(id: string, label: string, description: string, mood?: Node["mood"]): Node {
  return {
    id,
    label,
    description,
    spoken: `${label}: ${description}`,
    ...(mood === undefined ? {} : { mood, icon: "warning" }),
  };
}

export function threadNodes(prefix: string, { run, snapshot, view }: Scene): readonly Node[] {
  const moving = ({ id }: ThreadSnapshot) =>
    trendOf(run, (then) => then.threads.find((thread) => thread.id === id)?.frame_bytes ?? 0);
  const named = snapshot.threads.filter((thread) => nameOf(thread).toLowerCase().includes(view.filter));
  const sorted = inOrder(named, view.order, (thread) => ({
    name: nameOf(thread),
    size: thread.frame_bytes,
    trend: () => moving(thread).ratio,
    budget: thread.frame_budget ? thread.peak_bytes / thread.frame_budget : undefined,
  }));
  return sorted.map((thread) => threadNode(`${prefix}/${thread.id}`, thread, moving(thread)));
}

function nameOf({ id, name }: ThreadSnapshot): string {
  return name === "" ? `thread ${id}` : name;
}

function threadNode(id: string, thread: ThreadSnapshot, moving: Trend): Node {
  const { label, whole } = limitOf(thread);
  const part = share(thread.frame_bytes, whole);
  return {
    id,
    label: nameOf(thread),
    description: joined([bytes(thread.frame_bytes), `${bar(thread.frame_bytes, whole)} ${part}`, trendText(moving)]),
    icon: "pulse",
    ...(thread.budgets_exceeded > 0 ? { mood: "warning" as const } : {}),
    tooltip: () => escaped(`${part} of its ${label}, ${bytes(whole)}`),
    spoken: `${nameOf(thread)}: ${bytes(thread.frame_bytes)}, ${part} of its ${label}, ${trendSpoken(moving)}`,
    children: () => threadFacts(id, thread),
  };
}

/** What the bytes of a frame are a part of: its budget, or else the memory that it has. */
function limitOf(thread: ThreadSnapshot): { label: string; whole: number } {
  return thread.frame_budget
    ? { label: "budget", whole: thread.frame_budget }
    : { label: "arena", whole: thread.capacity_bytes };
}

function threadFacts(id: string, thread: ThreadSnapshot): readonly Node[] {
  const facts = [
    fact(`${id}/frame`, "frame", `${bytes(thread.frame_bytes)} in ${counted(thread.frame_allocations, "allocation")}`),
    fact(`${id}/arena`, "arena", `${bytes(thread.capacity_bytes)}, refilled ${counted(thread.refills, "time")}`),
    fact(
      `${id}/peak`,
      "peak",
      `${bytes(thread.peak_bytes)}, ${share(thread.peak_bytes, thread.capacity_bytes)} of arena`,
    ),
    parked(`${id}/parked`, thread),
    fact(`${id}/pool`, "pool", `${bytes(thread.pool_bytes)} of ${bytes(thread.pool_capacity_bytes)}`),
    fact(`${id}/heap`, "heap", bytes(thread.heap_bytes)),
    fact(`${id}/deferred`, "deferred frees", `${count(thread.deferred_depth)} waiting`),
    ...budgets(id, thread),
    ...windowFacts(id, thread.window),
  ];
  if (thread.frame_nanoseconds) facts.push(fact(`${id}/time`, "time", duration(thread.frame_nanoseconds)));
  return facts;
}

export function parked(
  id: string,
  { parked_bytes: size, parked_frames: frames }: { parked_bytes: number; parked_frames: number },
): Node {
  return fact(id, "parked", `${bytes(size)} in ${counted(frames, "frame")}`, frames > 0 ? "warning" : undefined);
}

function budgets(id: string, thread: ThreadSnapshot): readonly Node[] {
  const kinds: readonly [string, number, number | null | undefined][] = [
    ["frame budget", thread.peak_bytes, thread.frame_budget],
    ["pool budget", thread.pool_bytes, thread.pool_budget],
    ["heap budget", thread.heap_bytes, thread.heap_budget],
  ];
  const set = kinds.flatMap(([label, used, budget]) =>
    budget ? [fact(`${id}/${label}`, label, `${bar(used, budget)} ${bytes(used)} of ${bytes(budget)}`)] : [],
  );
  const exceeded = counted(thread.budgets_exceeded, "time");
  return thread.budgets_exceeded > 0 ? [...set, fact(`${id}/exceeded`, "exceeded", exceeded, "warning")] : set;
}

export function windowFacts(id: string, window: Window | null | undefined): readonly Node[] {
  if (!window) return [];
  const { p50_bytes: p50, p90_bytes: p90, p99_bytes: p99 } = window;
  return [
    fact(`${id}/window`, "half, 90 %, 99 % up to", [p50, p90, p99].map(bytes).join(", ")),
    fact(`${id}/worst`, "worst", `${bytes(window.worst_bytes)} in frame ${count(window.worst_frame)}`),
  ];
}

export function scratchNodes(prefix: string, { snapshot, view }: Scene): readonly Node[] {
  const named = snapshot.scratch
    .map((scratch, index) => ({ scratch, id: `${prefix}/${index}`, name: scratch.name || `scratch ${index + 1}` }))
    .filter(({ name }) => name.toLowerCase().includes(view.filter));
  const sorted = inOrder(named, view.order, ({ scratch, name }) => ({
    name,
    size: scratch.used_bytes,
    trend: () => 1,
    budget: scratch.fixed ? scratch.peak_bytes / scratch.capacity_bytes : undefined,
  }));
  return sorted.map(({ scratch, id, name }) => scratchNode(id, name, scratch));
}

function scratchNode(id: string, label: string, scratch: ScratchSnapshot): Node {
  const whole = Math.max(scratch.reserved_bytes, scratch.capacity_bytes);
  const size = `${bytes(scratch.used_bytes)} of ${bytes(whole)}`;
  return {
    id,
    label,
    description: joined([`${bar(scratch.used_bytes, whole)} ${size}`, `peak ${bytes(scratch.peak_bytes)}`]),
    icon: "notebook",
    ...(scratch.growths > 0 ? { mood: "warning" as const } : {}),
    spoken: `${label}: ${size}, peak ${bytes(scratch.peak_bytes)}, ${scratch.fixed ? "fixed" : "may grow"}, grown ${counted(scratch.growths, "time")}`,
  };
}
