/** What tests do and see in the editor. All that is known of its insides is known here. */
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { type BrowserContext, chromium, type Frame, type Locator, type Page } from "playwright-core";
import { expect, inject } from "vitest";

import { CHROMIUM } from "../browser";
import { PATHS } from "./paths";

export class Workbench {
  /** Those that are open. */
  static readonly all = new Set<Workbench>();
  readonly page: Page;
  readonly #context: BrowserContext;
  /** How often something may be late. */
  #patience = 10;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
  }

  /** Opens a folder, or a file that lists several. */
  static async open(path: string, port = inject("editor").port): Promise<Workbench> {
    const context = await chromium.launchPersistentContext("", {
      ...CHROMIUM,
      viewport: { width: 1360, height: 850 },
    });
    const page = context.pages()[0] ?? (await context.newPage());
    page.setDefaultTimeout(30_000);
    const kind = path.endsWith(".code-workspace") ? "workspace" : "folder";
    await page.goto(`http://127.0.0.1:${port}/?${kind}=${encodeURIComponent(path)}`);
    const workbench = new Workbench(context, page);
    Workbench.all.add(workbench);
    await workbench.ready();
    return workbench;
  }

  async ready(): Promise<void> {
    await this.page.locator(".monaco-workbench .part.statusbar").waitFor();
  }

  async close(): Promise<void> {
    Workbench.all.delete(this);
    await this.#context.close();
  }

  /** As people do it from within. A browser's own reload does not wait for the workbench to note what is open. */
  async reload(): Promise<void> {
    const gone = this.page.waitForEvent("framenavigated", (frame) => frame === this.page.mainFrame());
    await this.run("Developer: Reload Window");
    await gone;
    await this.ready();
  }

  /**
   * Runs a command by its title. The list is that of the moment it opens: an extension may come a little later. And a tree
   * that changes at that moment takes the keyboard back, which closes it.
   */
  async run(title: string): Promise<void> {
    const choose = async () => {
      await this.page.keyboard.press("F1");
      await this.#quickInput.fill(`>${title}`, { timeout: 2000 });
      await this.#enter(title, 2000);
    };
    for (;;) {
      const problem = await choose().catch((error: Error) => error);
      if (problem === undefined) return;
      if (this.#patience-- < 0) throw problem;
      await this.page.keyboard.press("Escape");
    }
  }

  /** Takes the line that the list has come to. While one types lines move, and a click meets what is there by then. */
  async #enter(text: string, timeout?: number): Promise<void> {
    const line = this.choices.and(this.page.locator(".focused")).filter({ hasText: text });
    await line.waitFor(timeout === undefined ? {} : { timeout });
    await this.page.keyboard.press("Enter");
  }

  /** Types into the box with this title. */
  async type(title: string, text: string): Promise<void> {
    await this.page.locator(".quick-input-title").filter({ hasText: title }).waitFor();
    await this.#quickInput.fill(text);
  }

  /** The lines of the list that is open. */
  get choices(): Locator {
    return this.page.locator(".quick-input-list .monaco-list-row");
  }

  /** Chooses from the list that is open. */
  async choose(label: string): Promise<void> {
    await this.choices.filter({ hasText: label }).first().click();
  }

  /** Opens a file by its whole path: nothing here searches for files. */
  async openFile(path: string): Promise<void> {
    const name = basename(path);
    await this.page.keyboard.press("Control+p");
    await this.#quickInput.fill(path);
    await this.#enter(name);
    await this.tab(name).waitFor();
  }

  async goToLine(line: number, column = 1): Promise<void> {
    await this.page.keyboard.press("Control+g");
    await this.#quickInput.fill(`:${line}:${column}`);
    await this.page.keyboard.press("Enter");
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  }

  get #quickInput(): Locator {
    return this.page.locator('.quick-input-widget input[type="text"]');
  }

  get problems(): Locator {
    return this.page.locator(".markers-panel .monaco-list-row");
  }

  async openProblems(): Promise<void> {
    await this.run("Problems: Focus on Problems View");
  }

  get lenses(): Locator {
    return this.page.locator(".monaco-editor .codelens-decoration");
  }

  get squiggles(): Locator {
    return this.page.locator(".monaco-editor .squiggly-error, .monaco-editor .squiggly-warning");
  }

  get hover(): Locator {
    return this.page.locator(".monaco-hover:not(.hidden)").last();
  }

  statusItem(text: string): Locator {
    return this.page.locator(".statusbar-item").filter({ hasText: text });
  }

  /**
   * All that was told, once this text is in it. Toasts come and go; the centre keeps what they said. It closes when it
   * is empty, as it may be when something that is told of for as long as it lasts is over.
   */
  async openNotifications(text: string): Promise<Locator> {
    const centre = this.page.locator(".notifications-center.visible");
    const items = centre.locator(".notification-list-item");
    const isThere = async () => {
      if (!(await centre.isVisible())) await this.run("Notifications: Show Notifications");
      return (await items.filter({ hasText: text }).count()) > 0;
    };
    await expect.poll(isThere).toBe(true);
    return items;
  }

  /** What the terminal in sight says. */
  get terminal(): Locator {
    return this.page.locator(".terminal-wrapper.active .xterm-rows");
  }

  /** The tab of what is looked at. */
  tab(name: string): Locator {
    return this.page.locator(".tabs-container .tab.active").filter({ hasText: name });
  }

  /**
   * Saves to the path that the dialog offers, once it does. What is typed or clicked while it reads the folder it takes
   * up later, and may then be in another folder.
   */
  async saveAt(path: string): Promise<void> {
    const title = this.page.locator(".quick-input-title").filter({ hasText: `Save ${basename(path)}` });
    await title.waitFor();
    await expect.poll(() => this.#quickInput.inputValue()).toBe(path);
    await this.page.locator(".quick-input-progress.active").waitFor({ state: "detached" });
    await this.page.locator(".quick-input-action").getByText("OK").click();
    await title.waitFor({ state: "hidden" });
  }

  /** The inspector's tree. */
  get inspector(): Locator {
    return this.page.locator('.sidebar .pane:has([aria-label^="Inspector"])');
  }

  async openInspector(): Promise<void> {
    await this.run("framealloc: Open Inspector");
    await this.inspector.waitFor();
  }

  row(label: string): Locator {
    return this.inspector.locator(".monaco-list-row").filter({ has: this.page.getByText(label, { exact: true }) });
  }

  get rows(): Locator {
    return this.inspector.locator(".monaco-list-row");
  }

  /** The inside of the page that has such an element: all pages are frames in frames of one window. */
  async inside(selector: string): Promise<Frame> {
    for (let left = 300; left > 0; left -= 1) {
      for (const frame of this.page.frames()) {
        // It may be going just now.
        const found = await frame
          .locator(selector)
          .count()
          .catch(() => 0);
        if (found > 0) return frame;
      }
      await this.page.waitForTimeout(100);
    }
    throw new Error(`no page has ${selector}`);
  }

  view(form: "panel" | "strip"): Promise<Frame> {
    return this.inside(`html[data-view="${form}"]`);
  }

  async screenshot(name: string, folder = PATHS.screenshots): Promise<void> {
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }
}
