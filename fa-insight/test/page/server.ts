/** The page as `cargo fa serve` and `cargo fa report` make it, with a feed of one's own. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
// @ts-expect-error: a script without types.
import { bundle } from "../../assets.mjs";
import type { Entry, ToView } from "../../shared/protocol";

const NONCE = "n0nce";

export interface PageServer {
  readonly url: string;
  /** To all pages that listen. */
  send(message: ToView | object): void;
  close(): void;
}

export interface PageOptions {
  /** What a page is told first. */
  readonly first?: () => readonly (ToView | object)[];
  /** What can be asked for whole. */
  readonly wholes?: readonly Entry[];
  /** A report instead of a page that listens. */
  readonly report?: object;
  /** Attributes of the page's root, and more style. */
  readonly root?: string;
  readonly style?: string;
  /** Runs before the page's own script. */
  readonly script?: string;
}

export async function servePage(options: PageOptions): Promise<PageServer> {
  const listeners = new Set<ServerResponse>();
  const server = createServer(async (request, response) => {
    if (request.url === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      listeners.add(response);
      response.on("close", () => listeners.delete(response));
      for (const message of options.first?.() ?? []) response.write(event(message));
    } else if (request.url?.startsWith("/snapshot?")) {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer(new URL(request.url, "http://here").searchParams, options)));
    } else if (request.url === "/") {
      response.writeHead(200, { "content-type": "text/html", "content-security-policy": policy() });
      response.end(html(new Map<string, string>(await bundle()), options));
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    send: (message) => {
      for (const listener of listeners) listener.write(event(message));
    },
    close: () => {
      for (const listener of listeners) listener.end();
      server.close();
    },
  };
}

function answer(asked: URLSearchParams, { wholes = [] }: PageOptions): ToView {
  const [source, writer] = ["source", "writer"].map((name) => asked.get(name) ?? "") as [string, string];
  const sequence = Number(asked.get("sequence"));
  const found = wholes.find((entry) => entry.sequence === sequence && entry.writer === writer);
  return found ? { type: "entries", entries: [found] } : { type: "gone", source, writer, sequence };
}

function policy(): string {
  return `default-src 'none'; script-src 'nonce-${NONCE}'; style-src 'nonce-${NONCE}'; connect-src 'self'; base-uri 'none'; form-action 'none'`;
}

function event(message: object): string {
  return `data: ${JSON.stringify(message)}\n\n`;
}

function html(files: ReadonlyMap<string, string>, { report, root = "", style = "", script = "" }: PageOptions): string {
  const feed = report ? { mode: "report", ...report } : { mode: "events", url: "/events", snapshots: "/snapshot?" };
  const data = JSON.stringify(feed).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en" ${root}>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>framealloc memory</title>
<style nonce="${NONCE}">${files.get("view.css")}${style}</style></head>
<body><script type="application/json" id="framealloc-feed">${data}</script>
<script nonce="${NONCE}">${script}</script>
<script nonce="${NONCE}">${files.get("view.js")}</script></body></html>`;
}
