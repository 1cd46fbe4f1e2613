// SPDX-License-Identifier: MPL-2.0
// The part of a browser peer that runs outside: options, the browser process, stdin and stdout.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import puppeteer from 'puppeteer-core';

const START_MS = 90000;

function parseOptions(args) {
  const options = { echo: true, iceServers: [], relayOnly: false, verbose: false };
  const server = () => options.iceServers.at(-1);
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--no-echo')
      options.echo = false;
    else if (args[i] === '--ice-server')
      options.iceServers.push({ urls: args[++i] });
    else if (args[i] === '--ice-user')
      server().username = args[++i];
    else if (args[i] === '--ice-pass')
      server().credential = args[++i];
    else if (args[i] === '--relay-only')
      options.relayOnly = true;
    else if (args[i] === '--verbose')
      options.verbose = true;
    else
      throw new Error(`unknown option ${args[i]}`);
  }
  return options;
}

const write = (object) => process.stdout.write(JSON.stringify(object) + '\n');

/** Runs a peer in the browser that puppeteer starts with @launch, until stdin ends. */
export async function runBrowserPeer(name, launch) {
  const options = parseOptions(process.argv.slice(2));
  const profile = mkdtempSync(join(tmpdir(), `floe-${name}-`));
  process.on('exit', () => rmSync(profile, { recursive: true, force: true, maxRetries: 3 }));
  const browser = await puppeteer.launch({
    headless: true,
    userDataDir: profile,
    timeout: START_MS,
    dumpio: options.verbose,
    handleSIGINT: false, // leaving is decided below, once for every reason
    handleSIGTERM: false,
    handleSIGHUP: false,
    ...launch,
  });
  let leaving = false;
  const leave = async (status) => {
    if (leaving)
      return;
    leaving = true;
    const child = browser.process();
    setTimeout(() => { child.kill('SIGKILL'); process.exit(status); }, 1500).unref();
    await browser.close().catch(() => child.kill('SIGKILL'));
    process.exit(status);
  };
  process.on('SIGTERM', () => leave(0));
  process.on('SIGINT', () => leave(0));
  browser.on('disconnected', () => leave(1));

  const page = await browser.newPage();
  await page.exposeFunction('floeEmit', (line) => { process.stdout.write(line + '\n'); });
  await page.addScriptTag({
    content: readFileSync(new URL('./browser-page.js', import.meta.url), 'utf8'),
  });
  const input = createInterface({ input: process.stdin });
  input.on('line', (line) => {
    page.evaluate((text) => globalThis.floeHandle(text), line).catch((error) => {
      if (!leaving)
        write({ event: 'error', name: error.name, message: error.message });
    });
  });
  input.on('close', () => leave(0));
  await page.evaluate((start) => globalThis.floeStart(start), {
    name,
    version: await browser.version(),
    echo: options.echo,
    config: {
      iceServers: options.iceServers,
      iceTransportPolicy: options.relayOnly ? 'relay' : 'all',
    },
  });
}
