// SPDX-License-Identifier: MPL-2.0
// floe and its page, in real browsers, one case a line.
//
//   sh tests/namespace.sh node tests/floe/browsers/run.mjs --floe PATH [--only TEXT]... [--list]
//
// The last line is 'N passed, N failed, N skipped'. Needs tests/interop/node_modules.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { browsers } from '../../interop/lib/browsers.mjs';
import { cases } from './cases.mjs';
import { Browser } from './page.mjs';
import { within } from './program.mjs';

const CASE_MS = 120000;

const { values } = parseArgs({
  options: {
    floe: { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
    list: { type: 'boolean', default: false },
  },
});

/** Why a case can't run here, or nothing. */
function lacks({ needs }) {
  const missing = needs.filter((name) => !existsSync(browsers[name].executablePath));
  return missing.length > 0 && `${missing} is not installed`;
}

/** Browsers by name: starting one takes longer than most cases. */
const running = new Map();

async function shareBrowser(name) {
  if (!running.get(name)?.browser.connected)
    running.set(name, await Browser.start(name));
  return running.get(name);
}

async function runCase(test) {
  const folder = mkdtempSync(join(tmpdir(), 'floe-case-'));
  const cleanups = [];
  const later = (task) => cleanups.unshift(task);
  const context = { folder, floe: resolve(values.floe), later, shareBrowser };
  try {
    await within(CASE_MS, 'the case', test.run(context));
  } finally {
    for (const task of cleanups)
      await Promise.resolve(task()).catch(() => {});
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

const chosen = cases.filter(({ title }) => values.only.every((text) => title.includes(text)));
if (values.list) {
  chosen.forEach(({ title }) => console.log(title));
  process.exit(0);
}

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const test of chosen) {
  const reason = lacks(test);
  if (reason) {
    counts.skipped++;
    console.log(`skip ${test.title}: ${reason}`);
    continue;
  }
  const start = Date.now();
  try {
    await runCase(test);
    counts.passed++;
    console.log(`ok ${test.title} (${Date.now() - start} ms)`);
  } catch (error) {
    counts.failed++;
    console.log(`not ok ${test.title}: ${error.message}`);
  }
}
await Promise.all([...running.values()].map((browser) => browser.close()));
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed === 0 ? 0 : 1);
