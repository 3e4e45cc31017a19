import { element } from "./element";

/** Options are made anew only when they are others, so that an open list stays open. */
export function fillSelect(
  select: HTMLSelectElement,
  options: readonly (readonly [string, string])[],
  value: string,
): void {
  const key = JSON.stringify(options);
  if (select.dataset["key"] !== key) {
    select.dataset["key"] = key;
    select.replaceChildren(...options.map(([name, text]) => element("option", { attributes: { value: name } }, text)));
  }
  if (select.value !== value) select.value = value;
}
