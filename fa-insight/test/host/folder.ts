/** Folders that are gone after a test. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "fa-insight-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}
