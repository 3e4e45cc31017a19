/** Two snapshots side by side, as a page in Markdown. */
import { digestOf } from "../../shared/digest";
import { byteDifference, bytes, count, share } from "../../shared/format";
import type { Entry } from "../../shared/protocol";
import { bytesOf, type Growth, growths, TOTALS } from "../../shared/series/difference";
import { escaped } from "../inspector/text";

export function nameOf({ source, snapshot }: Entry): string {
  return `${source}, frame ${count(snapshot.frame)}`;
}

export function comparison(before: Entry, after: Entry): string {
  const [a, b] = [digestOf(before.snapshot), digestOf(after.snapshot)];
  const found = growths(bytesOf(a), bytesOf(b));
  const totals = TOTALS.map(([title, read]) => line(title, read(a), read(b)));
  const tags = found.map(({ path, a, b }: Growth) => line(escaped(path), a, b));
  const head = (first: string) => [`| ${first} | before | after | grown by | |`, "|:--|--:|--:|--:|--:|"];
  return [
    `# ${escaped(nameOf(before))} → ${escaped(nameOf(after))}`,
    "",
    ...head("Memory"),
    ...totals,
    "",
    "## Tags, by growth",
    "",
    ...(tags.length === 0 ? ["Every tag holds what it held before."] : [...head("Tag"), ...tags]),
    "",
  ].join("\n");
}

function line(title: string, before: number, after: number): string {
  const grown = after - before;
  const part = grown === 0 || before === 0 ? "" : share(Math.abs(grown), before);
  const sign = grown > 0 ? "+" : "−";
  return `| ${title} | ${bytes(before)} | ${bytes(after)} | ${byteDifference(grown)} | ${/^\d/.test(part) ? sign : ""}${part} |`;
}
