/** `npm run dev`: the page alone, with a game that does not exist and goes on; reload it after a change of its sources. */
import { PROTOCOL } from "../../shared/protocol";
import { feed, feedEntry } from "./feed";
import { servePage } from "./server";

const SIZE = { threads: 8, tags: 120, snapshots: 60 };
const INTERVAL = 500;

const entries = feed(SIZE);
const server = await servePage({
  first: () => [{ type: "reset", protocol: PROTOCOL, watching: true, entries, troubles: [] }],
});
setInterval(() => {
  const next = feedEntry(entries.length, SIZE);
  entries.push(next);
  server.send({ type: "entries", entries: [next] });
}, INTERVAL);
console.log(server.url);
