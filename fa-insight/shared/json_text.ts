/**
 * Whether a text that is not JSON has at least an end: one that stops within a string, an object or a list, or is
 * empty, is the beginning of something.
 */
export function isComplete(text: string): boolean {
  let depth = 0;
  let begun = false;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at);
        if (at >= text.length) return false;
        begun = true;
        break;
      case "{":
      case "[":
        depth += 1;
        begun = true;
        break;
      case "}":
      case "]":
        depth -= 1;
        break;
      case " ":
      case "\n":
      case "\r":
      case "\t":
      case "\0": // What some file systems leave of a file whose content was not written when the power went.
        break;
      default:
        begun = true;
    }
  }
  return begun && depth <= 0;
}

/** Where the string that begins at `start` has its closing quote; the text's end if it has none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
