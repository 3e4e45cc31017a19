import { describe, expect, it } from "vitest";
import * as format from "../../shared/format";

describe("numbers", () => {
  it.each([
    [0, "0 B"],
    [1, "1 B"],
    [1023, "1,023 B"],
    [1024, "1.0 KiB"],
    [1536, "1.5 KiB"],
    [102_400, "100 KiB"],
    [1024 * 1024 - 1, "1.0 MiB"],
    [999.96 * 1024, "1,000 KiB"],
    [4 * 1024 ** 2, "4.0 MiB"],
    [2 ** 63, "8.0 EiB"],
    [2 ** 80, "1,048,576 EiB"],
  ])("of bytes: %d", (number, text) => {
    expect(format.bytes(number)).toBe(text);
  });

  it("that are differences have a sign", () => {
    expect(format.byteDifference(1536)).toBe("+1.5 KiB");
    expect(format.byteDifference(-12)).toBe("−12 B");
    expect(format.byteDifference(0)).toBe("0 B");
    expect(format.countDifference(-1234)).toBe("−1,234");
  });

  it.each([
    [999, "999 ns"],
    [16_683_000, "16.7 ms"],
    [999_999, "1.0 ms"],
    [90e9, "90.0 s"],
  ])("of time: %d", (number, text) => {
    expect(format.duration(number)).toBe(text);
  });

  it.each([
    [0, 10, "0 %"],
    [1, 3, "33 %"],
    [1, 30, "3.3 %"],
    [1, 1e6, "< 0.1 %"],
    [30, 10, "300 %"],
    [1, 0, "–"],
  ])("of shares: %d of %d", (part, whole, text) => {
    expect(format.share(part, whole)).toBe(text);
  });

  it("of things", () => {
    expect(format.count(1_234_567)).toBe("1,234,567");
    expect(format.count(0.25)).toBe("0.3");
    expect(format.counted(1, "frame")).toBe("1 frame");
    expect(format.counted(2, "frame")).toBe("2 frames");
  });
});
