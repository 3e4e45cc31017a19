/** Places in the source that deserve a look. */
import { counted } from "../format";
import type { Location, Severity, Snapshot } from "../snapshot";

/** Memory asked for in frame after frame, by something else than the frame's arena: candidates for frame memory. */
export interface Churn {
  readonly location: Location;
  readonly kind: string;
  readonly type: string | null;
  readonly tag: string | null;
  /** Allocations and bytes for each frame that it was seen in. */
  readonly perFrame: number;
  readonly bytesPerFrame: number;
  readonly frames: number;
  readonly sampled: boolean;
}

export function churning(snapshot: Snapshot): Churn[] {
  const sites = (snapshot.call_sites ?? []).filter(({ kind, count }) => kind !== "frame" && count > 0);
  const rows = sites.map((site) => ({
    location: site.location,
    kind: site.kind,
    type: site.type_name ?? null,
    tag: site.tag ?? null,
    perFrame: site.count / Math.max(1, site.frames),
    bytesPerFrame: site.bytes / Math.max(1, site.frames),
    frames: site.frames,
    sampled: site.sampled,
  }));
  return rows.sort((a, b) => b.bytesPerFrame - a.bytesPerFrame || b.perFrame - a.perFrame);
}

/** Something that should be over and is not, or that the library remarks. */
export interface Stale {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly count: number;
  readonly tag: string | null;
  readonly location: Location | null;
}

const SEVERITIES: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };

export function stale(snapshot: Snapshot): Stale[] {
  const rows: Stale[] = snapshot.diagnostics.map(({ severity, code, message, count, tag, location }) => ({
    severity,
    code,
    message,
    count,
    tag: tag ?? null,
    location: location ?? null,
  }));
  const remark = (code: string, message: string, count: number) =>
    rows.push({ severity: "warning", code, message, count, tag: null, location: null });
  for (const { name, id, parked_frames: parked } of snapshot.threads) {
    if (parked === 0) continue;
    const subject = `${counted(parked, "frame")} of ${name || `thread ${id}`}`;
    remark(
      "parked",
      `${subject} ended with something alive in it, and cannot be used again until that is dropped`,
      parked,
    );
  }
  const { unread } = snapshot.promotions;
  if (unread > 0) remark("unread", "values were retained beyond their frame, and nobody has asked for them", unread);
  return rows.sort((a, b) => SEVERITIES[a.severity] - SEVERITIES[b.severity] || b.count - a.count);
}

/** `…/ui/layout.rs:88`: the end of a long path is what tells it from others. */
export function shortPlaceOf(location: Location): string {
  const parts = placeOf(location).split(/[\\/]/);
  return parts.length <= 2 ? parts.join("/") : `…/${parts.slice(-2).join("/")}`;
}

/** `src/ai.rs:42`. */
export function placeOf({ file, line }: Location): string {
  return line > 0 ? `${file}:${line}` : file;
}
