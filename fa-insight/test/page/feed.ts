/** A game that does not exist, as large as wanted: the same for the same numbers. */
import type { Entry } from "../../shared/protocol";
import type { CallSite, Diagnostic, TagSnapshot, ThreadSnapshot } from "../../shared/snapshot";
import { snapshot } from "../shared/samples";

export interface Size {
  readonly threads: number;
  readonly tags: number;
  readonly snapshots: number;
}

const SYSTEMS = ["render", "physics", "ai", "audio", "particles", "net", "ui", "world", "script", "anim"];
const PARTS = ["draw", "cull", "batch", "contacts", "path", "mix", "spawn", "pack", "layout", "stream"];
const KIB = 1024;

/** From 0 to 1, by what it is for. */
function chance(...seeds: readonly number[]): number {
  let value = 0x9e3779b9;
  for (const seed of seeds) {
    value = Math.imul(value ^ (seed + 1), 0x85ebca6b) >>> 0;
    value = (value ^ (value >>> 13)) >>> 0;
  }
  return (Math.imul(value, 0xc2b2ae35) >>> 0) / 2 ** 32;
}

/** A wave of its own for each thing, and a spike now and then. */
function load(thing: number, at: number): number {
  const wave = 1 + 0.35 * Math.sin(at / (7 + (thing % 11)) + thing);
  return wave + 0.08 * chance(thing, at);
}

export function feedEntry(at: number, { threads, tags }: Size, first = 1): Entry {
  const spike = at % 47 === 31 ? 2.4 : 1;
  const list = tagsAt(at, tags, spike);
  const frameBytes = list.filter(({ path }) => !path.includes("/")).reduce((sum, { bytes }) => sum + bytes, 96 * KIB);
  const workers = threadsAt(at, threads, frameBytes);
  const sum = (read: (thread: ThreadSnapshot) => number) => workers.reduce((all, thread) => all + read(thread), 0);
  const exceeded = Math.floor((at + 16) / 47);
  return {
    source: "target/framealloc",
    writer: "0000a1b20001",
    sequence: first + at,
    snapshot: snapshot({
      frame: 30 * (first + at),
      threads: workers,
      tags: list,
      summary: {
        frame_bytes: sum(({ frame_bytes }) => frame_bytes),
        frame_allocations: sum(({ frame_allocations }) => frame_allocations),
        peak_frame_bytes: sum(({ peak_bytes }) => peak_bytes),
        frame_capacity_bytes: sum(({ capacity_bytes }) => capacity_bytes),
        parked_bytes: sum(({ parked_bytes }) => parked_bytes),
        parked_frames: sum(({ parked_frames }) => parked_frames),
        pool_bytes: sum(({ pool_bytes }) => pool_bytes),
        pool_capacity_bytes: sum(({ pool_capacity_bytes }) => pool_capacity_bytes),
        heap_bytes: 380 * KIB,
        refills: sum(({ refills }) => refills),
        budgets_exceeded: exceeded,
        resident_bytes: 212 * KIB * KIB + 4096 * at,
      },
      window: {
        frames: 30,
        worst_frame: 30 * (first + at) - 7,
        worst_thread: 0,
        worst_bytes: Math.round((workers[0]?.frame_bytes ?? 0) * (at % 23 === 11 ? 2.1 : 1.06)),
      },
      promotions: { to_pool: 3 * at, to_heap: at, bytes: at * 9 * KIB, taken: 3 * at, unread: Math.floor(at / 40) },
      transfers: { made: 12 * at + 2, received: 12 * at, in_flight: 2 },
      deferred: { waiting: sum(({ deferred_depth }) => deferred_depth), processed: 50 * at, deepest: 17 },
      scratch: [{ name: "paths", capacity_bytes: 256 * KIB, reserved_bytes: 256 * KIB, used_bytes: 90 * KIB }],
      call_sites: sitesAt(at),
      diagnostics: remarks(exceeded),
      overhead: { snapshot_nanoseconds: 31_000, bookkeeping_bytes: 12 * KIB },
    }),
  };
}

