/**
 * The views of the page. Each is updated once a frame at most, and only while it is in sight. What arrives is drawn view by
 * view over some frames of the screen, so that none of them comes late.
 */
import type { Shown } from "../shared/selection";
import type { Snapshot } from "../shared/snapshot";
import type { Store } from "./store";
import { onThemeChange } from "./theme";
import type { CloseView, View } from "./view";

/** In milliseconds: a frame in which drawing has taken longer begins with no further view. */
const ENOUGH = 3;

interface Place {
  readonly view: View | CloseView;
  visible: boolean;
  /** What it shows now. */
  shown: Shown | undefined;
}

export class Board {
  readonly #store: Store;
  readonly #places: readonly Place[];
  #shown: Shown | undefined;
  /** Where drawing goes on: no view waits for ever while much arrives. Once all is drawn, with the first. */
  #next = 0;

  /** `wish` is called when something has come into sight. */
  constructor(store: Store, views: readonly (View | CloseView)[], wish: () => void) {
    this.#store = store;
    this.#places = views.map((view) => ({ view, visible: false, shown: undefined }));
    const observer = new IntersectionObserver((changes) => this.#see(changes, wish), { rootMargin: "100px" });
    for (const view of views) observer.observe(view.element);
    onThemeChange(() => {
      for (const { view } of this.#places) view.restyle?.();
    });
  }

  update(shown: Shown): void {
    this.#shown = shown;
    const gone = this.#store.isGone(shown.entry);
    for (const { view } of this.#places) if ("examine" in view) view.element.hidden = gone;
  }

  /** Draws what is not as it should be: all of it, or some. Says whether anything is left. */
  draw(all: boolean): boolean {
    const begin = performance.now();
    for (let count = 0; count < this.#places.length; count += 1) {
      const refresh = this.#due(this.#places[this.#next] as Place);
      if (refresh && !all && performance.now() - begin > ENOUGH) return true;
      refresh?.();
      this.#next = (this.#next + 1) % this.#places.length;
    }
    this.#next = 0;
    return false;
  }

  #see(changes: readonly IntersectionObserverEntry[], wish: () => void): void {
    for (const { target, isIntersecting } of changes) {
      const place = this.#places.find(({ view }) => view.element === target);
      if (place) place.visible = isIntersecting;
    }
    if (this.#places.some((place) => this.#due(place) !== undefined)) wish();
  }

  /** What draws a view; nothing if it is out of sight, or as it should be, or what it shows is on its way. */
  #due(place: Place): (() => void) | undefined {
    const { view } = place;
    const shown = this.#shown;
    if (!place.visible || !shown || place.shown === shown) return undefined;
    const snapshot = "examine" in view ? this.#store.whole(shown.entry) : undefined;
    // Until it comes, what was looked at before stays in sight.
    if ("examine" in view && snapshot === undefined) return undefined;
    return () => {
      if ("update" in view) view.update(shown);
      else view.examine(shown, snapshot as Snapshot);
      place.shown = shown;
    };
  }
}
