// SPDX-License-Identifier: MPL-2.0
// What a program and a page, or two pages, do with each other.

import { equal, deepEqual, match, ok } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { Browser } from './page.mjs';
import { Program } from './program.mjs';
import { startTurnServer } from './turn-server.mjs';
import { listTree, makeFile, makeHole, makeTree, sha256 } from './trees.mjs';

const LARGE = 64 * 1024 * 1024;

function startFloe(context, ...args) {
  const program = new Program(context.floe, args);
  context.later(() => program.kill());
  return program;
}

/** The browser called @name that all cases share, without the pages of earlier ones. */
async function startBrowser(context, name) {
  const browser = await context.shareBrowser(name);
  context.later(() => browser.clear());
  return browser;
}

/** A rendezvous of its own; returns its address. */
async function startServer(context) {
  const server = startFloe(context, 'serve', '--listen', '127.0.0.1:0');
  return (await server.event('listening')).url;
}

/** The page takes what is offered, saves it, and is content. */
async function accept(page) {
  await page.state('asking');
  await page.click('accept-download');
  await page.state('done');
  page.checkErrors();
  return page.download();
}

async function checkSent(program, files) {
  const done = await program.event('done');
  equal(await program.status(), 0);
  equal(done.files, files);
}

async function fileToPage(context, name) {
  const path = makeFile(join(context.folder, 'large file.bin'), LARGE);
  const program = startFloe(context, 'send', path);
  const browser = await startBrowser(context, name);
  const page = await browser.open((await program.event('ready')).url);
  await page.state('asking');
  match(await page.text('asking-list'), /large file\.bin/);
  const saved = await accept(page);
  equal(basename(saved), 'large file.bin');
  equal(sha256(saved), sha256(path));
  equal(await page.data('path'), 'direct');
  equal((await program.event('file-done')).sha256, sha256(path));
  equal((await program.event('connected')).path, 'direct');
  await checkSent(program, 1);
}

async function treeToPage(context, name) {
  const tree = makeTree(join(context.folder, 'photos'));
  const program = startFloe(context, 'send', tree);
  const browser = await startBrowser(context, name);
  const page = await browser.open((await program.event('ready')).url);
  const saved = await accept(page);
  const unpacked = join(context.folder, 'unpacked');
  mkdirSync(unpacked);
  execFileSync('/usr/bin/python3', ['-m', 'zipfile', '-e', saved, unpacked]);
  deepEqual(listTree(join(unpacked, 'photos')), listTree(tree));
  await checkSent(program, listTree(tree).length);
}

/** Starts "floe receive" and opens the address that it offers. */
async function openInvited(context, name) {
  const output = join(context.folder, 'out');
  mkdirSync(output);
  const program = startFloe(context, 'receive', '--yes', '--output', output);
  const browser = await startBrowser(context, name);
  const page = await browser.open((await program.event('ready')).url);
  await page.state('choose');
  return { program, page, output };
}

async function fileFromPage(context, name) {
  const path = makeFile(join(context.folder, 'Grüße.bin'), LARGE);
  const { program, page, output } = await openInvited(context, name);
  await page.choose('file-input', path);
  await page.click('send');
  await page.state('done');
  page.checkErrors();
  await checkSent(program, 1);
  equal(sha256(join(output, 'Grüße.bin')), sha256(path));
  deepEqual(listTree(output).length, 1);
}

async function treeFromPage(context, name) {
  const tree = makeTree(join(context.folder, 'photos'));
  const { program, page, output } = await openInvited(context, name);
  const chosen = listTree(tree);
  await page.chooseFolder('folder-input', tree, chosen.map((line) => line.replace(/ \w+$/, '')));
  await page.click('send');
  await page.state('done');
  page.checkErrors();
  await checkSent(program, chosen.length);
  deepEqual(listTree(join(output, 'photos')), chosen);
}

async function declined(context, name) {
  const program = startFloe(context, 'send', makeFile(join(context.folder, 'a'), 10));
  const browser = await startBrowser(context, name);
  const page = await browser.open((await program.event('ready')).url);
  await page.state('asking');
  await page.click('decline');
  equal(await program.status(), 3);
  equal((await program.event('error')).code, 'refused');
}

async function wrongCode(context, name) {
  const path = makeFile(join(context.folder, 'a'), 10);
  const program = startFloe(context, 'send', path);
  const { url } = await program.event('ready');
  const browser = await startBrowser(context, name);
  const page = await browser.open(url.replace(/#.*/, '#000G40R40M30E209185GR38E1W'));
  equal(await page.state('ended', 'asking'), 'ended');
  equal(await page.data('end'), 'no-room');
  const second = await browser.open(url); // and the right one still works
  equal(sha256(await accept(second)), sha256(path));
  equal(await program.status(), 0);
}

async function typedCode(context, name) {
  const server = await startServer(context);
  const path = makeFile(join(context.folder, 'a.bin'), 100000);
  const program = startFloe(context, 'send', '--server', server, path);
  const { code } = await program.event('ready');
  const browser = await startBrowser(context, name);
  const page = await browser.open(server);
  await page.state('start');
  await page.type('code-input', code.toLowerCase());
  await page.click('code-submit');
  equal(sha256(await accept(page)), sha256(path));
  await checkSent(program, 1);
}

async function pageToPage(context, from, to) {
  const server = await startServer(context);
  const path = makeFile(join(context.folder, 'b.bin'), 5000000);
  const page = await (await startBrowser(context, from)).open(server);
  await page.state('start');
  await page.click('start-send');
  await page.state('choose');
  await page.choose('file-input', path);
  await page.click('send');
  await page.state('invite');
  const other = await (await startBrowser(context, to)).open(await page.value('invite-link'));
  equal(sha256(await accept(other)), sha256(path));
  await page.state('done');
  page.checkErrors();
}

async function pageToProgram(context, name) {
  const server = await startServer(context);
  const path = makeFile(join(context.folder, 'c.bin'), 3000000);
  const page = await (await startBrowser(context, name)).open(server);
  await page.click('start-send');
  await page.choose('file-input', path);
  await page.click('send');
  await page.state('invite');
  const output = join(context.folder, 'out');
  mkdirSync(output);
  const program = startFloe(context, 'receive', '--yes', '--output', output, '--server', server,
    await page.text('invite-code'));
  equal(await program.status(), 0);
  equal(sha256(join(output, 'c.bin')), sha256(path));
  await page.state('done');
}

/** A certificate for this one case; returns the options that make floe use it. */
function makeCertificate(context) {
  const key = join(context.folder, 'key.pem'), certificate = join(context.folder, 'cert.pem');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
    'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', certificate, '-days', '2',
    '-subj', '/CN=floe.test', '-addext', 'subjectAltName=IP:10.77.0.1'], { stdio: 'ignore' });
  return ['--tls-cert', certificate, '--tls-key', key];
}

