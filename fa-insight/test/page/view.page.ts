import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bytes } from "../../shared/format";
import { printPoints } from "../../shared/protocol";
import { CHROMIUM } from "../browser";
import { feed, feedEntry } from "./feed";
import { type PageOptions, type PageServer, servePage } from "./server";

const SMALL = { threads: 3, tags: 30, snapshots: 60 };
const NAMED = '<img src=x onerror="window.harmed=1">';

let browser: Browser;
const open: (PageServer | Page)[] = [];

beforeAll(async () => {
  browser = await chromium.launch(CHROMIUM);
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
afterAll(() => browser.close());

interface Opened {
  readonly page: Page;
  readonly server: PageServer;
  readonly errors: string[];
}

async function look(options: PageOptions, dark = false): Promise<Opened> {
  const server = await servePage(options);
  const page = await browser.newPage({ viewport: { width: 1280, height: 1700 }, colorScheme: dark ? "dark" : "light" });
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  open.push(page, server);
  await page.goto(server.url);
  return { page, server, errors };
}

function reset(entries: readonly object[] = [], more: object = {}): object {
  return { type: "reset", protocol: 2, watching: true, entries, troubles: [], ...more };
}

function lookAt(entries: readonly object[], more: object = {}): Promise<Opened> {
  return look({ first: () => [reset(entries, more)] });
}

const reading = (page: Page) => page.locator(".frames .reading").innerText();

/** Views are drawn one after another: what one of them shows is waited for, whatever another shows already. */
const text = (page: Page, where: string) => expect.poll(() => page.locator(where).first().innerText());

/** Pixels of a chart that are of this colour, give or take what smoothing does. */
function pixels(page: Page, chart: string, property: string): Promise<number> {
  return page.evaluate(
    ([selector, name]) => {
      const canvas = document.querySelector<HTMLCanvasElement>(`${selector} canvas`);
      const brush = document.createElement("canvas").getContext("2d");
      if (!canvas || !brush) return -1;
      brush.fillStyle = getComputedStyle(document.body).getPropertyValue(name as string);
      brush.fillRect(0, 0, 1, 1);
      const wanted = brush.getImageData(0, 0, 1, 1).data;
      const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
      let found = 0;
      for (let at = 0; at < data.length; at += 4) {
        if ([0, 1, 2].every((part) => Math.abs((data[at + part] ?? 0) - (wanted[part] ?? 0)) < 3)) found += 1;
      }
      return found;
    },
    [chart, property],
  );
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What the checker of accessibility finds wrong, and where. */
async function objections(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await (Reflect.get(window, "axe") as { run(): Promise<AxeResults> }).run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

describe("the page", () => {
  it("shows snapshots as they come", async () => {
    const { page, server, errors } = await lookAt(feed({ ...SMALL, snapshots: 10 }));
    await expect.poll(() => reading(page)).toContain("Frame 300:");
    server.send({ type: "entries", entries: [feedEntry(10, SMALL)] });
    await expect.poll(() => reading(page)).toContain("Frame 330:");
    await text(page, ".place").toBe("11 of 11");
    expect(await page.locator(".panel").count()).toBe(7);
    expect(errors).toEqual([]);
  });

  it("draws its charts in the colours of the tags and the budget", async () => {
    const { page } = await lookAt(feed(SMALL));
    await text(page, ".frames .reading").toContain("Frame 1,800:");
    const place = await page.locator(".frames .legend .swatch").first().getAttribute("data-place");
    await expect.poll(() => pixels(page, ".frames", `--tag-${Number(place) % 6}`)).toBeGreaterThan(5000);
    await expect.poll(() => pixels(page, ".frames", "--alarm")).toBeGreaterThan(100);
    await expect.poll(() => pixels(page, ".retention", "--tag-0")).toBeGreaterThan(200);
  });

  it("has a table for each chart, of the same numbers", async () => {
    const { page } = await lookAt(feed(SMALL));
    await text(page, ".frames .reading").toContain("Frame 1,800:");
    const shown = await reading(page);
    for (const panel of ["frames", "retention"]) {
      await page.locator(`.${panel} .tools button`, { hasText: "Table" }).click();
      await expect.poll(() => page.locator(`.${panel} .chart`).isVisible()).toBe(false);
    }
    const first = page.locator(".frames tbody tr:not(.spacer)").first().locator("td");
    await expect
      .poll(async () => {
        const [frame, held] = await first.allInnerTexts();
        return shown.startsWith(`Frame ${frame}: ${held}`);
      })
      .toBe(true);
    const grid = page.getByRole("grid", { name: "Memory held at each snapshot" });
    await expect.poll(() => grid.getAttribute("aria-rowcount")).toBe("61");
    await page.locator(".frames tbody tr:not(.spacer)").nth(3).click();
    await expect.poll(() => reading(page)).toContain("Frame 1,710:");
  });

  it("follows the system from light to dark", async () => {
    const { page } = await lookAt(feed(SMALL));
    await expect.poll(() => pixels(page, ".retention", "--tag-0")).toBeGreaterThan(200);
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(() => pixels(page, ".retention", "--tag-0")).toBeGreaterThan(200);
  });

  it("takes the editor's colours where it is the host's, also in high contrast", async () => {
    const style =
      "html { --vscode-charts-blue: rgb(1, 200, 3); --vscode-foreground: rgb(9, 8, 7); --vscode-contrastBorder: rgb(250, 1, 1) }";
    const { page } = await look({ first: () => [reset(feed(SMALL))], style });
    await expect.poll(() => pixels(page, ".retention", "--vscode-charts-blue")).toBeGreaterThan(200);
    const panel = await page.locator(".retention").evaluate((element) => {
      const { color, borderTopColor } = getComputedStyle(element);
      return [color, borderTopColor];
    });
    expect(panel).toEqual(["rgb(9, 8, 7)", "rgb(250, 1, 1)"]);
  });

  it("shows less in a side bar", async () => {
    const { page } = await look({ first: () => [reset(feed(SMALL))], root: 'data-view="strip"' });
    await expect.poll(() => page.locator(".frames canvas").count()).toBe(1);
    expect(await page.locator("main > :not(h1)").count()).toBe(1);
  });
});

describe("what is looked at", () => {
  it("is chosen by a click on a column or a spike, and drives the other views", async () => {
    const { page } = await lookAt(feed(SMALL));
    await text(page, ".frames .reading").toContain("Frame 1,800:");
    const over = page.locator(".frames .u-over");
    const box = await over.boundingBox();
    await over.click({ position: { x: (box?.width ?? 0) / 120, y: 40 } });
    await expect.poll(() => reading(page)).toContain("Frame 30:");
    const now = page.locator(".difference dl.totals dd").first();
    await expect.poll(() => now.innerText()).toContain("(0 B)");
    await page.locator(".spike.over").click();
    await expect.poll(() => reading(page)).toContain("Frame 960:");
    await expect.poll(() => now.innerText()).not.toContain("(0 B)");
  });

  it("is a range where one was dragged, which drives all views, until Escape", async () => {
    const { page } = await lookAt(feed(SMALL));
    await text(page, ".frames .reading").toContain("Frame 1,800:");
    const box = await page.locator(".frames .u-over").boundingBox();
    if (!box) throw new Error("no chart");
    await page.mouse.move(box.x + box.width * 0.25, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => page.locator(".bar select").nth(1).innerText()).toMatch(/Frames \d+ to/);
    // A quarter of 60, give or take what a pixel is.
    await text(page, ".place").toMatch(/ of 1[3-9]$/);
    await page.locator(".frames .chart").focus();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator(".place").innerText()).toBe("60 of 60");
  });

  it("is one run of several, and the newest until one is chosen", async () => {
    const older = feed({ ...SMALL, snapshots: 5 }).map((entry) => ({ ...entry, writer: "000000070001" }));
    const newer = feed({ ...SMALL, snapshots: 9 }).map((entry) => ({ ...entry, sequence: entry.sequence + 5 }));
    const { page, server } = await lookAt([...older, ...newer]);
    await expect.poll(() => page.locator(".place").innerText()).toBe("9 of 9");
    const runs = page.getByRole("combobox", { name: "Run" });
    await runs.selectOption({ label: "framealloc, process 7, 5 snapshots" });
    await expect.poll(() => page.locator(".place").innerText()).toBe("5 of 5");
    // It writes again, and is the newest now.
    server.send({ type: "entries", entries: [{ ...feedEntry(5, SMALL), writer: "000000070001", sequence: 99 }] });
    await expect.poll(() => page.locator(".place").innerText()).toBe("6 of 6");
    await text(page, '[aria-label="Run"] option:checked').toBe("framealloc, process 7, 6 snapshots");
    await page
      .getByRole("combobox", { name: "Side A" })
      .selectOption({ label: "mean of framealloc, process 41394, 9 snapshots" });
    await expect
      .poll(() => page.getByRole("grid", { name: "Growth by tag" }).getAttribute("aria-rowcount"))
      .not.toBe("1");
  });

  it("is reached by keys alone", async () => {
    const { page } = await lookAt(feed(SMALL));
    await text(page, ".frames .reading").toContain("Frame 1,800:");
    const slider = page.getByRole("slider", { name: "Snapshot that is looked at" });
    await slider.focus();
    for (const key of ["ArrowLeft", "ArrowLeft", "PageUp"]) await page.keyboard.press(key);
    await expect.poll(() => slider.getAttribute("aria-valuenow")).toBe("48");
    await expect.poll(() => slider.getAttribute("aria-valuetext")).toMatch(/^Frame 1,440: .* MiB .*snapshot 48 of 60$/);
    await page.keyboard.press("]");
    await expect.poll(() => page.locator(".place").innerText()).toBe("48 of 48");

    const tags = page.getByRole("grid", { name: "Tags" });
    await tags.focus();
    for (const key of ["ArrowDown", "ArrowDown", "Enter"]) await page.keyboard.press(key);
    await expect.poll(() => page.locator('.tags tr[aria-selected="true"]').count()).toBe(1);
    const active = await tags.getAttribute("aria-activedescendant");
    await expect.poll(() => page.locator(`[id="${active}"]`).getAttribute("aria-selected")).toBe("true");

    await page.locator('.boxes .box[tabindex="0"]').focus();
    await page.keyboard.press("ArrowRight");
    const label = await page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    await page.keyboard.press("Enter");
    await text(page, ".trail").toContain(`/ ${label?.split("path ").at(-1)}`);
  });

  it("can be reached by Tab, and everything on the way has a name", async () => {
    const { page } = await lookAt(feed(SMALL));
    await text(page, ".frames .reading").toContain("Frame 1,800:");
    const names: string[] = [];
    for (let stop = 0; stop < 60; stop += 1) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => {
        const at = document.activeElement as HTMLElement | null;
        if (!at || at === document.body) return "";
        const own = at.getAttribute("aria-label") ?? at.textContent ?? "";
        return own.trim() || `unnamed ${at.outerHTML.slice(0, 80)}`;
      });
      if (name === "") break;
      names.push(name);
    }
    expect(names.filter((name) => name.startsWith("unnamed"))).toEqual([]);
    for (const stop of ["Save CSV", "Snapshot that is looked at", "Tags", "Threads", "Growth by tag", "Side A"])
      expect(names).toContain(stop);
  });
});

describe("people who use the page otherwise than by looking at it", () => {
  it.each(["light", "dark"])("meet nothing that axe objects to, %s", async (scheme) => {
    const { page } = await look(
      { first: () => [reset(feed(SMALL), { troubles: [{ file: "a", message: "b" }] })] },
      scheme === "dark",
    );
    await text(page, ".frames .reading").toContain("Frame 1,800:");
    expect(await objections(page)).toEqual([]);
    for (const text of ["Table", "Own bytes", "Stale"]) {
      for (const made of await page.getByRole("button", { name: text, exact: true }).all()) await made.click();
    }
    expect(await objections(page)).toEqual([]);
  });
});

describe("a history in digests", () => {
  const all = feed(SMALL);
  const [newest] = all.slice(-1);
  const first = () => [reset([newest ?? {}]), { type: "entries", entries: printPoints(all.slice(0, -1).reverse()) }];

  it("is drawn at once, and whole where somebody looks", async () => {
    const { page, errors } = await look({ first, wholes: all });
    await expect.poll(() => page.locator(".place").innerText()).toBe("60 of 60");
    await page.locator(".frames .chart").focus();
    await page.keyboard.press("Home");
    await expect.poll(() => reading(page)).toContain("Frame 30:");
    const shown = () => page.locator(".figures dd").first().innerText();
    await expect.poll(shown).toBe(bytes(all[0]?.snapshot.summary.frame_bytes ?? 0));
    expect(errors).toEqual([]);
  });

  it("says so where the whole is gone, and shows what there is", async () => {
    const { page, server } = await look({ first });
    await expect.poll(() => page.locator(".place").innerText()).toBe("60 of 60");
    await page.locator(".frames .chart").focus();
    await page.keyboard.press("Home");
    await text(page, ".notice").toContain("Only what the charts show");
    await text(page, ".frames .reading").toContain("Frame 30:");
    await expect.poll(() => page.locator(".tags").isVisible()).toBe(false);
    expect(await page.locator(".retention").isVisible()).toBe(true);
    await page.keyboard.press("End");
    await expect.poll(() => page.locator(".tags").isVisible()).toBe(true);
    await expect.poll(() => page.locator(".notice").count()).toBe(0);
    server.send({ type: "entries", entries: [feedEntry(60, SMALL)] });
    await expect.poll(() => page.locator(".tags .tools").innerText()).toBe("30");
  });
});

describe("what a snapshot says", () => {
  it("stays text, whatever it is", async () => {
    const [entry] = feed({ ...SMALL, snapshots: 1 });
    if (!entry) throw new Error("no entry");
    const { snapshot } = entry;
    const hostile = {
      ...entry,
      source: NAMED,
      snapshot: {
        ...snapshot,
        tags: snapshot.tags.map((tag) => ({ ...tag, path: `${NAMED}${tag.path}` })),
        threads: snapshot.threads.map((thread) => ({ ...thread, name: NAMED })),
        diagnostics: [{ code: NAMED, severity: "error", message: NAMED, count: 1, tag: NAMED }],
        call_sites: [
          { location: { file: NAMED, line: 1 }, kind: "heap", type_name: NAMED, tag: NAMED, count: 1, bytes: 1 },
        ],
      },
    };
    const troubles = [{ source: NAMED, file: NAMED, message: NAMED }];
    const { page, errors } = await lookAt([hostile], { troubles });
    await expect.poll(() => page.locator(".tags .name").first().innerText()).toContain("<img");
    await page.locator(".sites .choice button", { hasText: "Stale" }).click();
    await page.locator(".frames .tools button").click();
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.evaluate(() => "harmed" in window)).toBe(false);
    expect(errors).toEqual([]);
  });

  it("is named where it cannot be read, with what to do", async () => {
    const [good, bad] = feed({ ...SMALL, snapshots: 2 });
    const { page, server } = await lookAt([good ?? {}, { ...bad, snapshot: { version: 2 } }]);
    await expect.poll(() => page.locator(".notice").innerText()).toContain("schema version 2");
    await text(page, ".notice").toContain("update fa-insight");
    await text(page, ".frames .reading").toContain("Frame 30:");
    const file = "snapshot-0000000002-0000a1b20001.json";
    server.send({ type: "troubles", troubles: [{ source: "target/framealloc", file, message: "ends in the middle" }] });
    await expect.poll(() => page.locator(".notice").count()).toBe(2);
    server.send({ type: "entries", entries: [bad] });
    await expect.poll(() => page.locator(".notice").count()).toBe(1);
  });

  it("is explained where there is nothing", async () => {
    const { page } = await lookAt([]);
    await expect.poll(() => page.locator(".welcome").innerText()).toContain("SnapshotEmitter");
    expect(await page.locator(".welcome").innerText()).toContain("--snapshots");
    expect(await page.locator("main").isVisible()).toBe(false);
  });
});

