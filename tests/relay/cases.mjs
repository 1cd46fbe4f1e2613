// SPDX-License-Identifier: MPL-2.0
// What is tried: each case is a name and a function of the world that throws, in words, when
// something is not as it should be. The world has the servers and the proxies.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { link, openAtBoth } from '../interop/lib/link.mjs';
import { addStack, release, take } from '../interop/lib/stacks.mjs';
import { watchAlone } from './alone.mjs';
import { PASSWORD, SECRET, USER, makeCredentials } from './servers.mjs';

const EVENT_MS = 20000;
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const MAGIC_COOKIE = Buffer.from([0x21, 0x12, 0xa4, 0x42]);
const TLS_HANDSHAKE = Buffer.from([0x16, 0x03]);

/* UDP goes through no proxy. */
const WAYS = ['udp direct', 'tcp direct', 'tcp http', 'tcp socks', 'tls direct', 'tls http',
  'tls socks'];
const OTHERS = ['floe', 'chromium', 'pion'];

function check(condition, words) {
  if (!condition)
    throw new Error(words);
}

/* floe-peer's options for a way; the credentials are put behind the server. */
function optionsFor(world, server, way, credentials) {
  const [transport, proxy] = way.split(' ');
  return ['--no-echo', '--relay-only', '--ice-server', server.urls[transport], ...credentials,
    '--tls-ca', server.authority,
    '--proxy', proxy === 'direct' ? 'direct://' : world.proxies[proxy].uri()];
}

const asUser = (user, password) => ['--ice-user', user, '--ice-pass', password];

async function withPeers(starts, run) {
  const peers = [];
  let end = (peer) => peer.kill();
  try {
    for (const [name, options] of starts)
      peers.push(await take(name, options));
    await run(...peers);
    end = release;
  } catch (error) {
    error.transcript ??= peers.flatMap((peer) => peer.transcript());
    throw error;
  } finally {
    await Promise.all(peers.map((peer) => end(peer)));
  }
}

async function echo(peer, other) {
  peer.send({ cmd: 'send', label: 'first', text: 'through a relay' });
  await other.waitFor((event) => event.event === 'message' && event.text === 'through a relay',
    { what: 'the message', ms: EVENT_MS });
  await peer.waitFor((event) => event.event === 'message' && event.text === 'through a relay',
    { what: 'the echo', ms: EVENT_MS });
}

/* The relayed candidates are all that the peer has told of itself. */
function checkCandidates(peer) {
  const candidates = peer.events.map((event) => event.candidate).filter(Boolean);
  check(candidates.length > 0, 'the peer told no candidate');
  for (const candidate of candidates)
    check(/ typ relay( |$)/.test(candidate), `not of a relay: ${candidate}`);
}

/* Chromium hides its addresses behind names of mDNS, for which a relay can't be given permissions,
 * so it has to have a relay of its own. */
const optionsOfOther = (world, other) => (other !== 'chromium' ? []
  : ['--ice-server', world.users.urls.udp, ...asUser(USER, PASSWORD)]);

const opens = (way, other, offers, makeServer) => async (world) => {
  const { server, credentials } = makeServer(world);
  const [transport, proxy] = way.split(' ');
  const asked = () => world.proxies[proxy]?.targets.filter(
    (target) => target === server.places[transport]).length ?? 0;
  const before = asked();
  await withPeers([['floe', optionsFor(world, server, way, credentials)], [other, optionsOfOther(world, other)]],
    async (subject, foreign) => {
      const pair = offers === 'subject' ? [subject, foreign] : [foreign, subject];
      link(...pair);
      await openAtBoth(pair, 'first', EVENT_MS);
      await echo(subject, foreign);
      checkCandidates(subject);
    });
  check(proxy === 'direct' || asked() > before, 'the proxy was not asked for the server');
};

const rightPassword = (world) => ({ server: world.users, credentials: asUser(USER, PASSWORD) });
const sharedSecret = (world) => ({ server: world.rest,
  credentials: ['--ice-user', USER, '--turn-secret', SECRET, '--turn-lifetime', '600'] });

