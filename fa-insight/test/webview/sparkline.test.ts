import { describe, expect, it } from "vitest";
import { area, line } from "../../webview/sparkline";

describe("small pictures", () => {
  it("are lines from the oldest to the newest, from zero to the most", () => {
    expect(line([0, 10, 5], 20, 12)).toBe("M0 11L10 1L20 6");
    expect(line([], 20, 12)).toBe("");
    expect(line([7], 20, 12)).toBe("M0 1");
    expect(line([0, 0], 20, 12)).toBe("M0 11L20 11");
  });

  it("are columns, with nothing where there is no number, and something where there is little", () => {
    expect(area([null, 5, 0, 10], 10, 40, 20)).toBe("M10 20v-10h10v10zM30 20v-20h10v20z");
    // They meet, however wide they are.
    expect(area([9, 9, 9], 9, 10, 20)).toBe("M0 20v-20h3.3v20zM3.3 20v-20h3.4v20zM6.7 20v-20h3.3v20z");
    expect(area([1], 1e9, 10, 20)).toBe("M0 20v-0.5h10v0.5z");
  });
});
