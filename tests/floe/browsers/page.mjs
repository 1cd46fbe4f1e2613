// SPDX-License-Identifier: MPL-2.0
// The page in a browser, driven as a user would: by its buttons and fields (see the list of ids in
// samples/web/main.js).

import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { browsers } from '../../interop/lib/browsers.mjs';
import { within } from './program.mjs';

const require = createRequire(new URL('../../interop/package.json', import.meta.url));
const puppeteer = require('puppeteer-core');

const START_MS = 90000;
const STATE_MS = 20000;
const DOWNLOAD_MS = 60000;

/** What a browser that saves without asking has to be told. */
function downloadOptions(name, folder) {
  if (name !== 'firefox')
    return {};
  return {
    extraPrefsFirefox: {
      ...browsers.firefox.extraPrefsFirefox,
      'browser.download.dir': folder,
      'browser.download.folderList': 2,
      'browser.download.useDownloadDir': true,
      'browser.download.always_ask_before_handling_new_types': false,
      'browser.download.manager.addToRecentDocs': false,
      'browser.helperApps.neverAsk.saveToDisk':
        'application/octet-stream,application/zip,text/plain',
    },
  };
}

export class Browser {
  pages = [];

  /** Starts the browser called @name with an empty profile. */
  static async start(name) {
    const profile = mkdtempSync(join(tmpdir(), `floe-${name}-`));
    const downloads = join(profile, 'downloads');
    mkdirSync(downloads);
    const browser = await puppeteer.launch({
      headless: true,
      acceptInsecureCerts: true, // of the cases with a certificate of their own
      userDataDir: join(profile, 'data'),
      timeout: START_MS,
      ...browsers[name],
      ...downloadOptions(name, downloads),
    });
    return Object.assign(new Browser(), { name, profile, downloads, browser });
  }

  /** A new page at @url. */
  async open(url) {
    const page = new Page();
    this.pages.push(page);
    page.downloads = this.downloads;
    page.name = this.name;
    page.page = await this.browser.newPage();
    page.page.on('pageerror', (error) => page.errors.push(error.message));
    page.page.on('console', (message) => {
      if (message.type() === 'error')
        page.errors.push(message.text());
    });
    if (this.name === 'chromium') {
      const session = await page.page.createCDPSession();
      await session.send('Browser.setDownloadBehavior',
        { behavior: 'allow', downloadPath: this.downloads });
    }
    await page.page.goto(url);
    return page;
  }

  /** Closes its pages and forgets what they saved. */
  async clear() {
    for (const { page } of this.pages.splice(0))
      await page.close({ runBeforeUnload: false });
    for (const name of readdirSync(this.downloads))
      rmSync(join(this.downloads, name), { recursive: true });
  }

  async close() {
    const child = this.browser.process();
    await within(5000, 'closing the browser', this.browser.close())
      .catch(() => child.kill('SIGKILL'));
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /** As if the machine lost power. */
  kill() {
    this.browser.process().kill('SIGKILL');
  }
}

export class Page {
  /** What the page's own code did wrong. */
  errors = [];

  /** Waits until the page is in one of @states and returns which. */
  async state(...states) {
    const handle = await this.page.waitForFunction(
      (wanted) => wanted.includes(document.body.dataset.state) && document.body.dataset.state,
      { timeout: STATE_MS }, states,
    ).catch(async () => {
      throw new Error(
        `the page is not ${states} but ${await this.describe()} ${this.errors.join ('; ')}`);
    });
    return handle.jsonValue();
  }

  describe() {
    return this.page.evaluate(() =>
      `${document.body.dataset.state}: ${document.querySelector('main').innerText.slice(0, 300)}`);
  }

  text(id) {
    return this.page.$eval(`#${id}`, (element) => element.textContent);
  }

  value(id) {
    return this.page.$eval(`#${id}`, (element) => element.value);
  }

  data(name) {
    return this.page.evaluate((key) => document.body.dataset[key], name);
  }

  click(id) {
    return this.page.click(`#${id}`);
  }

  async stop() {
    await this.page.$$eval('[data-action=stop]', (buttons) =>
      buttons.find((button) => button.offsetParent !== null).click());
  }

  /** Chooses @paths in the file field @id. */
  async choose(id, ...paths) {
    const field = await this.page.$(`#${id}`);
    await field.uploadFile(...paths);
  }

  /** Chooses the folder at @path, with the paths that listTree() gives, in the file field @id. */
  async chooseFolder(id, path, paths) {
    if (this.name === 'chromium') {
      await this.choose(id, path);
      return;
    }
    // WebDriver BiDi sets files only, so the files that a folder would give are made in the page.
    const files = paths.map((name) => ({
      path: `${basename(path)}/${name}`,
      content: readFileSync(join(path, name)).toString('base64'),
    }));
    await this.page.$eval(`#${id}`, (field, list) => {
      const transfer = new DataTransfer();
      for (const { path: relative, content } of list) {
        const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
        const file = new File([bytes], relative.split('/').at(-1));
        Object.defineProperty(file, 'webkitRelativePath', { value: relative });
        transfer.items.add(file);
      }
      field.files = transfer.files;
      field.dispatchEvent(new Event('change', { bubbles: true }));
    }, files);
  }

  async type(id, text) {
    await this.page.type(`#${id}`, text);
  }

  /** The path of the one file that was saved, once it is whole. What is saved here is never empty,
   * but Firefox keeps the name with an empty file until it puts the whole one in its place. */
  async download() {
    const end = Date.now() + DOWNLOAD_MS;
    for (;;) {
      const names = readdirSync(this.downloads);
      const path = join(this.downloads, names[0] ?? '.');
      if (names.length === 1 && !/\.(crdownload|part)$/.test(path) && statSync(path, { throwIfNoEntry: false })?.size > 0)
        return path;
      if (Date.now() > end)
        throw new Error(`nothing was saved, only ${names}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Throws if the page's code failed somewhere. */
  checkErrors() {
    if (this.errors.length > 0)
      throw new Error(`the page has errors: ${this.errors.join('; ')}`);
  }
}
