/** A line of the inspector, before it is one of the editor's. */
import type { Run } from "../../shared/history";
import type { Location, Snapshot } from "../../shared/snapshot";

/** A place in the source, as a snapshot names it, and whose snapshot that was. */
export interface Place {
  readonly source: string;
  readonly location: Location;
}

export interface Node {
  /** Stays the same from snapshot to snapshot, so that what is open stays open. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** One of the editor's icons. */
  readonly icon?: string;
  /** Whether it needs somebody's attention. */
  readonly mood?: Mood;
  /** Markdown, made when the pointer rests there. */
  readonly tooltip?: () => string;
  /** What is read out, where label and description together make no sentence. */
  readonly spoken?: string;
  readonly place?: Place;
  /** Open from the start. */
  readonly open?: boolean;
  /** Made when somebody looks. */
  readonly children?: () => readonly Node[];
}

export type Mood = "error" | "warning";

export const ORDERS = ["size", "name", "trend", "budget"] as const;
export type Order = (typeof ORDERS)[number];

export interface View {
  readonly order: Order;
  /** In small letters; empty shows all. */
  readonly filter: string;
}

/** What the lines are made from. */
export interface Scene {
  readonly run: Run;
  /** The latest of the run. */
  readonly snapshot: Snapshot;
  readonly view: View;
}

/** What things are put in order by; those that come first have more. */
export interface Rank {
  readonly name: string;
  readonly size: number;
  readonly trend: () => number;
  /** The part of its budget that is used; none where there is no budget. */
  readonly budget: number | undefined;
}

export function inOrder<T>(items: readonly T[], order: Order, rank: (item: T) => Rank): readonly T[] {
  const ranked = items.map((item) => {
    const its = rank(item);
    return { item, name: its.name, key: key(its, order) };
  });
  const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return ranked.sort((a, b) => b.key - a.key || byName(a.name, b.name)).map(({ item }) => item);
}

function key(rank: Rank, order: Order): number {
  switch (order) {
    case "size":
      return rank.size;
    case "name":
      return 0;
    case "trend":
      // A difference of two infinities is no number.
      return Math.min(rank.trend(), Number.MAX_VALUE);
    case "budget":
      return rank.budget ?? -1;
  }
}
