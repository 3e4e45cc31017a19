/** The names that package.json gives to what the extension adds; a test compares the two. */

export const COMMANDS = {
  analyse: "framealloc.analysis.run",
  restart: "framealloc.analysis.restart",
  install: "framealloc.analysis.install",
  explain: "framealloc.analysis.explain",
  configure: "framealloc.analysis.configure",
  openLog: "framealloc.log.open",
  openInspector: "framealloc.inspector.open",
  sort: "framealloc.inspector.sort",
  filter: "framealloc.inspector.filter",
  clearFilter: "framealloc.inspector.filter.clear",
  openPanel: "framealloc.panel.open",
  startWatching: "framealloc.snapshots.start",
  stopWatching: "framealloc.snapshots.stop",
  freeze: "framealloc.snapshots.freeze",
  thaw: "framealloc.snapshots.thaw",
  compare: "framealloc.snapshots.compare",
  exportSnapshots: "framealloc.snapshots.export",
} as const;

/** Commands of what is shown, which no menu offers. */
export const INNER_COMMANDS = {
  /** Opens a place that a snapshot names. */
  openPlace: "framealloc.place.open",
  /** Shows a tag or a phase in the inspector. */
  reveal: "framealloc.inspector.reveal",
} as const;

export const VIEWS = {
  strip: "framealloc.strip",
  inspector: "framealloc.inspector",
} as const;

/** The type of the panel, by which the editor finds it after a reload. */
export const PANEL = "framealloc.panel";

export const SETTINGS = {
  analyserEnable: "analyser.enable",
  analyserPath: "analyser.path",
  analyserArguments: "analyser.arguments",
  lensEnable: "lens.enable",
  statusBarEnable: "statusBar.enable",
  directories: "snapshots.directories",
  watch: "snapshots.watch",
  history: "snapshots.history",
} as const;

/** The section that all settings stand in. */
export const SECTION = "framealloc";

/** What menus and the views' welcome texts go by. */
export const CONTEXTS = {
  watching: "framealloc.watching",
  frozen: "framealloc.frozen",
  filtered: "framealloc.filtered",
} as const;