/** Over https, so that the page may have the relay's password, too: a browser that hides its
 * addresses (mDNS) and has no server cannot be let in by a relay. */
async function relayed(context, name) {
  const turn = await startTurnServer(context);
  const path = makeFile(join(context.folder, 'd.bin'), 2000000);
  const program = startFloe(context, 'send', '--relay-only', '--turn', turn.url,
    '--turn-user', turn.user, '--turn-password', turn.password, ...makeCertificate(context), path);
  const browser = await startBrowser(context, name);
  const page = await browser.open((await program.event('ready')).url);
  equal(sha256(await accept(page)), sha256(path));
  const connected = await program.event('connected');
  equal(connected.path, 'relay');
  equal(connected.local_candidate, 'relay');
  equal(connected.protocol, 'udp');
  equal(await program.status(), 0);
}

/** Both ends are asked for relays only by the rendezvous, and the page says so. */
async function askedForRelays(context, name) {
  const turn = await startTurnServer(context);
  const path = makeFile(join(context.folder, 'g.bin'), 2000000);
  const certificate = makeCertificate(context);
  const server = startFloe(context, 'serve', '--listen', '10.77.0.1', '--privacy', 'relay-only', '--turn',
    turn.url, '--turn-user', turn.user, '--turn-password', turn.password, ...certificate);
  const { url } = await server.event('listening');
  const program = startFloe(context, 'send', '--server', url, '--tls-ca', certificate[1], path);
  const browser = await startBrowser(context, name);
  const page = await browser.open((await program.event('ready')).url);
  await page.state('asking');
  equal(await page.text('privacy'), 'Relay only: this browser shows the other side no address. '
    + 'The other side (relay-only) shows no address, only that of a relay.');
  equal(sha256(await accept(page)), sha256(path));
  const connected = await program.event('connected');
  equal(connected.local_candidate, 'relay');
  equal(connected.remote_candidate, 'relay');
  equal(await program.status(), 0);
}

async function senderKilled(context, name) {
  const program = startFloe(context, 'send', makeHole(join(context.folder, 'e.bin'), 4 * LARGE));
  const browser = await startBrowser(context, name);
  const page = await browser.open((await program.event('ready')).url);
  await page.state('asking');
  await page.click('accept-download');
  await program.event('progress');
  await program.kill();
  equal(await page.state('ended', 'done'), 'ended');
}

async function pageKilled(context, name) {
  const program = startFloe(context, 'send', makeHole(join(context.folder, 'f.bin'), 4 * LARGE));
  const browser = await Browser.start(name); // its own, as it will not live
  context.later(() => browser.close());
  const page = await browser.open((await program.event('ready')).url);
  await page.state('asking');
  await page.click('accept-download');
  await program.event('progress');
  browser.kill();
  equal(await program.status(), 1);
}

async function stoppedByPage(context, name) {
  const { program, page, output } = await openInvited(context, name);
  await page.choose('file-input', makeHole(join(context.folder, 'g.bin'), 4 * LARGE));
  await page.click('send');
  await program.event('progress');
  await page.stop();
  equal(await program.status(), 1);
  deepEqual(listTree(output), []);
  ok((await program.event('error')).message.length > 0);
}

const single = {
  'a file of 64 MB reaches the page': fileToPage,
  'a folder reaches the page': treeToPage,
  'a file of 64 MB comes from the page': fileFromPage,
  'a folder comes from the page': treeFromPage,
  'the page declines': declined,
  'a wrong code opens nothing, and the right one still works': wrongCode,
  'a code is typed at a server': typedCode,
  'a page makes a code for a program': pageToProgram,
  'through a relay': relayed,
  'relays only, as the rendezvous asks': askedForRelays,
  'the sending program is killed half-way': senderKilled,
  'the receiving browser is killed half-way': pageKilled,
  'the page stops half-way': stoppedByPage,
};

export const cases = [];
for (const name of ['chromium', 'firefox'])
  for (const [title, run] of Object.entries(single))
    cases.push({ title: `${name}: ${title}`, needs: [name], run: (context) => run(context, name) });
for (const [from, to] of [['chromium', 'firefox'], ['firefox', 'chromium']])
  cases.push({
    title: `${from} to ${to}: page to page`,
    needs: [from, to],
    run: (context) => pageToPage(context, from, to),
  });
