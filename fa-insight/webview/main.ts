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
import type { CloseView, View } from "./view";
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
const schedule = scheduler(draw);
/** Whether anything has changed since views were told. */
let changed = true;
const store = new Store((urgent) => {
  changed = true;
  schedule(urgent);
}, transport.ask);
store.select(restoreSelection(transport.restore()));
const context = { store, transport };

const notices = new Notices(store);
const frames = new FramesView(context);
// Beside the strip stands the host's own tree of what the other views show.
const views: readonly (View | CloseView)[] = isStrip
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
// Text on a canvas has the browser settle the styles of all the page, which is cheap while no other view has changed.
const charts = views.filter((view): boolean => view instanceof FramesView || view instanceof RetentionView);
const drawn = [...charts, ...views.filter((view) => !charts.includes(view))];
const board = new Board(store, drawn, () => schedule(true));

/** For so many drawings it is known when they were, by whoever measures the page. */
const MEASURED = 1000;
let drawings = 0;

/** Draws what a frame of the screen has time for; says whether anything is left. */
function draw(urgent: boolean): boolean {
  const start = performance.now();
  drawings += 1;
  if (drawings % MEASURED === 0) {
    performance.clearMarks();
    performance.clearMeasures();
  }
  if (changed) update();
  const more = board.draw(urgent);
  if (!main.hidden) performance.measure("draw", { start });
  return more;
}

function update(): void {
  performance.mark("update");
  changed = false;
  const { shown } = store;
  notices.update(shown);
  main.hidden = shown === undefined;
  if (shown) board.update(shown);
  transport.keep({ selection: store.selection });
}

transport.listen(
  (message) => store.receive(message),
  (problem) => store.report(problem),
);
