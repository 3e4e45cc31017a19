/** Which folders the analyser is of use in. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const SKIPPED = new Set(["target", "node_modules"]);

/** The folders with a manifest that an analyser is started in: the workspace folder, or else those right below it. */
export async function roots(folder: string): Promise<readonly string[]> {
  if (await hasManifest(folder)) return (await concerns(folder)) ? [folder] : [];
  const inner = (await subfolders(folder)).map((name) => join(folder, name));
  const found = await Promise.all(inner.map(async (root) => (await hasManifest(root)) && concerns(root)));
  return inner.filter((_, index) => found[index]);
}

/** Whether cargo's files name framealloc: in the lock file, or in the manifest or one of those up to three levels below. */
async function concerns(root: string): Promise<boolean> {
  if (/^name = "framealloc"$/m.test(await text(join(root, "Cargo.lock")))) return true;
  return mentions(root, 3);
}

async function mentions(folder: string, depth: number): Promise<boolean> {
  if (/\bframealloc\b/.test(await text(join(folder, "Cargo.toml")))) return true;
  if (depth === 0) return false;
  for (const name of await subfolders(folder)) {
    if (await mentions(join(folder, name), depth - 1)) return true;
  }
  return false;
}

async function hasManifest(folder: string): Promise<boolean> {
  return (await text(join(folder, "Cargo.toml"))) !== "";
}

async function subfolders(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !SKIPPED.has(entry.name))
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}

/** A file that cannot be read says nothing. */
async function text(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return "";
  }
}
