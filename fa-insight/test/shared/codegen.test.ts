import { expect, it } from "vitest";
// @ts-expect-error: a script without types.
import { current, generate } from "../../codegen.mjs";

it("has the types of the schema; if not, `npm run codegen` brings them", async () => {
  expect(current()).toBe(await generate());
});
