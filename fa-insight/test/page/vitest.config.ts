import { defineConfig } from "vitest/config";

/** Tests in a browser; the others need none. */
export default defineConfig({
  test: {
    include: ["test/page/*.page.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    expect: { poll: { timeout: 20_000 } },
  },
});
