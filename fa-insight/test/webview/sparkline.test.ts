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
    expect(area([null, 5, 0, 10], 10, 400, 200, 200)).toBe("M100 200v-100h100v100zM300 200v-200h100v200z");
    // They meet, however wide they are.
    expect(area([9, 9, 9], 9, 100, 200, 220)).toBe("M0 220v-200h33v200zM33 220v-200h34v200zM67 220v-200h33v200z");
    expect(area([1], 1e9, 100, 200, 200)).toBe("M0 200v-5h100v5z");
  });
});
