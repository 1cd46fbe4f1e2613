// SPDX-License-Identifier: MPL-2.0
// Takes a picture of every state of the page, light and dark, on a phone and on a desk, for
// somebody to look at.
//
//   node tests/floe/web/screenshots.mjs OUTPUT-FOLDER [STATE…]
//
// Needs Chromium and the modules of tests/interop (sh tests/interop/run.sh --setup).

import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(new URL('../../interop/', import.meta.url));
const { default: puppeteer } = await import(require.resolve('puppeteer-core'));

const PAGE = fileURLToPath(new URL('../../../samples/web/', import.meta.url));
const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' };
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'";
const WIDTHS = { phone: 390, desk: 1280 };

const ITEMS = [
  { name: 'Holiday photos', kind: 'folder', files: 214, size: 1830000000 },
  { name: 'Report – final (really).pdf', kind: 'file', size: 2400000 },
  { name: 'a-name-without-any-space-that-goes-on-and-on-and-on-until-it-has-to-be-broken.tar.gz',
    kind: 'file', size: 734003200 },
  { name: 'gpj.\u202eexe', kind: 'file', size: 0 },
  { name: 'صور العطلة', kind: 'folder', files: 1, size: 12 },
];

/** What runs in the page for each state: gets its modules and the items. */
const STATES = {
  start: ({ ui }) => ui.show('start'),
  'start-error': ({ ui }) => {
    ui.show('start');
    ui.element('code-input').value = '000G40R40M30E209';
    ui.element('code-input').setAttribute('aria-invalid', 'true');
    ui.setText('code-error', 'This is no code: a code has 26 letters and digits.');
    ui.element('code-input').focus();
  },
  opening: ({ ui }) => {
    ui.setText('opening-title', 'Connecting…');
    ui.setText('opening-text', 'Looking for the other side');
    ui.show('opening');
  },
  choose: ({ ui }) => ui.element('start-send').click(),
  'choose-list': ({ ui, items }) => {
    ui.element('start-send').click();
    ui.fillList('choose-list', items, { remove: () => {} });
    ui.setText('choose-sum', '217 files, 2.6 GB');
    ui.element('send').disabled = false;
  },
  invite: ({ ui }) => {
    ui.setText('invite-amount', '217 files, 2.6 GB');
    ui.element('invite-link').value = 'http://192.168.1.20:41234/#000G40R40M30E209185GR38E1W';
    ui.setText('invite-code', '000G40R40M30E209185GR38E1W');
    ui.setNote('invite-stranger', '');
    ui.show('invite');
  },
  'invite-stranger': ({ ui }) => {
    ui.element('invite-link').value = 'http://192.168.1.20:41234/#000G40R40M30E209185GR38E1W';
    ui.setText('invite-code', '000G40R40M30E209185GR38E1W');
    ui.setNote('invite-stranger', 'Somebody came who did not know the code, and was let go.');
    ui.show('invite');
  },
  asking: ({ ui, items }) => {
    ui.fillList('asking-list', items, { more: 12 });
    ui.setText('asking-sum', '217 files, 2.6 GB');
    ui.setNote('asking-note', 'It will be saved as one zip file.');
    ui.element('accept-download').textContent = 'Accept';
    ui.element('accept-download').classList.add('primary');
    ui.setText('path-text', 'Connected directly, encrypted');
    ui.element('path').hidden = false;
    ui.show('asking');
  },
  'asking-pickers': ({ ui, items }) => {
    ui.fillList('asking-list', items.slice(0, 1));
    ui.setText('asking-sum', '214 files, 1.8 GB');
    ui.setNote('asking-note', '');
    ui.element('accept-download').textContent = 'Download as zip';
    ui.element('accept-download').classList.remove('primary');
    ui.element('accept-stream').textContent = 'Save to a folder…';
    ui.element('accept-stream').classList.add('primary');
    ui.element('accept-stream').hidden = false;
    ui.show('asking');
  },
  offered: ({ ui }) => {
    ui.setText('offered-sum', '217 files, 2.6 GB');
    ui.show('offered');
  },
  transfer: ({ ui }) => {
    new ui.ProgressView({ title: 'Receiving', total: 2600000000, getBytes: () =>
      1100000000 + performance.now() * 22000 }).setFile('Holiday photos/2024/Sea and ice.jpg');
    ui.setText('path-text', 'Connected through a relay, encrypted from end to end');
    ui.element('path').hidden = false;
    document.querySelector('details').open = true;
  },
  'transfer-unknown': ({ ui }) => {
    new ui.ProgressView({ title: 'Receiving', total: null, getBytes: () =>
      1100000 + performance.now() * 220 }).setFile('stdin');
  },
  done: ({ ui, items }) => {
    ui.setText('done-title', 'Received');
    ui.setText('done-text', ui.describeSummary({ files: 217, bytes: 2600000000 }, 118));
    ui.fillList('done-list', items);
    ui.setNote('done-note', 'Symbolic links were left out: a browser can’t make them.');
    ui.element('save-again').hidden = false;
    ui.element('save-again').href = '/';
    ui.show('done');
  },
};

