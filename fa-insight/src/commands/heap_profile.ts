/** V8's sampling heap profile, which the editor opens as a flame graph: what `framealloc_snapshot::heap_profile` writes. */
import type { Location, Snapshot } from "../../shared/snapshot";

interface ProfileNode {
  readonly callFrame: {
    readonly functionName: string;
    readonly scriptId: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  selfSize: number;
  readonly id: number;
  readonly children: ProfileNode[];
}

export function heapProfile(snapshot: Snapshot): string {
  const profile = new Profile();
  const sites = snapshot.call_sites ?? [];
  for (const { location, kind, type_name: type, tag, bytes } of sites) {
    profile.under(profile.at(tag ?? ""), `${type ?? "memory"} (${kind})`, location).selfSize += bytes;
  }
  if (sites.length === 0) {
    for (const tag of snapshot.tags) profile.at(tag.path).selfSize += tag.own_bytes;
    const tagged = snapshot.tags.reduce((sum, tag) => sum + tag.own_bytes, 0);
    const rest = snapshot.summary.frame_bytes - tagged;
    if (rest > 0) profile.at("(untagged)").selfSize = rest;
  }
  return profile.toString();
}

class Profile {
  readonly #nodes: ProfileNode[] = [];
  readonly #byPath = new Map<string, ProfileNode>();
  readonly #root = this.#make("(root)");

  /** The node of a path, made with those above it. */
  at(path: string): ProfileNode {
    if (path === "") return this.#root;
    const known = this.#byPath.get(path);
    if (known !== undefined) return known;
    const end = path.lastIndexOf("/");
    const node = this.under(this.at(path.slice(0, Math.max(end, 0))), path.slice(end + 1));
    this.#byPath.set(path, node);
    return node;
  }

  under(parent: ProfileNode, name: string, location?: Location): ProfileNode {
    const node = this.#make(name, location);
    parent.children.push(node);
    return node;
  }

  /** Lines and columns count from zero here. */
  #make(functionName: string, location: Location = { file: "", line: 0, column: 0 }): ProfileNode {
    const { file: url, line, column } = location;
    const callFrame = { functionName, scriptId: "0", url, lineNumber: line - 1, columnNumber: column - 1 };
    const node = { callFrame, selfSize: 0, id: this.#nodes.length + 1, children: [] };
    this.#nodes.push(node);
    return node;
  }

  toString(): string {
    const samples = this.#nodes
      .filter((node) => node.selfSize > 0)
      .map((node, index) => ({ size: node.selfSize, nodeId: node.id, ordinal: index + 1 }));
    return JSON.stringify({ head: this.#root, samples });
  }
}
