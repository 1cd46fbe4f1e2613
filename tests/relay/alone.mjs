// SPDX-License-Identifier: MPL-2.0
// A network namespace for one peer, behind a link of its own, in which every packet is counted.

import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEAR = '10.78.0.1';
const FAR = '10.78.0.2';
const CENSUS = fileURLToPath(new URL('census.py', import.meta.url));

const run = (...command) => execFileSync(command[0], command.slice(1));

function firstLine(child) {
  return new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('exit', () => reject(new Error('the namespace can’t be made or watched')));
    child.once('error', reject);
  });
}

/* The namespace lives as long as the process that keeps it. */
async function makeNamespace() {
  const keeper = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec sleep 600'],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  await firstLine(keeper);
  const inside = ['nsenter', `--net=/proc/${keeper.pid}/ns/net`];
  run('ip', 'link', 'add', 'alone0', 'type', 'veth', 'peer', 'name', 'alone1', 'netns',
    String(keeper.pid));
  run('ip', 'address', 'add', `${NEAR}/24`, 'dev', 'alone0');
  run('ip', 'link', 'set', 'alone0', 'up');
  run(...inside, 'ip', 'link', 'set', 'lo', 'up');
  run(...inside, 'ip', 'address', 'add', `${FAR}/24`, 'dev', 'alone1');
  run(...inside, 'ip', 'link', 'set', 'alone1', 'up');
  run(...inside, 'ip', 'route', 'add', 'default', 'via', NEAR);
  const end = () => {
    run('ip', 'link', 'delete', 'alone0');
    keeper.kill();
  };
  return { inside, end };
}

/**
 * Calls @use with what to put before a command, so that it runs alone. Gives the packets that were
 * seen, as lines of census.py.
 */
export async function watchAlone(folder, name, use) {
  const file = join(folder, `census-${name}`);
  const { inside, end } = await makeNamespace();
  const census = spawn(inside[0], [...inside.slice(1), '/usr/bin/python3', CENSUS, file],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => census.on('exit', resolve));
  try {
    await firstLine(census);
    await use(inside);
  } finally {
    census.kill();
    await ended;
    end();
  }
  return readFileSync(file, 'ascii').trim().split('\n').filter(Boolean);
}
