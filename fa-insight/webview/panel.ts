/** A part of the page: a heading, what can be set about it, and a body, of which there may be a second one as a table. */
import { button, element } from "./element";

export class Panel {
  readonly element: HTMLElement;
  readonly body: HTMLElement;
  readonly tools: HTMLElement;

  constructor(name: string, title: string, meaning: string) {
    const id = `panel-${name}`;
    this.body = element("div", { class: "body" });
    this.tools = element("div", { class: "tools" });
    this.element = element(
      "section",
      { class: `panel ${name}`, attributes: { "aria-labelledby": id } },
      element("header", {}, element("h2", { title: meaning, attributes: { id } }, title), this.tools),
      this.body,
    );
  }

  /** Lets people choose between a picture and its numbers. */
  offerTable(picture: HTMLElement, table: HTMLElement, toggled: () => void): { readonly shown: boolean } {
    const state = { shown: false };
    const toggle = button("Table", "Show the numbers as a table", () => {
      state.shown = !state.shown;
      apply();
      toggled();
    });
    const apply = () => {
      toggle.setAttribute("aria-pressed", String(state.shown));
      picture.hidden = state.shown;
      table.hidden = !state.shown;
    };
    apply();
    this.tools.append(toggle);
    this.body.append(picture, table);
    return state;
  }
}

/** Of several, one is pressed. */
export class Choice<Value extends string> {
  readonly element: HTMLElement;
  value: Value;
  readonly #buttons = new Map<Value, HTMLButtonElement>();

  constructor(label: string, options: readonly (readonly [Value, string, string])[], chosen: () => void) {
    this.element = element("div", { class: "choice", attributes: { role: "group", "aria-label": label } });
    this.value = (options[0] as readonly [Value, string, string])[0];
    for (const [value, text, title] of options) {
      const made = button(text, title, () => {
        this.value = value;
        this.#apply();
        chosen();
      });
      this.#buttons.set(value, made);
      this.element.append(made);
    }
    this.#apply();
  }

  #apply(): void {
    for (const [value, made] of this.#buttons) made.setAttribute("aria-pressed", String(value === this.value));
  }
}
