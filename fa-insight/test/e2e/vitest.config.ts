import { defineConfig } from "vitest/config";

/** One editor for all suites, one after another: they share its server and two processors. */
export default defineConfig({
  test: {
    include: ["test/e2e/**/*.spec.ts"],
    globalSetup: ["test/e2e/setup.ts"],
    fileParallelism: false,
    setupFiles: ["test/e2e/on_failure.ts"],
    // What a test that fails takes at most, also beside other work.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    bail: Number(process.env["FA_INSIGHT_BAIL"] ?? 0),
  },
});