describe("hosts", () => {
  it("that are reports have all in the page, and may not be asked", async () => {
    const { page, errors } = await look({ report: { entries: feed(SMALL), troubles: [] } });
    await expect.poll(() => reading(page)).toContain("Frame 1,800:");
    expect(await page.locator(".bar button").first().isVisible()).toBe(false);
    expect(errors).toEqual([]);
  });

  it("that are damaged reports say so", async () => {
    const { page, errors } = await look({ report: { entries: "all of them" } });
    await expect.poll(() => page.locator(".notice").innerText()).toContain("cargo fa report");
    expect(errors).toEqual([]);
  });

  it("of another version are not listened to", async () => {
    const { page } = await lookAt(feed({ ...SMALL, snapshots: 2 }), { protocol: 3 });
    await expect.poll(() => page.locator(".notice").innerText()).toContain("reload the window");
    expect(await page.locator("main").isVisible()).toBe(false);
  });

  it("are told by the page to stand still, and it shows no more then", async () => {
    const { page, server } = await lookAt(feed({ ...SMALL, snapshots: 10 }));
    const live = page.getByRole("button", { name: "Live" });
    await live.click();
    await expect.poll(() => page.getByRole("button", { name: "Frozen" }).getAttribute("aria-pressed")).toBe("false");
    const more = () => server.send({ type: "entries", entries: [feedEntry(10, SMALL)] });
    more();
    await page.waitForTimeout(200);
    expect(await page.locator(".place").innerText()).toBe("10 of 10");
    await page.getByRole("button", { name: "Frozen" }).click();
    await expect.poll(() => live.getAttribute("aria-pressed")).toBe("true");
    // It listens again, sooner or later.
    await expect
      .poll(() => {
        more();
        return page.locator(".place").innerText();
      })
      .toBe("11 of 11");
  });

  it("that are an editor have sent all ahead, and are asked if that does not come", async () => {
    const script = `
      window.sent = [];
      window.acquireVsCodeApi = () => ({
        postMessage: (message) => window.sent.push(message), getState: () => undefined, setState: () => {},
      });`;
    const { page } = await look({ script });
    const sent = () => page.evaluate(() => Reflect.get(window, "sent"));
    const ready = { type: "ready" };
    await expect.poll(sent).toEqual([ready]);
    await expect.poll(sent).toEqual([ready, ready]);
    await page.evaluate((message) => window.postMessage(message, "*"), reset(feed(SMALL)));
    await text(page, ".place").toBe("60 of 60");
  });

  it("that are an editor open places and keep what is looked at", async () => {
    const script = `
      window.sent = []; window.kept = { selection: { range: { newest: 30 } } };
      window.acquireVsCodeApi = () => ({
        postMessage: (message) => window.sent.push(message),
        getState: () => window.kept, setState: (state) => { window.kept = state; },
      });`;
    const { page } = await look({ script });
    const state = () => page.evaluate(() => ({ sent: Reflect.get(window, "sent"), kept: Reflect.get(window, "kept") }));
    await expect.poll(async () => (await state()).sent).toEqual([{ type: "ready" }]);
    await page.evaluate((message) => window.postMessage(message, "*"), reset(feed(SMALL)));
    await expect.poll(() => page.locator(".place").innerText()).toBe("30 of 30");
    await page.locator(".sites button.link").first().click();
    const open = { type: "open", source: "target/framealloc", file: "src/ai/path.rs", line: 142, column: 17 };
    await expect.poll(async () => (await state()).sent.at(-1)).toEqual(open);
    await page.getByRole("button", { name: "Save CSV" }).click();
    await expect
      .poll(async () => (await state()).sent.at(-1))
      .toMatchObject({ type: "save", name: "frames-930-1800.csv" });
    await page.locator(".tags tbody tr:not(.spacer)").first().click();
    await expect
      .poll(async () => (await state()).kept)
      .toMatchObject({ selection: { tag: "physics", range: { newest: 30 } } });
  });
});

