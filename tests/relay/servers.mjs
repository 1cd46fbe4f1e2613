// SPDX-License-Identifier: MPL-2.0
// Real TURN servers: coturn, over UDP, TCP and TLS.

import { execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const USER = 'floe';
export const PASSWORD = 'right';
export const SECRET = 'north';

const START_MS = 60000;
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A certificate for @names (openssl's subjectAltName) that is its own authority. */
export function makeCertificate(folder, name, names) {
  const certificate = join(folder, `${name}.pem`);
  const key = join(folder, `${name}-key.pem`);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
    'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
    '-addext', `subjectAltName=${names}`, '-keyout', key, '-out', certificate],
  { stdio: 'ignore' });
  return { certificate, key };
}

/* RFC 8489 section 5: a Binding request without attributes. */
const bindingRequest = Buffer.concat([Buffer.from('000100002112a442', 'hex'),
                                      Buffer.from('floe-try-now')]);

/* That the kernel takes a connection says nothing of coturn: on a busy machine it is silent for
 * seconds after it has begun to listen. */
const answers = (address, port) => new Promise((resolve) => {
  const socket = createConnection(port, address, () => socket.write(bindingRequest));
  const end = (result) => {
    socket.destroy();
    resolve(result);
  };
  socket.setTimeout(1000, () => end(false));
  socket.on('data', () => end(true));
  socket.on('error', () => end(false));
  socket.on('close', () => end(false));
});

/** Starts coturn on @address. With @rest it takes credentials that are made of SECRET. */
export async function startTurnServer(address, port, { rest, certificate, key }) {
  const folder = mkdtempSync(join(tmpdir(), 'floe-turn-'));
  const log = join(folder, 'log');
  const identity = rest ? ['--use-auth-secret', `--static-auth-secret=${SECRET}`]
    : ['--lt-cred-mech', `--user=${USER}:${PASSWORD}`];
  const server = spawn('turnserver', ['-n', '--verbose', '--no-cli', '--no-dtls', '-L', address,
    '-E', address, '-p', String(port), '--tls-listening-port', String(port + 1),
    '--min-port', String(50000 + 10 * port % 10000), '--max-port',
    String(50999 + 10 * port % 10000), '--realm', 'floe.test', ...identity,
    `--cert=${certificate}`, `--pkey=${key}`, '--simple-log', `--log-file=${log}`,
    `--pidfile=${folder}/pid`, `--userdb=${folder}/db`, '--relay-threads', '1'],
  { stdio: 'ignore' });
  const ends = Date.now() + START_MS;
  while (!await answers(address, port)) {
    if (Date.now() > ends || server.exitCode !== null)
      throw new Error(`turnserver does not start: ${readFileSync(log, 'utf8').slice(-500)}`);
    await later(50);
  }
  /* As Floe names them in errors: what goes without saying is left out (RFC 7065). */
  const urls = {
    udp: `turn:${address}:${port}`,
    tcp: `turn:${address}:${port}?transport=tcp`,
    tls: `turns:${address}:${port + 1}`,
  };
  const places = { tcp: `${address}:${port}`, tls: `${address}:${port + 1}` };
  return { urls, places, tlsPort: port + 1, tcpPort: port, stop: () => server.kill('SIGKILL'),
    log: () => readFileSync(log, 'utf8') };
}

/** A user name and password for a server with @rest that end @lifetime seconds from now. */
export function makeCredentials(lifetime) {
  const user = `${Math.floor(Date.now() / 1000) + lifetime}:${USER}`;
  return { user, password: createHmac('sha1', SECRET).update(user).digest('base64') };
}