/* A peer that gets no candidate says which server, with which code, and why. */
const isRefused = (makeOptions, code, words) => async (world) => {
  const { options, url } = makeOptions(world);
  await withPeers([['floe', options]], async (peer) => {
    peer.send({ cmd: 'offer', channels: [{ label: 'first' }] });
    const error = await peer.waitFor((event) => event.event === 'candidateerror',
      { what: 'candidateerror event', ms: EVENT_MS });
    check(error.url === url, `the error is of ${error.url}, not of ${url}`);
    check(error.code === code, `the code is ${error.code}, not ${code}: ${error.message}`);
    check(words.test(error.message), `the cause is told as: ${error.message}`);
    check(!peer.find((event) => event.candidate), 'there is a candidate all the same');
  });
};

const withCredentials = (way, kind, makeOptions) => (world) => {
  const server = world[kind];
  return { options: optionsFor(world, server, way, makeOptions()),
    url: server.urls[way.split(' ')[0]] };
};

const wrongPassword = (way) => isRefused(
  withCredentials(way, 'users', () => asUser(USER, 'wrong')), 401, /password is wrong/);

const expired = (way) => isRefused(withCredentials(way, 'rest', () => {
  const { user, password } = makeCredentials(-60);
  return asUser(user, password);
}), 401, /credentials .* ended at /);

const unknownAuthority = (way) => isRefused((world) => {
  const options = optionsFor(world, world.users, way, asUser(USER, PASSWORD));
  options[options.indexOf('--tls-ca') + 1] = world.stranger;
  return { options, url: world.users.urls.tls };
}, 701, /certificate .* authority that is not trusted/);

const otherHost = (way) => isRefused((world) => ({
  options: optionsFor(world, world.misnamed, way, asUser(USER, PASSWORD)),
  url: world.misnamed.urls.tls,
}), 701, /certificate .* for another host name/);

const wrongProxyPassword = (way) => isRefused((world) => {
  const options = optionsFor(world, world.users, way, asUser(USER, PASSWORD));
  const [transport, proxy] = way.split(' ');
  options[options.indexOf('--proxy') + 1] = world.proxies[proxy].uri('wrong');
  return { options, url: world.users.urls[transport] };
}, 701, /proxy .* refuses the user name or the password/);

const noProxy = (scheme) => isRefused((world) => {
  const options = optionsFor(world, world.users, 'tls direct', asUser(USER, PASSWORD));
  options[options.indexOf('--proxy') + 1] = `${scheme}://${world.address}:9`;
  return { options, url: world.users.urls.tls };
}, 701, /proxy .* refuses connections/);

/* What passes between the tunnel and the server while a connection opens. */
async function capture(world, transport) {
  const port = transport === 'tls' ? world.users.tlsPort : world.users.tcpPort;
  const file = join(world.folder, `capture-${transport}`);
  const script = fileURLToPath(new URL('capture.py', import.meta.url));
  const tap = spawn('/usr/bin/python3', [script, String(port), file],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => tap.on('exit', resolve));
  try {
    await new Promise((resolve, reject) => {
      tap.stdout.once('data', resolve);
      tap.once('exit', () => reject(new Error('nothing can be captured')));
    });
    await opens(`${transport} direct`, 'floe', 'subject', rightPassword)(world);
  } finally {
    tap.kill();
    await ended;
  }
  return readFileSync(file);
}

async function nothingIsInClear(world) {
  const overTls = await capture(world, 'tls');
  check(overTls.includes(TLS_HANDSHAKE) && overTls.length > 2000, 'the capture has no TLS');
  check(!overTls.includes(MAGIC_COOKIE), 'a STUN message passed in clear');
  for (const word of [USER, 'floe.test'])
    check(!overTls.includes(Buffer.from(word)), `"${word}" passed in clear`);
  /* And it would have been seen. */
  check((await capture(world, 'tcp')).includes(MAGIC_COOKIE), 'the capture misses STUN over TCP');
}

/* What a peer says to the world that has one SOCKS proxy to go through, as a local Tor would be. Its
 * servers have a name that no DNS tells it, and one of them is for STUN. */
async function censusBehindSocks(world, name, policy, use) {
  const { urls, authority, hostName } = world.users;
  const named = (url) => url.replace(world.address, hostName);
  const options = ['--no-echo', ...policy, '--ice-server', `stun:${world.address}:4478`,
    ...['tcp', 'tls'].flatMap((transport) => ['--ice-server', named(urls[transport]),
      ...asUser(USER, PASSWORD)]),
    '--tls-ca', authority, '--proxy', world.proxies.socks.uri()];
  return watchAlone(world.folder, name, async (inside) => {
    addStack(name, { command: [...inside, world.floePeer], lacks: () => null });
    await withPeers([[name, options], ['floe', []]], use);
  });
}

