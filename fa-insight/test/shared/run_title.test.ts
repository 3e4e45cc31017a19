import { expect, it } from "vitest";
import { History, WHOLE } from "../../shared/history";
import { runTitle } from "../../shared/run_title";
import { entry } from "./samples";

function title(writer: string, source: string): string | undefined {
  const history = new History(WHOLE);
  history.add([entry(1, {}, writer, source)]);
  return history.runs.map(runTitle)[0];
}

it("names the folder, the process and how much there is", () => {
  expect(title("0000a1b20001", "/games/asteroids/target/framealloc")).toBe("asteroids, process 41394, 1 snapshot");
  expect(title("by hand", "D:\\asteroids")).toBe("asteroids, by hand, 1 snapshot");
});
