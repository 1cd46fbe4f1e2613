// SPDX-License-Identifier: MPL-2.0
// Scenarios in which host candidates have mDNS names instead of addresses: browsers hide theirs by
// default, Floe at the level obfuscated.

import { randomUUID } from 'node:crypto';
import { link, openAtBoth } from './link.mjs';

const CANDIDATE = /candidate:\S+ \d+ \S+ \d+ (\S+) \d+ typ (\S+)/g;
const OWN_ADDRESS = /10\.77\.0\.|fd77:|fe80:/; // of tests/namespace.sh

function check(condition, words) {
  if (!condition)
    throw new Error(words);
}

/** The addresses of all host candidates that a peer has told, in descriptions and beside them. */
function hostAddresses(peer) {
  const texts = peer.events.flatMap(({ candidate, sdp }) => [candidate ?? '', sdp ?? '']);
  return [...texts.join('\n').matchAll(CANDIDATE)].filter(([, , type]) => type === 'host')
    .map(([, address]) => address);
}

/** A link on which nothing is found out: all names become ones that nobody has. */
const misleading = () => {
  const change = (text) => text.replace(/[\w-]+\.local\b/gi, () => `${randomUUID()}.local`);
  return { change, changeCandidate: change };
};

/* To and from the subject, whichever side offers. */
function directions(pair, toSubject, toForeign) {
  return pair.subject === pair.offerer ? { toOfferer: toSubject, toAnswerer: toForeign }
    : { toOfferer: toForeign, toAnswerer: toSubject };
}

async function connect(pair, toSubject, toForeign) {
  link(pair.offerer, pair.answerer, directions(pair, toSubject, toForeign));
  await openAtBoth([pair.offerer, pair.answerer], 'first');
  pair.subject.send({ cmd: 'pair' });
  return pair.subject.waitFor((event) => event.event === 'pair', { what: 'pair event' });
}

function checkHidden(peer) {
  const hosts = hostAddresses(peer);
  check(hosts.length > 0, `${peer.name} tells no host candidate`);
  for (const address of hosts)
    check(address.endsWith('.local'), `${peer.name} does not hide its address`);
}

const byNames = ({ own, foreign }) => async (pair) => {
  const told = await connect(pair, foreign ? {} : misleading(), own ? {} : misleading());
  checkHidden(pair.subject);
  checkHidden(pair.foreign);
  check(!OWN_ADDRESS.test(JSON.stringify(pair.subject.events)), 'an address is told');
  check(told.local === 'host', `the local candidate is ${told.local}`);
  check(told.remote === 'host' || (told.remote === 'prflx' && own),
    `the remote candidate is ${told.remote}`);
  check(/\.local /.test(told.localCandidate), 'the pair has no local name');
};

async function byChecks(pair) {
  const told = await connect(pair, misleading(), {});
  checkHidden(pair.foreign);
  check(told.local === 'host' && told.remote === 'prflx',
    `the pair is ${told.local} and ${told.remote}`);
  check(!OWN_ADDRESS.test(told.remoteCandidate), "the other side's address is told");
}

const HIDES = ['--privacy', 'obfuscated'];

export const NAME_SCENARIOS = [
  { name: 'connects by names while both hide their addresses',
    run: byNames({ own: true, foreign: true }), subjectOptions: HIDES },
  { name: "connects by the other side's name alone", run: byNames({ foreign: true }),
    subjectOptions: HIDES },
  { name: 'connects by its own name alone', run: byNames({ own: true }), subjectOptions: HIDES },
  { name: "connects when the other side's names are not found", run: byChecks },
].map((scenario) => ({ ...scenario, needs: 'hidden addresses' }));
