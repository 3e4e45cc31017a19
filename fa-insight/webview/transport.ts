/** Where messages come from and go to: VS Code, cargo fa serve, or a report, which is the message itself. */
import { type Arrival, type FromView, type Origin, PROTOCOL, parseToView, type ToView } from "../shared/protocol";

export interface Transport {
  /** What a host of this kind can do; the view does not offer the rest. */
  readonly opens: boolean;
  readonly watches: boolean;
  /** Has this one sent whole; absent where all come so. */
  readonly ask?: (origin: Origin) => void;
  listen(receive: (message: ToView<Arrival>) => void, status: (problem: string | undefined) => void): void;
  send(message: FromView): void;
  /** What a view has kept for its next life; `undefined` for nothing. */
  restore(): unknown;
  keep(state: object): void;
}

interface VsCode {
  postMessage(message: FromView): void;
  getState(): unknown;
  setState(state: object): void;
}

/** VS Code puts it into the page; in browsers there is none. */
declare const acquireVsCodeApi: (() => VsCode) | undefined;

/** What `cargo fa` writes into its pages: where events come from, and whole snapshots; or all that there is. */
type Feed =
  | { readonly mode: "events"; readonly url: string; readonly snapshots: string }
  | { readonly mode: "report"; readonly reset: unknown };

export function pickTransport(): Transport {
  if (typeof acquireVsCodeApi === "function") return editor(acquireVsCodeApi());
  const feed = readFeed();
  if (feed?.mode === "events") return events(feed.url, feed.snapshots);
  return report(feed?.reset);
}

/** For so long a page waits for what the host has sent ahead; then it asks, in case the editor has not kept it. */
const PATIENCE_MS = 2000;

function editor(api: VsCode): Transport {
  return {
    opens: true,
    watches: true,
    ask: (origin) => api.postMessage({ type: "look", ...origin }),
    listen(receive) {
      const ready = () => api.postMessage({ type: "ready" });
      const again = setTimeout(ready, PATIENCE_MS);
      window.addEventListener("message", (event: MessageEvent<unknown>) => {
        const message = parseToView(event.data);
        if (!message) return;
        clearTimeout(again);
        receive(message);
      });
      ready();
    },
    send: (message) => api.postMessage(message),
    restore: () => api.getState(),
    keep: (state) => api.setState(state),
  };
}

function readFeed(): Feed | undefined {
  const value = parseObject(document.getElementById("framealloc-feed")?.textContent);
  if (!value) return undefined;
  const { mode, url, snapshots } = value;
  if (mode === "events" && typeof url === "string" && typeof snapshots === "string") return { mode, url, snapshots };
  if (mode !== "report") return undefined;
  return { mode, reset: { ...value, type: "reset", protocol: PROTOCOL, watching: false } };
}

/** `undefined` for what is no object's text: a page may have been cut off, or be read while it is written. */
function parseObject(text: string | null | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** A page that listens. It hears all, and to stop watching is to hang up. */
function events(url: string, snapshots: string): Transport {
  let source: EventSource | undefined;
  let begin = () => {};
  let tell = (_: ToView<Arrival>) => {};
  return {
    opens: false,
    watches: true,
    ask({ source: folder, writer, sequence }) {
      const query = new URLSearchParams({ source: folder, writer, sequence: String(sequence) });
      fetch(`${snapshots}&${query}`)
        .then((response) => response.text())
        .then((text) => parseToView(parseObject(text)))
        .then((message) => message && tell(message))
        // If the server has ended, the events tell.
        .catch(() => undefined);
    },
    listen(receive, status) {
      tell = receive;
      begin = () => {
        source = new EventSource(url);
        source.onmessage = (event: MessageEvent<string>) => {
          const message = parseToView(parseObject(event.data));
          if (message) receive(message);
        };
        source.onopen = () => status(undefined);
        source.onerror = () =>
          status(
            source?.readyState === EventSource.CLOSED
              ? "The server has ended: run cargo fa serve and open the link that it prints."
              : "The server does not answer; trying again. If it has ended, run cargo fa serve and open the link that it prints.",
          );
      };
      begin();
    },
    send(message) {
      if (message.type === "save") download(message.name, message.text);
      if (message.type !== "watch") return;
      source?.close();
      tell({ type: "watching", watching: message.watching });
      if (message.watching) begin();
    },
    restore: () => undefined,
    keep: () => {},
  };
}

function report(reset: unknown): Transport {
  return {
    opens: false,
    watches: false,
    listen(receive, status) {
      const message = parseToView(reset);
      if (message) receive(message);
      else status("There is no data in this page, or it is damaged: write it again with cargo fa report.");
    },
    send(message) {
      if (message.type === "save") download(message.name, message.text);
    },
    restore: () => undefined,
    keep: () => {},
  };
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
