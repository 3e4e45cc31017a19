/** The page as `cargo fa` itself serves and writes it. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { digestOf } from "../../shared/digest";
import { printFileName } from "../../shared/file_name";
import { bytes } from "../../shared/format";
import { type Entry, parseToView } from "../../shared/protocol";
import { CHROMIUM } from "../browser";
import { ANALYSER } from "../programs";
import { feed, feedEntry } from "./feed";

const SIZE = { threads: 5, tags: 60, snapshots: 40 };

let browser: Browser;
let folder: string;
let page: Page;
/** What browsers complain of, a policy that was broken among it. */
let complaints: string[];
/** All that the page has asked for. */
let requests: string[];

beforeAll(async () => {
  browser = await chromium.launch(CHROMIUM);
});

afterAll(() => browser.close());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fa-page-"));
  for (const entry of feed(SIZE)) await write(entry);
  page = await browser.newPage({ viewport: { width: 1280, height: 1700 } });
  complaints = [];
  requests = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("request", (request) => requests.push(request.url()));
});

afterEach(async () => {
  await page.close();
  await rm(folder, { recursive: true });
});

/** As the library does: under another name first. */
async function write(entry: Entry): Promise<void> {
  const draft = join(folder, "draft");
  await writeFile(draft, JSON.stringify(entry.snapshot));
  await rename(draft, join(folder, printFileName(entry)));
}

const place = () => page.locator(".place").innerText();
const tags = () => page.locator(".tags .tools").innerText();
const reading = () => page.locator(".frames .reading").innerText();

describe("cargo fa serve", () => {
  let server: ChildProcess;
  let link: string;

  beforeEach(async () => {
    server = spawn(ANALYSER, ["serve", folder], { stdio: ["ignore", "pipe", "ignore"] });
    link = await new Promise((resolve) => {
      server.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    });
  });

  afterEach(() => {
    server.kill();
  });

  it("shows the snapshots of a folder, and more as they come", async () => {
    await page.goto(link);
    await expect.poll(place).toBe("40 of 40");
    await page.locator(".frames canvas").waitFor();
    await expect.poll(tags).toBe("60");
    await write(feedEntry(40, SIZE));
    await expect.poll(place).toBe("41 of 41");
    await expect.poll(reading).toContain("Frame 1,230:");
    expect(complaints).toEqual([]);
  });

  it("has older ones whole for who looks at them, also when their files have gone", async () => {
    await page.goto(link);
    await expect.poll(place).toBe("40 of 40");
    await rm(join(folder, printFileName(feedEntry(0, SIZE))));
    await page.locator(".frames .chart").focus();
    await page.keyboard.press("Home");
    await expect.poll(reading).toContain("Frame 30:");
    const shown = () => page.locator(".figures dd").first().innerText();
    await expect.poll(shown).toBe(bytes(feedEntry(0, SIZE).snapshot.summary.frame_bytes));
    expect(complaints).toEqual([]);
  });

  it("is asked for nothing but what it serves, and asks nobody else", async () => {
    await page.goto(link);
    await expect.poll(place).toBe("40 of 40");
    const { origin } = new URL(link);
    expect(requests.filter((url) => !url.startsWith(`${origin}/`))).toEqual([]);
    const ran = await page.evaluate(async () => {
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
      const fetched = await fetch("http://127.0.0.1:1/").then(
        () => true,
        () => false,
      );
      return ["ran" in window, fetched];
    });
    expect(ran).toEqual([false, false]);
    for (const rule of ["script-src", "connect-src"]) {
      await expect.poll(() => complaints.some((text) => text.includes(rule))).toBe(true);
    }
  });

  it("refuses whoever has not been given the link", async () => {
    for (const wrong of [link.replace(/token=\w/, "token=x"), link.replace(/\?.*/, "")]) {
      expect((await page.goto(wrong))?.status()).toBe(403);
      expect(await page.locator(".panel").count()).toBe(0);
    }
  });

  it("makes digests as this view makes them", async () => {
    const response = await fetch(link.replace("/?", "/events?"));
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const points = new Map<number, unknown>();
    for (let text = ""; points.size < SIZE.snapshots - 1; ) {
      text += (await reader?.read())?.value ?? "";
      const events = text.split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) {
        const message = parseToView(JSON.parse(event.replace(/^data: ?/gm, "")));
        if (message?.type !== "entries") continue;
        for (const { sequence, digest, snapshot } of message.entries) if (!snapshot) points.set(sequence, digest);
      }
    }
    await reader?.cancel();
    for (const { sequence, snapshot } of feed(SIZE).slice(0, -1)) {
      expect(points.get(sequence)).toEqual(digestOf(snapshot));
    }
  });
});

describe("cargo fa report", () => {
  it("writes a page that draws by itself, and asks nobody", async () => {
    const file = join(folder, "memory.html");
    await promisify(execFile)(ANALYSER, ["report", folder, "--output", file]);
    const url = pathToFileURL(file).href;
    await page.goto(url);
    await expect.poll(place).toBe("40 of 40");
    await page.locator(".frames canvas").waitFor();
    await page.locator(".frames .chart").focus();
    await page.keyboard.press("Home");
    await expect.poll(reading).toContain("Frame 30:");
    await expect.poll(tags).toBe("60");
    expect(requests).toEqual([url]);
    expect(complaints).toEqual([]);
  });
});
