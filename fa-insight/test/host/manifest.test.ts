import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { COMMANDS, CONTEXTS, PANEL, SECTION, SETTINGS, VIEWS } from "../../src/manifest";

const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
const { contributes, activationEvents, capabilities } = JSON.parse(text);

describe("package.json", () => {
  it("declares each command, and none that nobody carries out", () => {
    const declared = contributes.commands.map(({ command }: { command: string }) => command);
    expect(declared.toSorted()).toEqual(Object.values(COMMANDS).toSorted());
  });

  it("declares each view", () => {
    const declared = contributes.views.framealloc.map(({ id }: { id: string }) => id);
    expect(declared.toSorted()).toEqual(Object.values(VIEWS).toSorted());
    expect(activationEvents).toContain(`onWebviewPanel:${PANEL}`);
  });

  it("declares each setting, and none that nobody reads", () => {
    const declared = Object.keys(contributes.configuration.properties);
    expect(declared.toSorted()).toEqual(
      Object.values(SETTINGS)
        .map((name) => `${SECTION}.${name}`)
        .toSorted(),
    );
  });

  it("has menus for commands that exist, when something is so that somebody tells", () => {
    const items: readonly { command: string; when?: string }[] = Object.values(contributes.menus).flat() as never;
    const commands: readonly string[] = Object.values(COMMANDS);
    const contexts: readonly string[] = [...Object.values(CONTEXTS), ...Object.values(VIEWS)];
    for (const { command, when = "" } of items) {
      expect(commands).toContain(command);
      for (const [name] of when.matchAll(/framealloc\.\w+/g)) expect(contexts).toContain(name);
    }
  });

  it("leaves the settings that name programs and folders to people who trust the workspace", () => {
    expect(capabilities.untrustedWorkspaces.restrictedConfigurations).toEqual([
      `${SECTION}.${SETTINGS.analyserPath}`,
      `${SECTION}.${SETTINGS.analyserArguments}`,
      `${SECTION}.${SETTINGS.directories}`,
    ]);
  });
});