describe("the work of an update", () => {
  const LARGE = { threads: 64, tags: 1000, snapshots: 4 };

  it("does not grow with the tags and threads that are out of sight", async () => {
    const { page } = await lookAt(feed(LARGE));
    await expect.poll(() => page.locator(".tags tbody tr").count()).toBeGreaterThan(5);
    await expect.poll(() => page.locator(".threads tbody tr").count()).toBeGreaterThan(5);
    await expect.poll(() => page.getByRole("grid", { name: "Tags" }).getAttribute("aria-rowcount")).toBe("1001");
    expect(await page.locator(".tags tbody tr").count()).toBeLessThan(40);
    expect(await page.locator(".threads tbody tr").count()).toBeLessThan(40);
    expect(await page.locator("main *").count()).toBeLessThan(4000);
    await page.locator(".tags .table").evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await expect
      .poll(() => page.locator(".tags tbody tr:not(.spacer)").last().getAttribute("aria-rowindex"))
      .toBe("1001");
  });

  it("is done once for a message, and keeps what it can", async () => {
    const { page, server } = await lookAt(feed(LARGE));
    await expect.poll(() => page.locator(".place").innerText()).toBe("4 of 4");
    await page.evaluate(() => {
      const observer = new MutationObserver((changes) => {
        const made = changes.flatMap(({ addedNodes }) => [...addedNodes]).filter((node) => node instanceof Element);
        Reflect.set(window, "made", Reflect.get(window, "made") + made.length);
      });
      Reflect.set(window, "made", 0);
      observer.observe(document.body, { childList: true, subtree: true });
      performance.clearMarks();
    });
    server.send({ type: "entries", entries: [4, 5, 6, 7].map((at) => feedEntry(at, LARGE)) });
    await expect.poll(() => page.locator(".place").innerText()).toBe("8 of 8");
    await page.waitForTimeout(200);
    expect(await page.evaluate(() => performance.getEntriesByName("update").length)).toBe(1);
    expect(await page.evaluate(() => Reflect.get(window, "made"))).toBeLessThan(60);
  });
});
