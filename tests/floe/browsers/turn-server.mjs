// SPDX-License-Identifier: MPL-2.0
// A coturn for one case.

import { spawn } from 'node:child_process';
import { createConnection } from 'node:net';

const PORT = 3478;
const START_MS = 10000;

async function isListening(port) {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '10.77.0.1' });
    socket.on('connect', () => { socket.destroy(); resolve(true); });
    socket.on('error', () => resolve(false));
  });
}

/** Starts one at the namespace's address; it ends with the case. */
export async function startTurnServer(context) {
  const user = 'floe', password = 'a long password';
  const child = spawn('turnserver', ['-n', '--listening-ip=10.77.0.1', '--relay-ip=10.77.0.1',
    `--listening-port=${PORT}`, '--no-tls', '--no-dtls', '--no-cli', '--lt-cred-mech',
    `--user=${user}:${password}`, '--realm=floe.test', '--log-file=stdout',
    `--pidfile=${context.folder}/turn.pid`, '--no-rfc5780'], { stdio: 'ignore' });
  context.later(() => child.kill('SIGKILL'));
  for (const end = Date.now() + START_MS; Date.now() < end;) {
    if (await isListening(PORT))
      return { url: `turn:10.77.0.1:${PORT}`, user, password };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('turnserver does not listen');
}
