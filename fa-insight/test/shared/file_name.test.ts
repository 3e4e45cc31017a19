import { describe, expect, it } from "vitest";
import { parseFileName, printFileName } from "../../shared/file_name";

describe("file names", () => {
  it.each([0, 1, 9_999_999_999, 10_000_000_000, Number.MAX_SAFE_INTEGER])(
    "are read as they are written: %i",
    (sequence) => {
      const name = { sequence, writer: "0000a1b20001" };
      expect(parseFileName(printFileName(name))).toEqual(name);
    },
  );

  it.each([
    "",
    "latest.json",
    "snapshot-.json",
    "snapshot-0000000042.json",
    "snapshot-42-0000a1b20001.json",
    "snapshot-+000000042-0000a1b20001.json",
    "snapshot-00000000042-0000a1b20001.json",
    "snapshot-0000000042-0000A1B20001.json",
    "snapshot-0000000042-a1b20001.json",
    "snapshot-0000000042-0000a1b20001.json.bak",
    "snapshot-0000000042-0000a1b20001.json\n",
    "my-snapshot-0000000042-0000a1b20001.json",
    "snapshot-99999999999999999999-0000a1b20001.json",
    "snapshot-٤٤٤٤٤٤٤٤٤٤-0000a1b20001.json",
  ])("are others' where they are others: %s", (name) => {
    expect(parseFileName(name)).toBeUndefined();
  });
});
