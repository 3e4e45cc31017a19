/** Running the analyser: always the program itself with a list of arguments, never a shell. */
import { execFile } from "node:child_process";

export interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly complaint: string;
}

/** After this long a program that only prints counts as hung. */
const TIME_LIMIT_MS = 60_000;
/** `list --format json` is the longest that is read, at some 200 KB. */
const OUTPUT_LIMIT = 16 * 1024 * 1024;

/** Runs a program to its end; what cannot be run has the code −1. */
export function run(program: string, words: readonly string[], folder?: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { cwd: folder, timeout: TIME_LIMIT_MS, maxBuffer: OUTPUT_LIMIT, windowsHide: true };
    execFile(program, words, options, (error, output, complaint) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, output, complaint: complaint || (code === -1 ? (error?.message ?? "") : "") });
    });
  });
}
