/** The views of the page. Each is updated once a frame at most, and only while it is in sight. */
import type { Shown } from "../shared/selection";
import type { Store } from "./store";
import { onThemeChange } from "./theme";
import type { CloseView, View } from "./view";

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

  constructor(store: Store, views: readonly (View | CloseView)[]) {
    this.#store = store;
    this.#places = views.map((view) => ({ view, visible: false, shown: undefined }));
    const observer = new IntersectionObserver((changes) => this.#see(changes), { rootMargin: "100px" });
    for (const view of views) observer.observe(view.element);
    onThemeChange(() => {
      for (const { view } of this.#places) view.restyle?.();
    });
  }

  update(shown: Shown): void {
    this.#shown = shown;
    const gone = this.#store.isGone(shown.entry);
    for (const place of this.#places) {
      if ("examine" in place.view) place.view.element.hidden = gone;
      this.#refresh(place);
    }
  }

  #see(changes: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of changes) {
      const place = this.#places.find(({ view }) => view.element === target);
      if (!place) continue;
      place.visible = isIntersecting;
      this.#refresh(place);
    }
  }

  #refresh(place: Place): void {
    if (!place.visible || !this.#shown || place.shown === this.#shown) return;
    const { view } = place;
    if ("update" in view) view.update(this.#shown);
    else {
      const snapshot = this.#store.whole(this.#shown.entry);
      // Until it comes, what was looked at before stays in sight.
      if (snapshot === undefined) return;
      view.examine(this.#shown, snapshot);
    }
    place.shown = this.#shown;
  }
}
