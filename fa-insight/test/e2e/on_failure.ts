/** What the editor looked like when a test failed. */
import { afterEach } from "vitest";

import { Workbench } from "./workbench";

afterEach(async ({ task }) => {
  if (task.result?.state !== "fail") return;
  for (const workbench of Workbench.all) await workbench.screenshot(`failed ${task.name}`);
});
