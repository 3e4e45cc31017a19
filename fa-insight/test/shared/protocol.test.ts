import { describe, expect, it } from "vitest";
import { parseFromView, parseToView } from "../../shared/protocol";
import { entry } from "./samples";

describe("messages to the view", () => {
  const reset = { type: "reset", protocol: 1, watching: true, entries: [entry(1)], troubles: [] };

  it("are read as they were sent", () => {
    for (const message of [
      reset,
      { type: "entries", entries: [entry(2)] },
      { type: "troubles", troubles: [{ source: "s", file: "f", message: "m" }] },
      { type: "watching", watching: false },
    ]) {
      expect(parseToView(JSON.parse(JSON.stringify(message)))).toEqual(message);
    }
  });

  it.each([
    null,
    [],
    "reset",
    {},
    { type: "reload" },
    { type: "watching", watching: "yes" },
    { type: "entries", entries: 7 },
    { type: "entries", entries: [{ source: "s", writer: 1 }] },
    { ...reset, protocol: "1" },
  ])("are ignored where they are none: %j", (value) => {
    expect(parseToView(value)).toBeUndefined();
  });

  it("that hold something unreadable say so and show the rest", () => {
    const entries = [{ ...entry(1), snapshot: { version: 9 } }, entry(2)];
    const message = parseToView({ ...reset, entries });
    expect(message).toMatchObject({ type: "reset", entries: [{ sequence: 2 }], troubles: [{ file: "snapshot 1" }] });
  });
});

describe("messages from the view", () => {
  it("are read as they were sent", () => {
    for (const message of [
      { type: "ready", protocol: 1 },
      { type: "open", source: "s", file: "src/main.rs", line: 7 },
      { type: "open", source: "s", file: "src/main.rs", line: 7, column: 3 },
      { type: "watch", watching: true },
      { type: "save", name: "run.csv", text: "a,b" },
    ]) {
      expect(parseFromView(message)).toEqual(message);
    }
  });

  it.each([
    { type: "open", source: "s", file: "", line: 1 },
    { type: "open", source: "s", file: "a.rs", line: 0 },
    { type: "open", source: "s", file: "a\0.rs", line: 1 },
    { type: "open", source: "s", file: "a.rs", line: 1.5 },
    { type: "save", name: "../run.csv", text: "" },
    { type: "save", name: "a\\b", text: "" },
    { type: "save", name: ".profile", text: "" },
    { type: "save", name: "a.csv", text: 7 },
    { type: "run", command: "rm" },
    undefined,
  ])("are ignored where no view sends them: %j", (value) => {
    expect(parseFromView(value)).toBeUndefined();
  });
});
