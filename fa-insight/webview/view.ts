/** What all parts of the page have in common. */

import type { Shown } from "../shared/selection";
import { placeOf, shortPlaceOf } from "../shared/series/sites";
import type { Location, Snapshot } from "../shared/snapshot";
import { button, element } from "./element";
import type { Store } from "./store";
import type { Transport } from "./transport";

interface Part {
  readonly element: HTMLElement;
  /** Called when colours have changed. */
  restyle?(): void;
}

/** Shows how things went. */
export interface View extends Part {
  /** Called when something has changed and the view is in sight. */
  update(shown: Shown): void;
}

/** Shows the snapshot that is looked at. */
export interface CloseView extends Part {
  /** The same, with the whole snapshot. */
  examine(shown: Shown, snapshot: Snapshot): void;
}

export interface Context {
  readonly store: Store;
  readonly transport: Transport;
}

/** A place in the source: a link where the host can open it, else its name. */
export function placeLink(context: Context, source: string, location: Location): Element {
  const { file, line, column } = location;
  if (file === "") return element("span", { class: "quiet" }, "the library's own collections");
  const text = placeOf(location);
  if (!context.transport.opens || line === 0) return element("code", { title: text }, shortPlaceOf(location));
  const made = button(shortPlaceOf(location), `Open ${text}`, () =>
    context.transport.send({ type: "open", source, file, line, ...(column > 0 ? { column } : {}) }),
  );
  made.className = "link";
  return made;
}

/** The sample of a tag's colour. */
export function swatch(place: number | "untagged" | "others"): HTMLElement {
  const made = element("span", { class: "swatch", attributes: { "aria-hidden": "true" } });
  made.dataset["place"] = String(place);
  return made;
}
