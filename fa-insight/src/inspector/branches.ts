/** Paths as the tree that they mean. */

export interface Branch<T> {
  readonly item: T;
  /** What its path has beyond that of the branch above. */
  readonly name: string;
  readonly inner: readonly Branch<T>[];
}

interface Growing<T> extends Branch<T> {
  readonly inner: Growing<T>[];
}

/** Each under the nearest path above it that is there. */
export function branches<T extends { readonly path: string }>(items: readonly T[]): readonly Branch<T>[] {
  const all = new Map<string, Growing<T>>();
  const roots: Growing<T>[] = [];
  const shortestFirst = [...items].sort((a, b) => a.path.length - b.path.length);
  for (const item of shortestFirst) {
    const above = nearest(all, item.path);
    const name = above === undefined ? item.path : item.path.slice(above.item.path.length + 1);
    const branch = { item, name, inner: [] };
    all.set(item.path, branch);
    (above?.inner ?? roots).push(branch);
  }
  return roots;
}

function nearest<T>(all: ReadonlyMap<string, T>, path: string): T | undefined {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const found = all.get(path.slice(0, end));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Those that are wanted, and those that lead to one. */
export function pruned<T>(tree: readonly Branch<T>[], wanted: (item: T) => boolean): readonly Branch<T>[] {
  return tree.flatMap((branch) => {
    const inner = pruned(branch.inner, wanted);
    return inner.length > 0 || wanted(branch.item) ? [{ ...branch, inner }] : [];
  });
}
