/** The few numbers that matter most, at a glance. */

import { digestOf } from "../../shared/digest";
import { bytes, count, counted, duration, share } from "../../shared/format";
import type { Shown } from "../../shared/selection";
import type { Snapshot } from "../../shared/snapshot";
import { element, setText } from "../element";
import type { CloseView } from "../view";

interface Figure {
  readonly title: string;
  readonly meaning: string;
  value(snapshot: Snapshot): string;
  note(snapshot: Snapshot): string;
  alarm?(snapshot: Snapshot): boolean;
}

const FIGURES: readonly Figure[] = [
  {
    title: "Frame",
    meaning: "Bytes allocated in the last finished frame of each thread",
    value: ({ summary }) => bytes(summary.frame_bytes),
    note: ({ summary, threads }) => {
      const longest = Math.max(0, ...threads.map(({ frame_nanoseconds }) => frame_nanoseconds ?? 0));
      return `${count(summary.frame_allocations)} allocs${longest > 0 ? ` · ${duration(longest)}` : ""}`;
    },
  },
  {
    title: "Peak held",
    meaning: "The most that frames have held at once, each thread's own added up, and what is reserved for them",
    value: ({ summary }) => bytes(summary.peak_frame_bytes),
    note: ({ summary }) =>
      `${share(summary.peak_frame_bytes, summary.frame_capacity_bytes)} of ${bytes(summary.frame_capacity_bytes)}`,
  },
  {
    title: "Budget",
    meaning: "What frames may hold at once, and how often any budget was exceeded over the session",
    value: (snapshot) => {
      const bound = digestOf(snapshot).budget_bytes;
      return bound === null ? "none" : bytes(bound);
    },
    note: ({ summary }) =>
      summary.budgets_exceeded > 0 ? `exceeded ${counted(summary.budgets_exceeded, "time")}` : "never exceeded",
    alarm: ({ summary }) => summary.budgets_exceeded > 0,
  },
  {
    title: "Pool",
    meaning: "Living pool blocks, and the pages that hold them",
    value: ({ summary }) => bytes(summary.pool_bytes),
    note: ({ summary }) => `of ${bytes(summary.pool_capacity_bytes)} in pages`,
  },
  {
    title: "Heap",
    meaning: "Living heap blocks made through the library",
    value: ({ summary }) => bytes(summary.heap_bytes),
    note: ({ summary }) =>
      typeof summary.untracked_bytes === "number"
        ? `${bytes(summary.untracked_bytes)} untracked`
        : "through the library",
  },
  {
    title: "Parked",
    meaning: "Frames that ended while something in them was alive, and still is",
    value: ({ summary }) => bytes(summary.parked_bytes),
    note: ({ summary }) => counted(summary.parked_frames, "frame"),
    alarm: ({ summary }) => summary.parked_frames > 0,
  },
  {
    title: "Process",
    meaning: "Memory that the process has, as the system counts it",
    value: ({ summary }) => (typeof summary.resident_bytes === "number" ? bytes(summary.resident_bytes) : "–"),
    note: ({ overhead }) => `snapshot took ${duration(overhead.snapshot_nanoseconds)}`,
  },
];

export class FiguresView implements CloseView {
  readonly element = element("dl", {
    class: "figures",
    attributes: { "aria-label": "The snapshot that is looked at" },
  });
  readonly #parts = FIGURES.map(({ title, meaning }) => {
    const value = element("dd", { class: "value" });
    const note = element("dd", { class: "quiet" });
    const tile = element("div", { title: meaning }, element("dt", {}, title), value, note);
    this.element.append(tile);
    return { tile, value, note };
  });

  examine(_: Shown, snapshot: Snapshot): void {
    FIGURES.forEach((figure, index) => {
      const part = this.#parts[index];
      if (!part) return;
      setText(part.value, figure.value(snapshot));
      setText(part.note, figure.note(snapshot));
      part.tile.classList.toggle("alarm", figure.alarm?.(snapshot) ?? false);
    });
  }
}
