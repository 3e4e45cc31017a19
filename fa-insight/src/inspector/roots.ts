/** The inspector's first lines. */
import { byteDifference, bytes, count, counted, share } from "../../shared/format";
import type { Run } from "../../shared/history";
import type { Trouble } from "../../shared/protocol";
import type { CallSite, Diagnostic, Snapshot, Summary } from "../../shared/snapshot";
import type { Mood, Node, Place, Scene, View } from "./node";
import { phaseNodes, tagNodes } from "./tags";
import { escaped, joined } from "./text";
import { fact, parked, scratchNodes, threadNodes, windowFacts } from "./threads";

/** The latest run of each folder; a folder has a line of its own where there are several. */
export function rootNodes(runs: readonly Run[], troubles: readonly Trouble[], view: View): readonly Node[] {
  const latest = new Map(runs.map((run) => [run.source, run]));
  const unread = troubles.length > 0 ? [troubleNode(troubles)] : [];
  const [only] = latest.values();
  if (only === undefined) return unread;
  if (latest.size === 1) return [...unread, ...sections("", only, view)];
  const sources = [...latest].sort(([a], [b]) => (a < b ? -1 : 1));
  return [...unread, ...sources.map(([source, run]) => sourceNode(source, run, view))];
}

function sourceNode(source: string, run: Run, view: View): Node {
  const id = `source:${source}`;
  return { id, label: source, icon: "folder", open: true, children: () => sections(`${id}/`, run, view) };
}

function sections(prefix: string, run: Run, view: View): readonly Node[] {
  const latest = run.entries.at(-1);
  if (latest === undefined) return [];
  const scene: Scene = { run, snapshot: latest.snapshot, view };
  const { snapshot } = scene;
  const section = (name: string, icon: string, children: readonly Node[], size = children.length): readonly Node[] =>
    children.length === 0 ? [] : [sectionNode(`${prefix}${name}`, name, icon, children, size)];
  const remarks = diagnosticNodes(`${prefix}diagnostics`, run.source, scene);
  const sites = callSiteNodes(`${prefix}call sites`, run.source, scene);
  return [
    frameNode(`${prefix}frame`, run, snapshot),
    ...section("threads", "server-process", threadNodes(`${prefix}threads`, scene)),
    ...section("tags", "symbol-namespace", tagNodes(`${prefix}tags`, scene), snapshot.tags.length),
    ...section("phases", "milestone", phaseNodes(`${prefix}phases`, scene), snapshot.phases.length),
    ...section("call sites", "location", sites),
    ...promotionNodes(`${prefix}promotions`, snapshot),
    ...section("scratch allocators", "notebook", scratchNodes(`${prefix}scratch`, scene)),
    ...section("diagnostics", "comment-discussion", remarks),
  ];
}

