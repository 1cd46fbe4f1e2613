// SPDX-License-Identifier: MPL-2.0
// What the peers that Node.js runs share: options, lines on stdin and stdout, leaving.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const DEFAULT_BUFFER = 1 << 20;
const CANNOT_RUN = 77;

/** Writes one line of the protocol. */
export const emit = (event) => process.stdout.write(JSON.stringify(event) + '\n');

/** Gives the most that a sender keeps buffered, in bytes: what --buffer says. */
export function bufferLimit(args = process.argv.slice(2)) {
  let limit = DEFAULT_BUFFER;
  for (let i = 0; i < args.length; i++) {
    if (args[i] !== '--buffer')
      throw new Error(`unknown option ${args[i]}`);
    limit = Number(args[++i]);
    if (!Number.isSafeInteger(limit) || limit <= 0)
      throw new Error('--buffer wants a number of bytes');
  }
  return limit;
}

/** Ends with status 77, by which the driver knows a stack that is not installed. */
export function leaveAsMissing(words) {
  console.error(words);
  process.exit(CANNOT_RUN);
}

/** Imports a package from npm; leaves as missing without it. */
export async function importPackage(name) {
  try {
    return await import(name);
  } catch (error) {
    const why = error.message.split('\n')[0];
    return leaveAsMissing(`${name} cannot be loaded (sh tests/bench/peers/install.sh): ${why}`);
  }
}

/** Gives the version of an installed package; not all let their package.json be imported. */
export function packageVersion(name) {
  const file = new URL(`./node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}

/** Hands each line to @handle until the line that quits or the end of the input, then leaves. */
export function readCommands(handle, leave = () => process.exit()) {
  const input = createInterface({ input: process.stdin });
  input.on('line', (line) => {
    const message = JSON.parse(line);
    if (message.op === 'quit')
      input.close();
    else
      handle(message);
  });
  input.on('close', leave);
  process.stdout.on('error', leave); // nobody reads any more
  process.on('SIGTERM', leave);
  process.on('SIGINT', leave);
}

/** How a sender lets the rest of the process have a turn. */
export const pause = () => new Promise((resolve) => setImmediate(resolve));
