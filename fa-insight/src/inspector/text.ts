/** How lines of the inspector put several facts. */

/** `36.2 KiB · 20 %`; what is empty is left out. */
export function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" · ");
}

export type Row = readonly [name: string, value: string];

/** A small table in Markdown, and a line of letters below. */
export function table(title: string, rows: readonly Row[], line = ""): string {
  const body = rows.map(([name, value]) => `| ${escaped(name)} | ${escaped(value)} |`);
  const drawn = line.length > 1 ? ["", `\`${line}\``] : [];
  return [`**${escaped(title)}**`, "", "| | |", "|:--|--:|", ...body, ...drawn].join("\n");
}

/** What programs call their threads and tags is shown as it is, and never as markup. */
export function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~$@&-]/g, "\\$&").replace(/\s+/g, " ");
}
