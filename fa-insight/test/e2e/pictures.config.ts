import { defineConfig } from "vitest/config";

import base from "./vitest.config";

/** Takes the pictures of the README: `npm run pictures`. */
export default defineConfig({ test: { ...base.test, include: ["test/e2e/pictures.ts"], testTimeout: 120_000 } });
