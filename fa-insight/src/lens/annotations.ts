/** What is shown at a line of the source. */
import { bytes, count, counted, share } from "../../shared/format";
import type { Run } from "../../shared/history";
import type { CallSite, PhaseSnapshot, Snapshot, TagSnapshot } from "../../shared/snapshot";
import { phaseTrend, tagTrend } from "../inspector/series";
import { phaseTable, tagTable } from "../inspector/tags";
import { joined, table } from "../inspector/text";
import { trendText } from "../inspector/trend";
import { type Call, findCalls } from "./calls";

export interface Annotation {
  /** Offsets in the text; a call site has its line. */
  readonly at: { readonly start: number; readonly end: number } | { readonly line: number };
  readonly title: string;
  /** Markdown, made when the pointer rests there. */
  readonly hover: () => string;
  /** What the inspector shows of it. */
  readonly reveal?: { readonly section: "tags" | "phases"; readonly path: string };
}

/** What the run knows of the tags, phases and call sites of a text. */
export function annotations(text: string, run: Run, isHere: (file: string) => boolean): readonly Annotation[] {
  const snapshot = run.entries.at(-1)?.snapshot;
  if (snapshot === undefined) return [];
  const calls = findCalls(text).flatMap((call) => {
    const found = call.kind === "tag" ? tag(call, run, snapshot) : phase(call, run, snapshot);
    return found === undefined ? [] : [found];
  });
  return [...calls, ...sites(snapshot, isHere)];
}

/** A text does not tell what it is called from: its path may be the end of the whole one, and of several. */
function matching<T extends { readonly path: string }>(items: readonly T[], path: string): readonly T[] {
  const exact = items.find((item) => item.path === path);
  return exact === undefined ? items.filter((item) => item.path.endsWith(`/${path}`)) : [exact];
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

function tag({ path, start, end }: Call, run: Run, snapshot: Snapshot): Annotation | undefined {
  const tags = matching(snapshot.tags, path);
  const [first] = tags;
  if (first === undefined) return undefined;
  const total = snapshot.summary.frame_bytes;
  const moving = tagTrend(run, ...tags.map((one) => one.path));
  const title = joined([
    `${bytes(sum(tags, (one) => one.bytes))}/frame`,
    counted(
      sum(tags, (one) => one.allocations),
      "allocation",
    ),
    budgetShare(tags),
    trendText(moving),
  ]);
  const hover = () => tags.map((one) => tagTable(one, total, moving)).join("\n\n---\n\n");
  return { at: { start, end }, title, hover, reveal: { section: "tags", path: first.path } };
}

/** Of the one that is nearest to its budget. */
function budgetShare(tags: readonly TagSnapshot[]): string {
  const shares = tags.flatMap((one) => (one.budget ? [{ peak: one.peak_bytes, budget: one.budget }] : []));
  const [worst] = shares.sort((a, b) => b.peak / b.budget - a.peak / a.budget);
  return worst === undefined ? "" : `${share(worst.peak, worst.budget)} of budget`;
}

function phase({ path, start, end }: Call, run: Run, snapshot: Snapshot): Annotation | undefined {
  const phases: readonly PhaseSnapshot[] = matching(snapshot.phases, path);
  const [first] = phases;
  if (first === undefined) return undefined;
  const moving = phaseTrend(run, ...phases.map((one) => one.path));
  const title = joined([
    `${bytes(sum(phases, (one) => one.bytes))}/frame`,
    counted(
      sum(phases, (one) => one.allocations),
      "allocation",
    ),
    trendText(moving),
  ]);
  const hover = () => phases.map((one) => phaseTable(one, moving)).join("\n\n---\n\n");
  return { at: { start, end }, title, hover, reveal: { section: "phases", path: first.path } };
}

/** One for each line: a line may allocate several types. */
function sites(snapshot: Snapshot, isHere: (file: string) => boolean): readonly Annotation[] {
  const lines = new Map<number, CallSite[]>();
  for (const site of snapshot.call_sites ?? []) {
    const { file, line } = site.location;
    if (line > 0 && isHere(file)) lines.set(line, [...(lines.get(line) ?? []), site]);
  }
  return [...lines].map(([line, here]) => ({
    at: { line: line - 1 },
    title: siteTitle(here),
    hover: () => siteTable(here),
  }));
}

function each(site: CallSite, total: number): number {
  return total / Math.max(site.frames, 1);
}

function siteTitle(here: readonly CallSite[]): string {
  const about = here.some((site) => site.sampled) ? "≈ " : "";
  const kinds = [...new Set(here.map((site) => site.kind))].join(", ");
  return joined([
    `${about}${bytes(Math.round(sum(here, (site) => each(site, site.bytes))))}/frame`,
    `${count(sum(here, (site) => each(site, site.count)))} allocations/frame`,
    kinds,
  ]);
}

function siteTable(here: readonly CallSite[]): string {
  const tables = here.map((site) =>
    table(site.type_name ?? `${site.kind} memory`, [
      ["a frame", `${bytes(Math.round(each(site, site.bytes)))} in ${count(each(site, site.count))} allocations`],
      ["all in all", `${bytes(site.bytes)} in ${counted(site.count, "allocation")}`],
      ["seen in", counted(site.frames, "frame")],
      ["memory", site.kind],
      ["under", site.tag ?? site.phase ?? "no tag"],
    ]),
  );
  return tables.join("\n\n---\n\n");
}
