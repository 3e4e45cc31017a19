/** Tags and phases, as trees of their paths. */
import { bytes, count, counted, duration, share } from "../../shared/format";
import type { PhaseSnapshot, TagSnapshot } from "../../shared/snapshot";
import { type Branch, branches, pruned } from "./branches";
import { inOrder, type Node, type Rank, type Scene } from "./node";
import { phaseTrend, tagTrend } from "./series";
import { bar } from "./sparkline";
import { joined, type Row, table } from "./text";
import { type Trend, trendSpoken, trendText } from "./trend";

/** How one kind of named thing is shown. */
interface Kind<T> {
  rank(item: T): Rank;
  line(item: T, name: string): Omit<Node, "id" | "children">;
}

export function tagNodes(prefix: string, scene: Scene): readonly Node[] {
  const kind: Kind<TagSnapshot> = {
    rank: (tag) => ({
      name: tag.path,
      size: tag.bytes,
      trend: () => tagTrend(scene.run, tag.path).ratio,
      budget: tag.budget ? tag.peak_bytes / tag.budget : undefined,
    }),
    line: (tag, name) => tagLine(tag, name, scene),
  };
  return nodes(prefix, filtered(scene.snapshot.tags, scene), kind, scene);
}

export function phaseNodes(prefix: string, scene: Scene): readonly Node[] {
  const kind: Kind<PhaseSnapshot> = {
    rank: (phase) => ({
      name: phase.path,
      size: phase.bytes,
      trend: () => phaseTrend(scene.run, phase.path).ratio,
      budget: undefined,
    }),
    line: (phase, name) => phaseLine(phase, name, scene),
  };
  return nodes(prefix, filtered(scene.snapshot.phases, scene), kind, scene);
}

function filtered<T extends { readonly path: string }>(items: readonly T[], { view }: Scene): readonly Branch<T>[] {
  const tree = branches(items);
  return view.filter === "" ? tree : pruned(tree, ({ path }) => path.toLowerCase().includes(view.filter));
}

function nodes<T extends { readonly path: string }>(
  prefix: string,
  tree: readonly Branch<T>[],
  kind: Kind<T>,
  scene: Scene,
): readonly Node[] {
  const sorted = inOrder(tree, scene.view.order, ({ item }) => kind.rank(item));
  return sorted.map(({ item, name, inner }) => ({
    id: `${prefix}/${item.path}`,
    ...kind.line(item, name),
    ...(inner.length > 0 ? { children: () => nodes(prefix, inner, kind, scene), open: scene.view.filter !== "" } : {}),
  }));
}

function tagLine(tag: TagSnapshot, name: string, { run, snapshot }: Scene): Omit<Node, "id" | "children"> {
  const total = snapshot.summary.frame_bytes;
  const moving = tagTrend(run, tag.path);
  const budget = tag.budget ? `${bar(tag.peak_bytes, tag.budget)} ${share(tag.peak_bytes, tag.budget)} of budget` : "";
  const ofBudget = tag.budget ? `, peak at ${share(tag.peak_bytes, tag.budget)} of its budget` : "";
  return {
    label: name,
    description: joined([bytes(tag.bytes), share(tag.bytes, total), budget, trendText(moving)]),
    icon: "tag",
    ...(tag.budget_exceeded > 0 ? { mood: "warning" } : {}),
    tooltip: () => tagTable(tag, total, moving),
    spoken: `${tag.path}: ${bytes(tag.bytes)}, ${share(tag.bytes, total)} of the frame, ${trendSpoken(moving)}${ofBudget}`,
  };
}

/** All that is known of a tag, and how it went. */
export function tagTable(tag: TagSnapshot, total: number, moving: Trend): string {
  const rows: Row[] = [
    ["last frame", `${bytes(tag.bytes)}, ${counted(tag.allocations, "allocation")}`],
    ["of these its own", bytes(tag.own_bytes)],
    ["share of the frame", share(tag.bytes, total)],
    ["peak of a thread", bytes(tag.peak_bytes)],
  ];
  if (tag.budget) rows.push(["budget", `${bytes(tag.budget)}, exceeded ${counted(tag.budget_exceeded, "time")}`]);
  if (tag.pool_allocations)
    rows.push(["pool", `${bytes(tag.pool_bytes)} in ${counted(tag.pool_allocations, "block")}`]);
  if (tag.heap_allocations)
    rows.push(["heap", `${bytes(tag.heap_bytes)} in ${counted(tag.heap_allocations, "block")}`]);
  if (tag.heap_calls) rows.push(["global heap", counted(tag.heap_calls, "call")]);
  return table(tag.path, rows, moving.line);
}

function phaseLine(phase: PhaseSnapshot, name: string, scene: Scene): Omit<Node, "id" | "children"> {
  const took = phase.nanoseconds ? duration(phase.nanoseconds) : "";
  const moving = phaseTrend(scene.run, phase.path);
  return {
    label: name,
    description: joined([bytes(phase.bytes), `${count(phase.allocations)}×`, took, trendText(moving)]),
    icon: "milestone",
    tooltip: () => phaseTable(phase, moving),
    spoken: `${phase.path}: ${bytes(phase.bytes)}, ${counted(phase.allocations, "allocation")}, ${trendSpoken(moving)}`,
  };
}

/** All that is known of a phase, and how it went. */
export function phaseTable(phase: PhaseSnapshot, moving: Trend): string {
  const rows: Row[] = [
    ["last frame", `${bytes(phase.bytes)}, ${counted(phase.allocations, "allocation")}`],
    ["of these its own", bytes(phase.own_bytes)],
  ];
  if (phase.nanoseconds) rows.push(["time", duration(phase.nanoseconds)]);
  return table(phase.path, rows, moving.line);
}
