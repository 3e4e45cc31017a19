import { defineConfig } from "vitest/config";

/** What needs no editor. */
export default defineConfig({ test: { include: ["test/**/*.test.ts"] } });
