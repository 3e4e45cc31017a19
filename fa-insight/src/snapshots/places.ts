/** From a file as a compiler was told of it to the file. */
import { access } from "node:fs/promises";
import { dirname, isAbsolute, resolve } from "node:path";

/** A compiler is told of files from the root of the workspace, of which a part may be open. */
const LEVELS = 4;

/** The path of a file that programs of these folders name; nothing where there is none. */
export async function locate(file: string, folders: readonly string[]): Promise<string | undefined> {
  const plain = file.replaceAll("\\", "/");
  if (isAbsolute(file)) return (await exists(file)) ? file : undefined;
  for (const folder of folders) {
    let base = folder;
    for (let level = 0; level < LEVELS; level += 1) {
      const path = resolve(base, plain);
      if (await exists(path)) return path;
      base = dirname(base);
    }
  }
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