function tagsAt(at: number, most: number, spike: number): TagSnapshot[] {
  const paths: string[] = [];
  for (let index = 0; paths.length < most; index += 1) {
    const system = SYSTEMS[index % SYSTEMS.length] as string;
    const round = Math.floor(index / SYSTEMS.length);
    const part = PARTS[(round - 1) % PARTS.length];
    const deep = Math.floor((round - 1) / PARTS.length);
    paths.push(round === 0 ? system : deep === 0 ? `${system}/${part}` : `${system}/${part}/part${deep}`);
  }
  const own = new Map(paths.map((path, index) => [path, Math.round(((900 * KIB) / (1 + index)) * load(index, at))]));
  if (own.has("physics")) own.set("physics", Math.round((own.get("physics") ?? 0) * spike));
  const all = new Map(own);
  for (const [path, bytes] of own) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      all.set(path.slice(0, end), (all.get(path.slice(0, end)) ?? 0) + bytes);
    }
  }
  return paths.sort().map((path, index) => ({
    path,
    bytes: all.get(path) ?? 0,
    own_bytes: own.get(path) ?? 0,
    allocations: 3 + (index % 40),
    peak_bytes: Math.round((all.get(path) ?? 0) * 1.2),
    pool_bytes: 0,
    pool_allocations: path.endsWith("spawn") ? 14 : 0,
    heap_bytes: 0,
    heap_allocations: path.endsWith("layout") ? 3 : 0,
    budget: path === "physics" ? 2048 * KIB : path === "ai" ? 1024 * KIB : null,
    budget_exceeded: path === "physics" ? Math.floor((at + 16) / 47) : 0,
    heap_calls: path.endsWith("layout") ? 9 : 0,
    heap_call_bytes: path.endsWith("layout") ? 4 * KIB : 0,
  }));
}

function threadsAt(at: number, count: number, frameBytes: number): ThreadSnapshot[] {
  return Array.from({ length: count }, (_, id) => {
    const bytes = Math.round((frameBytes / (id === 0 ? 2 : 2 * Math.max(1, count - 1))) * (count === 1 ? 2 : 1));
    return {
      id,
      name: id === 0 ? "main" : `worker ${id}`,
      frames: 30 * at,
      frame_bytes: Math.round(bytes * (id === 0 ? 1 : load(id, at) * 0.8)),
      frame_allocations: 40 + 3 * id,
      frame_nanoseconds: 9_000_000 + Math.round(4_000_000 * chance(id, at)),
      peak_bytes: Math.round(bytes * 1.4),
      capacity_bytes: bytes * 2,
      parked_bytes: id === 2 ? 12 * KIB : 0,
      parked_frames: id === 2 ? 1 : 0,
      pool_bytes: (30 + id) * KIB,
      pool_capacity_bytes: 64 * KIB,
      heap_bytes: 0,
      refills: Math.floor(at / (19 + id)),
      deferred_depth: (at + id) % 5,
      frame_budget: Math.round(bytes * 2.2),
      budgets_exceeded: id === 0 ? Math.floor((at + 16) / 47) : 0,
      window: null,
    };
  });
}

function sitesAt(at: number): CallSite[] {
  const site = (file: string, line: number, kind: string, type: string, tag: string, count: number, size: number) => ({
    location: { file, line, column: 17 },
    kind,
    type_name: type,
    tag,
    phase: null,
    count: count * (at + 1),
    bytes: size * count * (at + 1),
    sampled: kind === "global",
    frames: at + 1,
    first_frame: 0,
    last_frame: at,
  });
  return [
    site("src/ui/layout.rs", 88, "global", "alloc::vec::Vec<game::ui::Rect>", "ui/layout", 9, 480),
    site("src/ai/path.rs", 142, "heap", "game::ai::OpenSet", "ai/path", 2, 4096),
    site("src/net/pack.rs", 57, "pool", "game::net::Packet", "net/pack", 14, 256),
    site("src/physics/contacts.rs", 31, "frame", "game::Contact", "physics/contacts", 900, 48),
  ];
}

function remarks(exceeded: number): Diagnostic[] {
  if (exceeded === 0) return [];
  const message = "the tag `physics` wanted more than its budget of 2097152 bytes";
  return [{ code: "budget-exceeded", severity: "warning", message, count: exceeded, tag: "physics", location: null }];
}

export function feed(size: Size): Entry[] {
  return Array.from({ length: size.snapshots }, (_, at) => feedEntry(at, size));
}
