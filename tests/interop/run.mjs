// SPDX-License-Identifier: MPL-2.0
// The driver of the interop suite: every scenario with every stack, in both roles. Started by
// run.sh, which makes the network. One line per case; the last line counts them.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { killAll } from './lib/peer.mjs';
import { SCENARIOS } from './lib/scenarios.mjs';
import { FOREIGN, addStack, isExecutable, release, stackOf, take } from './lib/stacks.mjs';

const CASE_MS = 60000;
const AT_ONCE = 4; // cases; most of their time is waiting
const AT_ONCE_PER_STACK = 2; // a reusable (slow to start) stack gets one

function parseOptions(args) {
  const options = { subject: 'floe', only: [], full: false, list: false, logs: null };
  for (let i = 0; i < args.length; i++) {
    switch (args[i]) {
      case '--floe-peer': options.floePeer = resolve(args[++i] ?? ''); break;
      case '--subject': options.subject = args[++i]; break;
      case '--only': options.only.push(args[++i]); break;
      case '--logs': options.logs = resolve(args[++i] ?? ''); break;
      case '--full': options.full = true; break;
      case '--list': options.list = true; break;
      default: throw new Error(`unknown option ${args[i]}`);
    }
  }
  return options;
}

/* A case that a foreign stack's own limits rule out is no case; README.md lists them. */
function isPossible(foreign, offers, { onlyOffers, needs, role, opens }) {
  const { cannot = [], limits = {} } = stackOf(foreign);
  if ((onlyOffers && onlyOffers !== offers) || cannot.includes(needs))
    return false;
  if (offers === 'subject')
    return !(limits.answersActiveOnly && role === 'client');
  return !(limits.numbersByIceRole && opens && role === 'server');
}

/** All cases, by stack. --full runs each three times. */
function makeCases(options) {
  const cases = [];
  for (const foreign of FOREIGN.filter((name) => name !== options.subject)) {
    for (const offers of ['subject', 'foreign']) {
      for (const scenario of SCENARIOS) {
        if (!isPossible(foreign, offers, scenario))
          continue;
        const role = offers === 'subject' ? 'offering' : 'answering';
        const name = `${options.subject} ${role} ${foreign}: ${scenario.name}`;
        if (options.only.every((text) => name.includes(text)))
          cases.push({ name, foreign, offers, scenario });
      }
    }
  }
  return options.full ? cases.flatMap((one) => [1, 2, 3].map((round) =>
    ({ ...one, name: `${one.name} (round ${round})` }))) : cases;
}

function withDeadline(promise, ms) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/* A peer that took part in a failure is not used again. */
async function runScenario({ foreign, offers, scenario }, subjectName, record) {
  const peers = [];
  let end = (peer) => peer.kill();
  try {
    const subjectOptions = scenario.subjectOptions ?? [];
    for (const [name, options] of [[subjectName, subjectOptions], [foreign, ['--no-echo']]])
      peers.push(await take(name, options));
    const [subject, other] = peers;
    const pair = {
      subject, foreign: other,
      offerer: offers === 'subject' ? subject : other,
      answerer: offers === 'subject' ? other : subject,
    };
    await withDeadline(scenario.run(pair), CASE_MS);
    end = release;
  } catch (error) {
    error.transcript ??= peers.flatMap((peer) => peer.transcript());
    throw error;
  } finally {
    record(peers);
    await Promise.all(peers.map((peer) => end(peer)));
  }
}

/** Writes what two peers said to each other, one file a case. */
function recorder(directory, name) {
  return (peers) => {
    if (!directory)
      return;
    const lines = peers.flatMap((peer) => peer.log.map(({ ms, way, object }) =>
      ({ ms, text: `${String(ms).padStart(6)} ${peer.name} ${way} ${JSON.stringify(object)}` })));
    lines.sort((one, other) => one.ms - other.ms);
    const file = name.replace(/[^\w]+/g, '-') + '.log';
    writeFileSync(join(directory, file), lines.map(({ text }) => text + '\n').join('')
      + peers.flatMap((peer) => peer.stderr.map((line) => `${peer.name} ! ${line}\n`)).join(''));
  };
}

class Tally {
  passed = 0;
  failed = 0;
  skipped = 0;

  pass(name, ms) {
    this.passed++;
    console.log(`ok ${name} (${ms} ms)`);
  }

  fail(name, error) {
    this.failed++;
    console.log(`not ok ${name}: ${error.message}`);
    for (const line of error.transcript ?? [])
      console.log(`  # ${line}`);
  }

  skip(name, reason) {
    this.skipped++;
    console.log(`skip ${name}: ${reason}`);
  }
}

async function runCase(one, options, tally) {
  if (one.lack) {
    tally.skip(one.name, one.lack);
    return;
  }
  const began = Date.now();
  try {
    await runScenario(one, options.subject, recorder(options.logs, one.name));
    tally.pass(one.name, Date.now() - began);
  } catch (error) {
    tally.fail(one.name, error);
  }
}

/** Runs the cases a few at a time, and of each stack no more than it can bear. */
async function runAll(cases, options, tally) {
  const waiting = [...cases];
  const busy = new Map();
  const room = (name) => (busy.get(name) ?? 0)
    < (stackOf(name).reusable ? 1 : AT_ONCE_PER_STACK);
  const limited = options.subject === 'floe' ? [] : [options.subject];
  const next = () => {
    const index = waiting.findIndex(({ foreign }) => [foreign, ...limited].every(room));
    return index < 0 ? null : waiting.splice(index, 1)[0];
  };
  const running = new Set();
  while (waiting.length || running.size) {
    const one = running.size < AT_ONCE ? next() : null;
    if (!one) {
      await Promise.race(running);
      continue;
    }
    const names = [one.foreign, ...limited];
    names.forEach((name) => busy.set(name, (busy.get(name) ?? 0) + 1));
    const run = runCase(one, options, tally).then(() => {
      names.forEach((name) => busy.set(name, busy.get(name) - 1));
      running.delete(run);
    });
    running.add(run);
  }
}

/** Turns a missing stack into a reason to skip its cases. */
function applyLacks(cases, options) {
  const subjectLack = stackOf(options.subject).lacks();
  const lacks = new Map();
  for (const one of cases) {
    if (!lacks.has(one.foreign))
      lacks.set(one.foreign, subjectLack ?? stackOf(one.foreign).lacks());
    one.lack = lacks.get(one.foreign);
  }
}

async function main() {
  const options = parseOptions(process.argv.slice(2));
  addStack('floe', {
    command: [options.floePeer],
    limits: { noChannelsCommand: true },
    lacks: () => (!options.floePeer ? 'no --floe-peer PATH was given'
      : isExecutable(options.floePeer) ? null : `${options.floePeer} is not a program`),
  });
  if (!stackOf(options.subject))
    throw new Error(`no stack is called ${options.subject}`);
  const cases = makeCases(options);
  if (options.list) {
    cases.forEach(({ name }) => console.log(name));
    return 0;
  }
  if (options.logs)
    mkdirSync(options.logs, { recursive: true });
  const tally = new Tally();
  applyLacks(cases, options);
  await runAll(cases, options, tally);
  await killAll();
  console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
  return tally.failed === 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => killAll().then(() => process.exit(1)));

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`run.mjs: ${error.message}`);
  await killAll();
  process.exitCode = 2;
}