async function onlyTheProxyIsSpokenTo(world) {
  const lines = await censusBehindSocks(world, 'hidden', ['--relay-only'],
    async (subject, foreign) => {
      link(subject, foreign);
      await openAtBoth([subject, foreign], 'first', EVENT_MS);
      await echo(subject, foreign);
      checkCandidates(subject);
    });
  const { place } = world.proxies.socks;
  /* Within the host: libnice and its tunnel. The kernel looks for neighbours and routers. */
  const others = lines.filter((line) => !/^tcp 127\.0\.0\.1:\d+ 127\.0\.0\.1:\d+$/.test(line)
    && !line.startsWith('icmp6 ') && !(line.startsWith('tcp ') && line.split(' ').includes(place)));
  check(others.length === 0, `this was seen besides: ${others.join(', ')}`);
  check(lines.some((line) => line.split(' ')[2] === place), 'the proxy was not spoken to');
  /* And it would have been seen. */
  const open = await censusBehindSocks(world, 'open', [], (subject) => {
    subject.send({ cmd: 'offer', channels: [{ label: 'first' }] });
    return subject.waitFor((event) => event.candidate === '',
      { what: 'the end of candidates', ms: EVENT_MS });
  });
  check(open.some((line) => line.startsWith('udp ') && line.endsWith(`${world.address}:4478`)),
    'the census misses UDP');
}

/* The credentials hold for 5 s, and are asked for anew when a fifth of that is left. */
async function outlivesCredentials(world, way) {
  const credentials = ['--ice-user', USER, '--turn-secret', SECRET, '--turn-lifetime', '5'];
  await withPeers([['floe', optionsFor(world, world.rest, way, credentials)], ['floe', []]],
    async (subject, foreign) => {
      link(subject, foreign);
      await openAtBoth([subject, foreign], 'first', EVENT_MS);
      const { url } = await subject.waitFor((event) => event.event === 'serverexpiring',
        { what: 'serverexpiring event', ms: EVENT_MS });
      check(url === world.rest.urls[way.split(' ')[0]], `the event is of ${url}`);
      await later(2500);
      await echo(subject, foreign);
      const failure = subject.find((event) => event.event === 'candidateerror'
        || event.event === 'error');
      check(!failure, `${failure?.message}`);
    });
}

const named = (name, run) => ({ name, run });
const stackOfCase = (one, other) => ({ ...one, other });

/** All cases; --full has the other side offer, too. */
export function makeCases(full) {
  const roles = full ? ['subject', 'foreign'] : ['subject'];
  const proxied = WAYS.filter((way) => !way.endsWith('direct'));
  const overTls = WAYS.filter((way) => way.startsWith('tls'));
  return [
    named('a capture of TLS has no STUN in clear', nothingIsInClear),
    named('relay-only behind SOCKS: nothing but TCP to the proxy leaves, no UDP and no DNS',
      onlyTheProxyIsSpokenTo),
    ...OTHERS.flatMap((other) => roles.flatMap((offers) => WAYS.map((way) => stackOfCase(named(
      `${way} to ${other}${offers === 'subject' ? '' : ', which offers'}: opens and echoes`,
      opens(way, other, offers, rightPassword)), other)))),
    ...WAYS.map((way) => named(`${way} with a shared secret: opens and echoes`,
      opens(way, 'floe', 'subject', sharedSecret))),
    ...['udp direct', 'tls direct'].map((way) => named(
      `${way} with credentials that end: goes on with new ones`,
      (world) => outlivesCredentials(world, way))),
    ...WAYS.map((way) => named(`${way} with a wrong password: 401`, wrongPassword(way))),
    ...WAYS.map((way) => named(`${way} with credentials that have ended: 401`, expired(way))),
    ...overTls.map((way) => named(`${way} to an unknown authority: refused`,
      unknownAuthority(way))),
    ...overTls.map((way) => named(`${way} to a certificate of another host: refused`,
      otherHost(way))),
    ...proxied.map((way) => named(`${way} with a wrong password for the proxy: refused`,
      wrongProxyPassword(way))),
    ...['http', 'socks5'].map((scheme) => named(`${scheme} proxy that is not there: told`,
      noProxy(scheme))),
  ];
}
