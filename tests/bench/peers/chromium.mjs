// SPDX-License-Identifier: MPL-2.0
// Chromium as a peer of the benchmark: a page that does all of it by itself. See ../README.md.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browsers } from '../../interop/lib/browsers.mjs';
import { bufferLimit, emit, importPackage, leaveAsMissing, readCommands } from './lines.mjs';

const START_MS = 60000;
const LEAVE_MS = 3000;
const ORIGIN = 'http://localhost';
const FILES = { '/page.html': 'text/html', '/page.mjs': 'text/javascript',
                '/bench-peer.mjs': 'text/javascript', '/w3c-end.mjs': 'text/javascript' };

/* Cross-origin isolation: the page's clock then tells 5 µs apart, else 100. */
const ISOLATION = { 'Cross-Origin-Opener-Policy': 'same-origin',
                    'Cross-Origin-Embedder-Policy': 'require-corp' };

/* The page's files come from here: no server, no port. */
async function servePage(page) {
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (!Object.hasOwn(FILES, pathname))
      return request.respond({ status: 404 });
    return request.respond({ headers: ISOLATION, contentType: FILES[pathname],
                             body: readFileSync(new URL(`.${pathname}`, import.meta.url)) });
  });
  await page.goto(`${ORIGIN}/page.html`, { timeout: START_MS });
  await page.waitForFunction(() => globalThis.benchStart && crossOriginIsolated,
                             { timeout: START_MS });
}

const limit = bufferLimit();
const { default: puppeteer } = await importPackage('puppeteer-core');
const { executablePath, args } = browsers.chromium;
if (!existsSync(executablePath))
  leaveAsMissing(`${executablePath} is missing (Debian package chromium)`);
const profile = mkdtempSync(join(tmpdir(), 'floe-bench-chromium-'));
process.on('exit', () => rmSync(profile, { recursive: true, force: true, maxRetries: 3 }));
const browser = await puppeteer.launch({
  executablePath,
  args: [...args, '--disable-features=WebRtcHideLocalIpsWithMdns', '--js-flags=--expose-gc'],
  headless: true,
  pipe: true, // which Chromium ends with, whatever ends this program
  userDataDir: profile,
  timeout: START_MS,
  protocolTimeout: 0, // a command may take as long as the driver allows
  handleSIGINT: false, // leaving is decided below, once for every reason
  handleSIGTERM: false,
  handleSIGHUP: false,
});
let isLeaving = false;
const leave = async (status = 0) => {
  if (isLeaving)
    return;
  isLeaving = true;
  const child = browser.process();
  const kill = () => {
    try {
      process.kill(-child.pid, 'SIGKILL'); // with all its processes
    } catch {
      // it has gone by itself
    }
  };
  setTimeout(() => { kill(); process.exit(status); }, LEAVE_MS).unref();
  await browser.close().catch(kill);
  process.exit(status);
};
browser.on('disconnected', () => leave(1));

const page = await browser.newPage();
page.on('pageerror', (error) => emit({ ev: 'error', message: error.message }));
await page.exposeFunction('benchEmit', (line) => { process.stdout.write(line + '\n'); });
await servePage(page);
await page.evaluate((bytes) => globalThis.benchStart(bytes), limit);
readCommands((message) => {
  page.evaluate((command) => globalThis.benchHandle(command), message).catch((error) => {
    if (!isLeaving)
      emit({ ev: 'error', id: message.id, message: error.message });
  });
}, () => leave());
emit({ ev: 'ready', stack: 'chromium', version: (await browser.version()).replace(/^\w+\//, ''),
       modes: ['one', 'two'] });
