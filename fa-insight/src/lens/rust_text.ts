/** Rust source with everything blanked that is not code, and the literals that stood in it. */

export interface Literal {
  /** Of the opening quote. */
  readonly start: number;
  /** Behind the closing one. */
  readonly end: number;
  readonly text: string;
}

export interface Code {
  /** As long as the source; comments and literals are spaces. */
  readonly text: string;
  /** Plain string literals, by where they begin. */
  readonly literals: ReadonlyMap<number, Literal>;
}

// One alternative for each thing that may hold what looks like code. Lifetimes are passed over with their quote.
const TOKEN = /\/\/[^\n]*|\/\*|\b(?:b|c|br|cr|r)(#*)"|"|b?'(?:\\(?:u\{[^}]*\}|.)|[^\\'\n])'|'[A-Za-z_]\w*/g;

export function readCode(source: string): Code {
  const literals = new Map<number, Literal>();
  let text = "";
  let done = 0;
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(source); found !== null; found = TOKEN.exec(source)) {
    const [token] = found;
    const end = endOf(source, found.index, token);
    if (token === '"') {
      literals.set(found.index, { start: found.index, end, text: source.slice(found.index + 1, end - 1) });
    }
    text += source.slice(done, found.index) + blank(source.slice(found.index, end));
    done = end;
    TOKEN.lastIndex = end;
  }
  return { text: text + source.slice(done), literals };
}

function endOf(source: string, start: number, token: string): number {
  const behind = start + token.length;
  if (token === "/*") return endOfComment(source, behind);
  if (!token.endsWith('"')) return behind;
  if (/r/.test(token)) {
    const close = `"${"#".repeat(token.split("#").length - 1)}`;
    return endBehind(source, source.indexOf(close, behind), close.length);
  }
  return endOfString(source, behind);
}

function endOfString(source: string, from: number): number {
  for (let at = from; at < source.length; at += 1) {
    if (source[at] === "\\") at += 1;
    else if (source[at] === '"') return at + 1;
  }
  return source.length;
}

/** Comments of this kind nest. */
function endOfComment(source: string, from: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  for (let depth = 1; depth > 0; ) {
    const found = edge.exec(source);
    if (found === null) return source.length;
    depth += found[0] === "/*" ? 1 : -1;
  }
  return edge.lastIndex;
}

function endBehind(source: string, at: number, length: number): number {
  return at === -1 ? source.length : at + length;
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}
