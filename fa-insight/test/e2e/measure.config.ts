import { defineConfig } from "vitest/config";

import base from "./vitest.config";

/** What the panel costs in the editor: `npm run measure:panel`. */
export default defineConfig({ test: { ...base.test, include: ["test/e2e/measure.ts"], testTimeout: 300_000 } });
