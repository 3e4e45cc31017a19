/** Elements of the page. Text is set as text and never parsed, so that whatever a snapshot holds stays text. */

type Child = Node | string | undefined;

export interface Properties {
  readonly class?: string;
  readonly title?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly click?: (event: MouseEvent) => void;
}

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (properties.class) made.className = properties.class;
  if (properties.title) made.title = properties.title;
  for (const [attribute, value] of Object.entries(properties.attributes ?? {})) made.setAttribute(attribute, value);
  if (properties.click) made.addEventListener("click", properties.click as EventListener);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

export function button(text: string, title: string, click: () => void): HTMLButtonElement {
  return element("button", { title, click, attributes: { type: "button" } }, text);
}

/**
 * Changes the text only if it is another, and in place where a text is all there is: to make the page anew around it costs
 * several times as much.
 */
export function setText(node: Node, text: string): void {
  const only = node.firstChild;
  if (only?.nodeType === Node.TEXT_NODE && only === node.lastChild) {
    if ((only as Text).data !== text) (only as Text).data = text;
  } else if (node.textContent !== text) node.textContent = text;
}

/** Changes the attribute only if it is another. */
export function setAttribute(made: Element, name: string, value: string): void {
  if (made.getAttribute(name) !== value) made.setAttribute(name, value);
}

export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Node[]
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}
