/** Where a text opens tags and phases, as far as one can see without a compiler. */
import { readCode } from "./rust_text";

export interface Call {
  readonly kind: "tag" | "phase";
  /** With those that it is inside of in this text: `physics/contacts`. */
  readonly path: string;
  /** Of the method's name. */
  readonly start: number;
  /** Behind the literal. */
  readonly end: number;
}

const EVENT = /\.\s*(with_tag|tag|begin_phase|phase|end_phase)\s*\(|[{}()]/g;

/** Something open, until the depth falls below where it began or its own end comes. */
interface Open {
  readonly kind: Call["kind"];
  readonly name: string;
  readonly depth: number;
  /** Whether `end_phase` ends it. */
  readonly byCall: boolean;
}

export function findCalls(source: string): readonly Call[] {
  const { text, literals } = readCode(source);
  const calls: Call[] = [];
  let open: Open[] = [];
  let depth = 0;
  EVENT.lastIndex = 0;
  for (let found = EVENT.exec(text); found !== null; found = EVENT.exec(text)) {
    const [event, method] = found;
    const at = found.index + event.length;
    if (method === undefined) {
      depth += event === "(" || event === "{" ? 1 : -1;
      open = open.filter((one) => one.depth <= depth);
      continue;
    }
    depth += 1;
    if (method === "end_phase") {
      const last = open.findLast((one) => one.byCall);
      open = open.filter((one) => one !== last);
      continue;
    }
    const literal = literals.get(behindSpace(source, at));
    if (literal === undefined || literal.text === "") continue;
    const kind = method.endsWith("phase") ? "phase" : "tag";
    const outer = open.filter((one) => one.kind === kind).map(({ name }) => name);
    const start = at - event.length + event.indexOf(method);
    calls.push({ kind, path: [...outer, literal.text].join("/"), start, end: literal.end });
    // With a closure, it lasts as long as the call; else as long as the block that the call stands in.
    const inside = text[behindSpace(text, literal.end)] === ",";
    open.push({ kind, name: literal.text, depth: inside ? depth : depth - 1, byCall: method === "begin_phase" });
  }
  return calls;
}

function behindSpace(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? "")) at += 1;
  return at;
}