for (const code of ['no-room', 'authentication', 'refused', 'lost', 'too-big', 'strangers',
                    'unsupported', 'unreachable', 'failed']) {
  const message = { refused: 'Not today', 'too-big': 'It is 4.2 GB, and this browser takes at most '
    + '1.1 GB on this page.', failed: 'No path between the two let anything through' }[code] ?? '';
  STATES[`ended-${code}`] = ({ ui, texts }, given) => {
    const { title, text, detail, calm } =
      texts.explain({ ...given, fromPeer: given.code === 'refused' });
    ui.setText('ended-title', title);
    ui.setNote('ended-text', text);
    ui.setNote('ended-detail', detail);
    ui.element('ended-icon').classList.toggle('calm', calm);
    ui.element('retry').hidden = given.code !== 'lost';
    ui.show('ended');
  };
  STATES[`ended-${code}`].given = { code, message };
}

const [folder, ...wanted] = process.argv.slice(2);
if (!folder) {
  console.error('screenshots.mjs: where to?');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

const server = createServer((request, response) => {
  const name = request.url === '/' ? 'index.html' : basename(request.url);
  try {
    const content = readFileSync(join(PAGE, name));
    response.writeHead(200, { 'Content-Type': TYPES[extname(name)],
                              'Content-Security-Policy': POLICY });
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = `http://127.0.0.1:${server.address().port}/`;
const browser = await puppeteer.launch({
  headless: true, executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
});

async function take(page, state, name) {
  await page.goto(address);
  await page.waitForSelector('body[data-state]');
  const source = STATES[state].toString();
  await page.evaluate(async (modules, text, items, given, at) => {
    const [ui, texts] = await Promise.all(modules.map((one) => import(new URL(one, at))));
    globalThis.showState({ ui, texts, items }, given, text);
  }, ['ui.js', 'texts.js'], source, ITEMS, STATES[state].given, address);
  await new Promise((resolve) => setTimeout(resolve, state.startsWith('transfer') ? 700 : 100));
  await page.screenshot({ path: join(folder, name), fullPage: true });
}

for (const scheme of ['light', 'dark']) {
  for (const [device, width] of Object.entries(WIDTHS)) {
    const page = await browser.newPage();
    await page.setBypassCSP(true); // only for the function that comes from here
    await page.evaluateOnNewDocument(() => {
      globalThis.showState = (modules, given, text) => (0, eval)(`(${text})`)(modules, given);
    });
    await page.setViewport({ width, height: device === 'phone' ? 780 : 860 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    page.on('dialog', (dialog) => dialog.accept()); // leaving some states asks
    page.on('pageerror', (error) => console.error(error.message));
    for (const state of wanted.length > 0 ? wanted : Object.keys(STATES))
      await take(page, state, `${state}-${scheme}-${device}.png`);
    await page.close();
  }
}

const page = await browser.newPage();
await page.setJavaScriptEnabled(false);
await page.setViewport({ width: 390, height: 500 });
await page.goto(address);
await page.screenshot({ path: join(folder, 'noscript-phone.png') });
await browser.close();
server.close();
