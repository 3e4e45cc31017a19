/**
 * `npm run measure`: what the page costs with as much as it is made for. Times are of the page's main thread, in
 * milliseconds, so that they say little less on a busy machine. By the clock: what the page's own code took for an update, and
 * how long a frame of the screen held the page, with style, layout and painting.
 */
import { type CDPSession, chromium } from "playwright-core";
import { type Entry, PROTOCOL, printPoints } from "../../shared/protocol";
import { CHROMIUM } from "../browser";
import { feedEntry } from "./feed";
import { servePage } from "./server";

const SIZE = { threads: 64, tags: 1000, snapshots: 300 };
const UPDATES = 30;
const PAUSE = 150;
/** As hosts send them. */
const BATCH = 25;

type Costs = Readonly<Record<string, number>>;

async function costs(session: CDPSession): Promise<Costs> {
  const { metrics } = await session.send("Performance.getMetrics");
  const named = metrics.map(({ name, value }) => [name, value * 1000] as const);
  return Object.fromEntries(named.filter(([name]) => /^(Script|Layout|RecalcStyle|Task)Duration$/.test(name)));
}

function print(title: string, after: Costs, before: Costs = {}, times = 1): void {
  const parts = Object.entries(after).map(([name, value]) => {
    return `${name.replace("Duration", "")} ${((value - (before[name] ?? 0)) / times).toFixed(1)}`;
  });
  console.log(`${title}: ${parts.join(", ")}`);
}

const entries: Entry[] = [];
for (let at = SIZE.snapshots - 1; at >= 0; at -= 1) entries.push(feedEntry(at, SIZE));
const batches: (readonly object[])[] = [];
for (let at = 1; at < entries.length; at += BATCH) batches.push(printPoints(entries.slice(at, at + BATCH)));
const server = await servePage({
  first: () => [
    { type: "reset", protocol: PROTOCOL, watching: true, entries: entries.slice(0, 1), troubles: [] },
    ...batches.map((batch) => ({ type: "entries", entries: batch })),
  ],
  wholes: entries,
});
const browser = await chromium.launch(CHROMIUM);
const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
const session = await page.context().newCDPSession(page);
await session.send("Performance.enable", { timeDomain: "threadTicks" });

await page.addInitScript(() => {
  const request = window.requestAnimationFrame.bind(window);
  const after = new MessageChannel();
  let begin: number | undefined;
  after.port1.onmessage = () => {
    performance.measure("frame", { start: begin ?? 0 });
    begin = undefined;
  };
  window.requestAnimationFrame = (callback) =>
    request((time) => {
      // A message is heard once the frame is painted.
      if (begin === undefined) after.port2.postMessage(undefined);
      begin ??= performance.now();
      callback(time);
    });
});
await page.goto(server.url, { waitUntil: "commit" });
const place = (text: string) =>
  page.waitForFunction((wanted) => document.querySelector(".place")?.textContent?.includes(wanted), text);
await place("of");
print("until something is shown", await costs(session));
await place(`of ${SIZE.snapshots}`);
print("until all is shown", await costs(session));

const before = await costs(session);
await page.evaluate(() => performance.clearMeasures());
for (let update = 0; update < UPDATES; update += 1) {
  server.send({ type: "entries", entries: [feedEntry(SIZE.snapshots + update, SIZE)] });
  await page.waitForTimeout(PAUSE);
}
print("each update", await costs(session), before, UPDATES);
for (const name of ["draw", "frame"]) {
  const took = await page.evaluate((of) => performance.getEntriesByName(of).map(({ duration }) => duration), name);
  const sum = took.reduce((all, time) => all + time, 0);
  took.sort((a, b) => a - b);
  const part = (share: number) => took[Math.floor(took.length * share)]?.toFixed(1);
  const each = `${(sum / UPDATES).toFixed(1)} an update`;
  console.log(`${name}: ${each}; of ${took.length} median ${part(0.5)}, nine in ten ${part(0.9)}, most ${part(0.999)}`);
}
await browser.close();
server.close();