function sectionNode(id: string, name: string, icon: string, children: readonly Node[], size: number): Node {
  const label = capital(name);
  const open = name === "tags" || name === "threads" || name === "diagnostics";
  return {
    id,
    label,
    description: count(size),
    spoken: `${label}: ${count(size)}`,
    icon,
    open,
    children: () => children,
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function frameNode(id: string, run: Run, snapshot: Snapshot): Node {
  const { summary } = snapshot;
  const before = run.entries.at(-2)?.snapshot.summary;
  const size = joined([`${bytes(summary.frame_bytes)}`, counted(summary.frame_allocations, "allocation")]);
  return {
    id,
    label: `Frame ${count(snapshot.frame)}`,
    description: size,
    icon: "dashboard",
    spoken: `Frame ${count(snapshot.frame)}: ${size}`,
    children: () => frameFacts(id, snapshot, summary, before),
  };
}

function frameFacts(id: string, snapshot: Snapshot, summary: Summary, before: Summary | undefined): readonly Node[] {
  const capacity = summary.frame_capacity_bytes;
  const grown = before === undefined ? "" : byteDifference(summary.heap_bytes - before.heap_bytes);
  const facts = [
    fact(`${id}/arenas`, "arenas", `${bytes(capacity)}, refilled ${counted(summary.refills, "time")}`),
    fact(
      `${id}/peak`,
      "peak",
      `${bytes(summary.peak_frame_bytes)}, ${share(summary.peak_frame_bytes, capacity)} of arenas`,
    ),
    parked(`${id}/parked`, summary),
    fact(`${id}/pool`, "pool", `${bytes(summary.pool_bytes)} of ${bytes(summary.pool_capacity_bytes)}`),
    fact(`${id}/heap`, "heap", joined([bytes(summary.heap_bytes), grown])),
    fact(`${id}/deferred`, "deferred frees", `${count(snapshot.deferred.waiting)} waiting`),
    fact(`${id}/transfers`, "transfers", `${count(snapshot.transfers.in_flight)} on their way`),
    ...windowFacts(id, snapshot.window),
  ];
  if (summary.budgets_exceeded > 0) {
    facts.push(fact(`${id}/exceeded`, "budgets exceeded", counted(summary.budgets_exceeded, "time"), "warning"));
  }
  if (summary.resident_bytes) facts.push(fact(`${id}/resident`, "process", bytes(summary.resident_bytes)));
  return facts;
}

function promotionNodes(id: string, { promotions }: Snapshot): readonly Node[] {
  const { to_pool, to_heap, leaked, bytes: size, taken, unread } = promotions;
  const all = to_pool + to_heap + leaked;
  if (all === 0) return [];
  const facts: readonly (readonly [string, number, boolean])[] = [
    ["to pool", to_pool, false],
    ["to heap", to_heap, false],
    ["for ever", leaked, leaked > 0],
    ["taken over", taken, false],
    ["asked for by nobody", unread, unread > 0],
  ];
  const children = () =>
    facts.map(([label, number, odd]) => fact(`${id}/${label}`, label, count(number), odd ? "warning" : undefined));
  const description = joined([count(all), bytes(size)]);
  return [{ id, label: "Promotions", description, spoken: `Promotions: ${description}`, icon: "arrow-up", children }];
}

const MOODS: Readonly<Record<Diagnostic["severity"], Mood | undefined>> = {
  error: "error",
  warning: "warning",
  note: undefined,
};

function diagnosticNodes(prefix: string, source: string, { snapshot, view }: Scene): readonly Node[] {
  const wanted = ({ code, message }: Diagnostic) => `${code} ${message}`.toLowerCase().includes(view.filter);
  return snapshot.diagnostics.filter(wanted).map((diagnostic, index): Node => {
    const { code, count: times, location, message, severity } = diagnostic;
    const mood = MOODS[severity];
    return {
      id: `${prefix}/${code}/${location ? `${location.file}:${location.line}` : index}`,
      label: message,
      description: joined([code, times > 1 ? `${count(times)}×` : ""]),
      icon: mood ?? "info",
      spoken: `${severity}: ${message}, ${counted(times, "time")}`,
      ...(mood === undefined ? {} : { mood }),
      ...placed(source, location),
    };
  });
}

/** The sites with the most bytes come first, as the library has them. */
function callSiteNodes(prefix: string, source: string, { snapshot, view }: Scene): readonly Node[] {
  const wanted = ({ location }: CallSite) => location.file !== "" && location.file.toLowerCase().includes(view.filter);
  return (snapshot.call_sites ?? []).filter(wanted).map((site): Node => {
    const { bytes: size, count: times, frames, kind, location, type_name: type } = site;
    const each = `${bytes(size / Math.max(frames, 1))} a frame`;
    return {
      id: `${prefix}/${kind}/${location.file}:${location.line}:${location.column}`,
      label: `${location.file.replace(/^.*[\\/]/, "")}:${location.line}`,
      description: joined([each, kind, type ?? ""]),
      icon: "location",
      spoken: `${location.file}, line ${location.line}: ${each}, ${kind}, ${counted(times, "allocation")}`,
      ...placed(source, location),
    };
  });
}

function placed(source: string, location: Place["location"] | null | undefined): { place?: Place } {
  return location && location.line > 0 ? { place: { source, location } } : {};
}

function troubleNode(troubles: readonly Trouble[]): Node {
  const children = () =>
    troubles.map(({ file, message }) => ({
      id: `troubles/${file}`,
      label: message,
      description: file.replace(/^.*[\\/]/, ""),
      tooltip: () => escaped(message),
      spoken: `${file}: ${message}`,
    }));
  const description = counted(troubles.length, "file");
  return {
    id: "troubles",
    label: "Cannot be read",
    description,
    mood: "warning",
    icon: "warning",
    open: true,
    children,
  };
}
