import { describe, expect, it } from "vitest";
import { area, line } from "../../webview/sparkline";

describe("small pictures", () => {
  it("are lines from the oldest to the newest, from zero to the most", () => {
    expect(line([0, 10, 5], 20, 12)).toBe("M0.0 11.0L10.0 1.0L20.0 6.0");
    expect(line([], 20, 12)).toBe("");
    expect(line([7], 20, 12)).toBe("M0.0 1.0");
    expect(line([0, 0], 20, 12)).toBe("M0.0 11.0L20.0 11.0");
  });

  it("are columns, with nothing where there is no number, and something where there is little", () => {
    expect(area([null, 5, 0, 10], 10, 40, 20)).toBe("M10.00 20v-10.00h10.00v10.00zM30.00 20v-20.00h10.00v20.00z");
    expect(area([1], 1e9, 10, 20)).toBe("M0.00 20v-0.50h10.00v0.50z");
  });
});
