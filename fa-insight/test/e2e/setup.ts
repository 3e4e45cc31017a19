import type { TestProject } from "vitest/node";

import { checkPaths } from "./paths";
import { EditorServer } from "./server";

declare module "vitest" {
  export interface ProvidedContext {
    readonly editor: { readonly port: number; readonly folder: string };
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  checkPaths();
  const server = await EditorServer.start({ trusting: true });
  project.provide("editor", { port: server.port, folder: server.folder });
  return () => server.stop();
}
