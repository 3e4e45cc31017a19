/** Writes `shared/snapshot.ts` from the schema that the library's types make; a unit test notices when that is out of date. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

const schema = new URL("../schemas/snapshot-v1.json", import.meta.url);
const generated = new URL("shared/snapshot.ts", import.meta.url);

const BANNER = "/* Made by `npm run codegen` from schemas/snapshot-v1.json: do not edit. */";

/** A reference with its own description is another type to the generator, so that it writes the type twice. */
function withPlainReferences(value) {
  if (Array.isArray(value)) return value.map(withPlainReferences);
  if (typeof value !== "object" || value === null) return value;
  if (typeof value.$ref === "string") return { description: value.description, allOf: [{ $ref: value.$ref }] };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withPlainReferences(inner)]));
}

export async function generate() {
  const root = withPlainReferences(JSON.parse(readFileSync(schema, "utf8")));
  // Its example is Rust.
  root.description = root.description.split("\n")[0];
  return compile(root, "Snapshot", {
    additionalProperties: false,
    bannerComment: BANNER,
    style: { printWidth: 120 },
  });
}

export function current() {
  return readFileSync(generated, "utf8");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(generated, await generate());
}
