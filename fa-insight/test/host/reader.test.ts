import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";

import type { Entry, Trouble } from "../../shared/protocol";
import { FolderReader } from "../../src/snapshots/reader";
import { folder } from "./folder";

const WRITER = "00000000000a";

class Reading {
  readonly folder: string;
  readonly reader: FolderReader;
  readonly entries: Entry[] = [];
  troubles: readonly Trouble[] = [];

  constructor(path: string) {
    this.folder = path;
    this.reader = new FolderReader("game", path, {
      entries: (entries) => this.entries.push(...entries),
      troubles: (troubles) => {
        this.troubles = troubles;
      },
    });
    onTestFinished(() => this.reader.close());
  }

  static async start(): Promise<Reading> {
    return new Reading(await folder());
  }

  write(name: string, content: object | string): Promise<void> {
    return writeFile(join(this.folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }

  get frames(): readonly number[] {
    return this.entries.map((entry) => entry.snapshot.frame);
  }
}

function file(sequence: number): string {
  return `snapshot-${String(sequence).padStart(10, "0")}-${WRITER}.json`;
}

describe("the files of a folder", () => {
  it("are each read once, the newest first", async () => {
    const reading = await Reading.start();
    for (const sequence of [3, 1, 2]) await reading.write(file(sequence), { version: 1, frame: sequence * 10 });
    await reading.reader.scan();
    expect(reading.frames).toEqual([30, 20, 10]);
    expect(reading.entries[0]).toMatchObject({ source: "game", writer: WRITER, sequence: 3 });

    await reading.write(file(4), { version: 1, frame: 40 });
    await reading.reader.scan();
    expect(reading.frames).toEqual([30, 20, 10, 40]);
  });

  it("are read again where they may have changed, which may be known of some", async () => {
    const reading = await Reading.start();
    for (const sequence of [1, 2]) await reading.write(file(sequence), { version: 1, frame: sequence });
    await reading.reader.scan();
    for (const sequence of [1, 2, 3]) await reading.write(file(sequence), { version: 1, frame: sequence * 10 });
    await reading.reader.scan(new Set([file(1)]));
    expect(reading.frames).toEqual([2, 1, 30, 10]);
    // One call knows and another does not.
    await Promise.all([reading.reader.scan(new Set()), reading.reader.scan()]);
    expect(reading.frames).toEqual([2, 1, 30, 10, 20]);
  });

  it("are none where there is no folder, and no trouble", async () => {
    const reading = new Reading("/nowhere/at/all");
    await reading.reader.scan();
    expect(reading.entries).toEqual([]);
    expect(reading.troubles).toEqual([]);
  });

  it("that are half written are read when they are whole, and told of when they stay so", async () => {
    const reading = await Reading.start();
    await reading.write(file(1), '{"version":1,"fra');
    await reading.reader.scan();
    expect(reading.troubles).toEqual([]);
    await vi.waitFor(
      () => expect(reading.troubles.map(({ file }) => file)).toEqual([join(reading.folder, file(1))]),
      5000,
    );
    await reading.write(file(1), { version: 1, frame: 7 });
    await reading.reader.scan();
    expect(reading.frames).toEqual([7]);
    expect(reading.troubles).toEqual([]);
  });

  it("are told of when they are of a newer version or damaged, until they go", async () => {
    const reading = await Reading.start();
    await reading.write(file(1), { version: 9, frame: 1 });
    await reading.write(file(2), { version: 1 });
    await reading.reader.scan();
    const said = reading.troubles.map(({ message }) => message).join("\n");
    expect(said).toContain("schema version 9");
    expect(said).toContain("`frame`");
    await rm(join(reading.folder, file(1)));
    await rm(join(reading.folder, file(2)));
    await reading.reader.scan();
    expect(reading.troubles).toEqual([]);
  });

  it("of others are read if they are snapshots, and not spoken of if they are not", async () => {
    const reading = await Reading.start();
    await reading.write("before-the-fix.json", { version: 1, frame: 5 });
    await reading.write("settings.json", { colour: "blue" });
    await reading.write("notes.txt", "frame 7");
    await mkdir(join(reading.folder, "folder.json"));
    await reading.reader.scan();
    expect(reading.entries).toMatchObject([{ writer: "before-the-fix.json", sequence: 0 }]);
    expect(reading.troubles).toEqual([]);
  });

  it("are the latest alone where a program keeps no others", async () => {
    const reading = await Reading.start();
    await reading.write("latest.json", { version: 1, frame: 1 });
    await reading.reader.scan();
    await reading.write("latest.json", { version: 1, frame: 22 });
    await reading.reader.scan();
    expect(reading.frames).toEqual([1, 22]);
    const [first, second] = reading.entries;
    expect(second?.sequence).toBeGreaterThanOrEqual(first?.sequence ?? Infinity);
  });

  it("are newer than those before when somebody has emptied the folder", async () => {
    const reading = await Reading.start();
    for (const sequence of [8, 9]) await reading.write(file(sequence), { version: 1, frame: sequence });
    await reading.reader.scan();
    for (const sequence of [8, 9]) await rm(join(reading.folder, file(sequence)));
    for (const sequence of [0, 1]) await reading.write(file(sequence), { version: 1, frame: sequence });
    await reading.reader.scan();
    await reading.write(file(2), { version: 1, frame: 2 });
    await reading.reader.scan();
    expect(reading.entries.map(({ sequence }) => sequence)).toEqual([9, 8, 11, 10, 12]);
  });

  it("do not count the latest twice", async () => {
    const reading = await Reading.start();
    await reading.write(file(1), { version: 1, frame: 1 });
    await reading.write("latest.json", { version: 1, frame: 1 });
    await reading.reader.scan();
    expect(reading.frames).toEqual([1]);
  });
});
