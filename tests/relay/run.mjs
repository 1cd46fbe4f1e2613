// SPDX-License-Identifier: MPL-2.0
// The driver of the relay suite. Started by run.sh, which makes the network. One line per case; the
// last line counts them.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { killAll } from '../interop/lib/peer.mjs';
import { addStack, isExecutable, stackOf } from '../interop/lib/stacks.mjs';
import { makeCases } from './cases.mjs';
import { startHttpProxy, startSocksProxy } from './proxies.mjs';
import { makeCertificate, startTurnServer } from './servers.mjs';

const ADDRESS = '10.77.0.1'; // of tests/namespace.sh
const HOST_NAME = 'relay.example.org'; // which only the SOCKS proxy knows
const CASE_MS = 60000;
const AT_ONCE = 3;

function parseOptions(args) {
  const options = { only: [], full: false, list: false };
  for (let i = 0; i < args.length; i++) {
    switch (args[i]) {
      case '--floe-peer': options.floePeer = resolve(args[++i] ?? ''); break;
      case '--only': options.only.push(args[++i]); break;
      case '--full': options.full = true; break;
      case '--list': options.list = true; break;
      default: throw new Error(`unknown option ${args[i]}`);
    }
  }
  return options;
}

async function makeWorld(floePeer) {
  const folder = mkdtempSync(join(tmpdir(), 'floe-relay-'));
  const good = makeCertificate(folder, 'turn', `IP:${ADDRESS},DNS:${HOST_NAME}`);
  const other = makeCertificate(folder, 'other', 'DNS:turn.example');
  const start = async (port, rest, pair) => ({
    ...await startTurnServer(ADDRESS, port, { rest, ...pair }), authority: pair.certificate,
    hostName: HOST_NAME });
  const [users, rest, misnamed] = await Promise.all(
    [start(4478, false, good), start(4578, true, good), start(4678, false, other)]);
  const proxies = { http: await startHttpProxy(ADDRESS),
    socks: await startSocksProxy(ADDRESS, { [HOST_NAME]: ADDRESS }) };
  const stop = () => [users, rest, misnamed, ...Object.values(proxies)].forEach(
    (each) => each.stop());
  return { folder, floePeer, address: ADDRESS, users, rest, misnamed,
    stranger: other.certificate, proxies, stop };
}

function withDeadline(promise, ms) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function runCase({ name, run, other }, world, tally) {
  const lack = other ? stackOf(other).lacks() : null;
  const began = Date.now();
  if (lack) {
    tally.skipped++;
    console.log(`skip ${name}: ${lack}`);
    return;
  }
  try {
    await withDeadline(run(world), CASE_MS);
    tally.passed++;
    console.log(`ok ${name} (${Date.now() - began} ms)`);
  } catch (error) {
    tally.failed++;
    console.log(`not ok ${name}: ${error.message}`);
    for (const line of error.transcript ?? [])
      console.log(`  # ${line}`);
  }
}

/* A browser takes long to start and is used again, so it gets one case at a time. */
async function runAll(cases, world, tally) {
  const waiting = [...cases];
  const busy = new Set();
  const running = new Set();
  const next = () => {
    const index = waiting.findIndex(({ other }) => !other || !stackOf(other).reusable
      || !busy.has(other));
    return index < 0 ? null : waiting.splice(index, 1)[0];
  };
  while (waiting.length || running.size) {
    const one = running.size < AT_ONCE ? next() : null;
    if (!one) {
      await Promise.race(running);
      continue;
    }
    busy.add(one.other);
    const run = runCase(one, world, tally).then(() => {
      busy.delete(one.other);
      running.delete(run);
    });
    running.add(run);
  }
}

async function main() {
  const options = parseOptions(process.argv.slice(2));
  const cases = makeCases(options.full)
    .filter(({ name }) => options.only.every((text) => name.includes(text)));
  const tally = { passed: 0, failed: 0, skipped: 0 };
  if (options.list) {
    cases.forEach(({ name }) => console.log(name));
    return 0;
  }
  if (!options.floePeer || !isExecutable(options.floePeer))
    throw new Error('--floe-peer PATH is missing, or no program');
  addStack('floe', { command: [options.floePeer], lacks: () => null });
  const world = await makeWorld(options.floePeer);
  await runAll(cases, world, tally);
  await killAll();
  world.stop();
  console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
  return tally.failed === 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => killAll().then(() => process.exit(1)));

try {
  process.exit(await main());
} catch (error) {
  console.error(`run.mjs: ${error.message}`);
  await killAll();
  process.exit(2);
}
