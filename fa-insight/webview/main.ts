/**
 * The page. It is the same one in VS Code, in a browser and in a report; `transport.ts` knows the difference.
 *
 * There is no framework: an update changes some texts and lengths of elements that stay, long tables keep only what is in
 * sight, and the charts draw themselves, so that one would compare trees only to find what is known.
 */
import { restoreSelection } from "../shared/selection";
import { Board } from "./board";
import { element } from "./element";
import { scheduler } from "./scheduler";
import { Store } from "./store";
import { pickTransport } from "./transport";
import { BarView } from "./views/bar";
import { DifferenceView } from "./views/difference";
import { FiguresView } from "./views/figures";
import { FramesView } from "./views/frames";
import { Notices } from "./views/notices";
import { RetentionView } from "./views/retention";
import { SitesView } from "./views/sites";
import { TagsView } from "./views/tags";
import { ThreadsView } from "./views/threads";
import { TreeView } from "./views/tree";

/** In VS Code's side bar there is room for this much; the host says so by an attribute of the page's root. */
const isStrip = document.documentElement.dataset["view"] === "strip";

const transport = pickTransport();
const schedule = scheduler(update);
const store = new Store(schedule, transport.ask);
store.select(restoreSelection(transport.restore()));
const context = { store, transport };

const notices = new Notices(store);
const frames = new FramesView(context);
// Beside the strip stands the host's own tree of what the other views show.
const views = isStrip
  ? [frames]
  : [
      new BarView(context),
      new FiguresView(),
      frames,
      new TagsView(context),
      new TreeView(context),
      new ThreadsView(),
      new SitesView(context),
      new DifferenceView(context),
      new RetentionView(context),
    ];
const title = element("h1", { class: "unseen" }, "Frame memory");
const main = element("main", { class: isStrip ? "strip" : "" }, title, ...views.map((view) => view.element));
document.body.append(notices.element, notices.welcome, main);
const board = new Board(store, views);

function update(): void {
  performance.mark("update");
  const { shown } = store;
  notices.update(shown);
  main.hidden = shown === undefined;
  if (shown) board.update(shown);
  transport.keep({ selection: store.selection });
  performance.measure("update", "update");
  performance.clearMarks("update");
}

transport.listen(
  (message) => store.receive(message),
  (problem) => store.report(problem),
);
