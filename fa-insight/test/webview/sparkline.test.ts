import { describe, expect, it } from "vitest";
import { area, line } from "../../webview/sparkline";

describe("small pictures", () => {
  it("are lines from the oldest to the newest, from zero to the most", () => {
    expect(line([0, 10, 5], 200, 120)).toBe("M0 110L100 10L200 60");
    expect(line([], 200, 120)).toBe("");
    expect(line([7], 200, 120)).toBe("M0 10");
    expect(line([0, 0], 200, 120)).toBe("M0 110L200 110");
  });

  it("are columns, with nothing where there is no number, and something where there is little", () => {
    expect(area([null, 5, 0, 10], 10, 400, 200, 200)).toBe("M100 200V100H200V200M300 200V0H400V200");
    // They meet, however wide they are.
    expect(area([9, 9, 3], 9, 100, 180, 220)).toBe("M0 220V40H67V160H100V220");
    expect(area([1], 1e9, 100, 200, 200)).toBe("M0 200V195H100V200");
    expect(area([null, 0], 5, 100, 200, 200)).toBe("");
  });
});
