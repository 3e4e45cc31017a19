/** The views of the page. Each is updated once a frame at most, and only while it is in sight. */
import type { Shown } from "../shared/selection";
import { onThemeChange } from "./theme";
import type { View } from "./view";

interface Place {
  readonly view: View;
  visible: boolean;
  /** What it shows now. */
  shown: Shown | undefined;
}

export class Board {
  readonly #places: readonly Place[];
  #shown: Shown | undefined;

  constructor(views: readonly View[]) {
    this.#places = views.map((view) => ({ view, visible: false, shown: undefined }));
    const observer = new IntersectionObserver((changes) => this.#see(changes), { rootMargin: "100px" });
    for (const view of views) observer.observe(view.element);
    onThemeChange(() => {
      for (const { view } of this.#places) view.restyle?.();
    });
  }

  update(shown: Shown): void {
    this.#shown = shown;
    for (const place of this.#places) this.#refresh(place);
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
    place.shown = this.#shown;
    place.view.update(this.#shown);
  }
}
