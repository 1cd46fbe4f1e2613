// SPDX-License-Identifier: MPL-2.0
// What is tried with each pair of peers. A scenario gets a pair that is ready and throws, in words,
// when something is not as it should be.
//
// In a pair, `subject` is the peer under test (floe-peer), `foreign` the stack that it meets; they
// are also there as `offerer` and `answerer`. The subject echoes, the foreign peer does not.

import { link, openAtBoth, opened } from './link.mjs';
import { crc32, pattern, sameCrc } from './payload.mjs';
import { NAME_SCENARIOS } from './names.mjs';
import { FORGERIES, HARMLESS, forceSetup, sections, setupRoles, tellNat,
         tellNatBeside } from './sdp.mjs';

const SIZES = [0, 1, 1200, 16384, 65535];
const TEXTS = ['', 'plain', 'Grüße, 世界, 👩‍👩‍👧', 'long '.repeat(4000)];
const GONE = ['disconnected', 'failed', 'closed'];
const REFUSAL_MS = 8000;
const GRACE_MS = 300;
const GONE_MS = 25000; // a peer that vanishes silently shows after 10 s on a machine at rest

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function check(condition, words) {
  if (!condition)
    throw new Error(words);
}

function isContent(label, content, { limits }) {
  const text = typeof content === 'string';
  const bytes = text ? new TextEncoder().encode(content) : content;
  const crc = crc32(bytes);
  const kindMatters = bytes.length > 0 || !limits.mistakesEmptyMessages;
  return (event) => event.event === 'message' && event.label === label
    && event.size === bytes.length && sameCrc(event.crc32, crc)
    && (!kindMatters || (event.binary === !text
      && (event.text == null || event.text === content)));
}

const describe = (content) =>
  (typeof content === 'string' ? `text of ${content.length} characters`
    : `${content.length} bytes`);

async function sendAndSee(from, to, label, content, { echoed }) {
  const seen = to.mark();
  const back = from.mark();
  from.send(typeof content === 'string' ? { cmd: 'send', label, text: content }
    : { cmd: 'send', label, size: content.length });
  await to.waitFor(isContent(label, content, to), { what: `message (${describe(content)} from ${from.name})`, since: seen });
  if (echoed) {
    await from.waitFor(isContent(label, content, from), {
      what: `echo (${describe(content)} from ${to.name})`, since: back });
  }
}

async function openPair(pair, options = {}, label = 'first') {
  link(pair.offerer, pair.answerer, options);
  return openAtBoth([pair.offerer, pair.answerer], label);
}

async function exchange(pair, label = 'first') {
  await sendAndSee(pair.foreign, pair.subject, label, 'ping', { echoed: true });
  await sendAndSee(pair.subject, pair.foreign, label, 'pong', { echoed: false });
}

async function echoes(pair) {
  await openPair(pair);
  for (const content of [...TEXTS, ...SIZES.map(pattern)]) {
    if (content.length > 0 || !pair.foreign.limits.mistakesEmptyMessages)
      await sendAndSee(pair.foreign, pair.subject, 'first', content, { echoed: true });
    await sendAndSee(pair.subject, pair.foreign, 'first', content, { echoed: false });
  }
}

const OPTION_CHANNELS = [
  { label: 'plain' },
  { label: 'unordered', ordered: false },
  { label: 'no-retransmits', ordered: false, maxRetransmits: 0 },
  { label: 'three-retransmits', maxRetransmits: 3 },
  { label: 'one-second', maxPacketLifeTime: 1000 },
  { label: 'with-protocol', protocol: 'floe.test.v1' },
  { label: 'Ünïcode 🛶', protocol: 'протокол' },
];

async function channelOptions(pair) {
  const channels = OPTION_CHANNELS.filter(({ label }) => !pair.foreign.limits.asciiLabels
    || /^[\x20-\x7e]*$/.test(label));
  link(pair.offerer, pair.answerer, { offer: { channels } });
  for (const channel of channels) {
    const expected = { protocol: '', ordered: true, maxRetransmits: null, maxPacketLifeTime: null,
                       ...channel };
    const ends = await openAtBoth([pair.offerer, pair.answerer], channel.label);
    for (const [index, end] of ends.entries()) {
      for (const [name, value] of Object.entries(expected)) {
        const got = end[name] ?? null;
        check(got === value, `${[pair.offerer, pair.answerer][index].name} says ${name} ${got} `
          + `of channel "${channel.label}", not ${value}`);
      }
    }
    check(ends[0].id === ends[1].id,
      `channel "${channel.label}" has id ${ends[0].id} at one end and ${ends[1].id} at the other`);
    await exchange(pair, channel.label);
  }
}

/* The other end makes its channel before it answers, or, without a command for that, by an offer
 * of its own once connected: a renegotiation that changes nothing else. */
async function negotiatedChannel(pair) {
  const channels = [{ label: 'agreed', negotiated: true, id: 100, protocol: 'agreed.v1' }];
  const { offerer, answerer } = pair;
  const offer = { channels: [{ label: 'first' }, ...channels] };
  if (!answerer.limits.noChannelsCommand)
    answerer.send({ cmd: 'channels', channels });
  await openPair(pair, { offer });
  if (answerer.limits.noChannelsCommand) {
    // webrtcbin may take another DTLS role in answer to an offer that comes within a millisecond
    // of its connecting, which nobody can follow (RFC 8842 section 5.5): it is given some time.
    await exchange(pair);
    await later(GRACE_MS);
    answerer.send({ cmd: 'offer', channels });
  }
  for (const end of await openAtBoth([offerer, answerer], 'agreed'))
    check(end.id === 100, `the channel has id ${end.id}, not 100`);
  await exchange(pair, 'agreed');
}

async function channelCloses(pair) {
  const channels = ['a', 'b', 'kept'].map((label) => ({ label }));
  await openPair(pair, { offer: { channels } }, 'kept');
  const closes = [['a', pair.subject, pair.foreign], ['b', pair.foreign, pair.subject]];
  for (const [label, closer, other] of closes) {
    await openAtBoth([closer, other], label);
    await exchange(pair, label);
    closer.send({ cmd: 'closeChannel', label });
    const closed = (event) => event.event === 'channelclose' && event.label === label;
    await other.waitFor(closed, { what: `channelclose event after ${closer.name} closed`, ms: 5000 });
    await closer.waitFor(closed, { what: 'channelclose event of its own close', ms: 5000 });
  }
  await exchange(pair, 'kept');
}

async function manyChannels(pair) {
  const channels = Array.from({ length: 20 }, (_, i) => ({ label: `channel ${i}` }));
  link(pair.offerer, pair.answerer, { offer: { channels } });
  for (const { label } of channels)
    await openAtBoth([pair.offerer, pair.answerer], label);
  await Promise.all(channels.map(({ label }) => exchange(pair, label)));
  const ids = channels.map(({ label }) => pair.subject.find(opened(label)).id);
  check(new Set(ids).size === ids.length, `channel ids repeat: ${ids.join(' ')}`);
}

const ordered = (toSubject) => async (pair) => {
  const direction = { order: toSubject };
  const atOfferer = pair.subject === pair.offerer;
  await openPair(pair, atOfferer ? { toOfferer: direction } : { toAnswerer: direction });
  await exchange(pair);
};

async function noTrickle(pair) {
  const direction = { order: 'inside' };
  await openPair(pair, { toOfferer: direction, toAnswerer: direction });
  await exchange(pair);
}

/* Whoever does not know it must not mind it. With all candidates inside, the extension is part of
 * what the peer parses as a whole. */
const natTold = (order) => async (pair) => {
  const direction = { order, change: tellNat, changeCandidate: tellNatBeside };
  const atOfferer = pair.foreign === pair.offerer;
  await openPair(pair, atOfferer ? { toOfferer: direction } : { toAnswerer: direction });
  await exchange(pair);
  const error = pair.foreign.find((event) => event.event === 'error');
  check(!error, `${pair.foreign.name} minds it: ${error?.message}`);
};

async function mediaRejected(pair) {
  await openPair(pair, {
    offer: { channels: [{ label: 'first' }], media: ['audio', 'video'] } });
  const answer = pair.answerer.find((event) => event.type === 'answer');
  for (const { kind, port } of sections(answer.sdp)) {
    if (kind === 'application')
      check(port !== 0, 'the data section was rejected');
    else
      check(port === 0, `the ${kind} section was not rejected`);
  }
  check(sections(answer.sdp).length === 3, 'the answer does not have three sections');
  await exchange(pair);
}

const connectionClose = (closerOf) => async (pair) => {
  await openPair(pair);
  await exchange(pair);
  const closer = closerOf(pair);
  const other = closer === pair.subject ? pair.foreign : pair.subject;
  const since = other.mark();
  closer.send({ cmd: 'close' });
  const gone = (event) => event.event === 'channelclose'
    || (/^(ice)?connectionstate$/.test(event.event) && GONE.includes(event.state));
  await other.waitFor(gone, { what: `sign that ${closer.name} closed`, ms: GONE_MS, since });
};

/* Gives the subject the wanted DTLS role by what the answerer is offered: the other one of it. A
 * stack that answers active anyway is left to it. */
function forRole(pair, role, change) {
  if (pair.answerer.limits.answersActiveOnly)
    return { toOfferer: { change } };
  const answererRole = pair.subject === pair.answerer ? role
    : role === 'client' ? 'server' : 'client';
  const offered = answererRole === 'client' ? 'passive' : 'active';
  const toSubject = { change: (sdp, type) =>
    change(type === 'offer' ? forceSetup(sdp, offered) : sdp) };
  const toForeign = { change: (sdp, type) =>
    (type === 'offer' ? forceSetup(sdp, offered) : sdp) };
  return pair.subject === pair.offerer ? { toOfferer: toSubject, toAnswerer: toForeign }
    : { toOfferer: toForeign, toAnswerer: toSubject };
}

function checkRole(pair, role) {
  const answer = pair.answerer.find((event) => event.type === 'answer');
  if (!answer)
    return; // refused before there was an answer
  const active = (role === 'client') === (pair.subject === pair.answerer);
  const said = setupRoles(answer.sdp).join(' ');
  check(said === (active ? 'active' : 'passive'), `the answer's a=setup is "${said}"`);
}

const rightFingerprint = (role, change) => async (pair) => {
  await openPair(pair, forRole(pair, role, change));
  checkRole(pair, role);
  await exchange(pair);
};

const forgedFingerprint = (role, change) => async (pair) => {
  link(pair.offerer, pair.answerer, forRole(pair, role, change));
  const refused = (event) => event.event === 'error'
    || (/^(ice)?connectionstate$/.test(event.event) && event.state === 'failed');
  const isOpen = (event) => event.event === 'open' || event.event === 'message'
    || (event.event === 'connectionstate' && event.state === 'connected');
  const verdict = await pair.subject.waitFor((event) => refused(event) || isOpen(event),
    { what: 'refusal of the forged description', ms: REFUSAL_MS });
  check(!isOpen(verdict), `it opened: ${JSON.stringify(verdict)}`);
  await later(GRACE_MS);
  for (const peer of [pair.subject, pair.foreign])
    check(!peer.find(opened('first')), `${peer.name} opened the channel`);
  check(!pair.subject.find(isOpen), 'it opened after it had refused');
  checkRole(pair, role);
};

/* onlyOffers: 'foreign' where the scenario asks something of the foreign peer's offer.
 * role: the subject's DTLS role, where the scenario decides it; opens: and where it shall open.
 * needs: what both stacks must be able to do; see `cannot` in stacks.mjs.
 * subjectOptions: what the subject is started with. */
export const SCENARIOS = [
  { name: 'echoes text and binary of all sizes', run: echoes },
  { name: 'agrees on channel options', run: channelOptions },
  { name: 'opens a negotiated channel', run: negotiatedChannel },
  { name: 'sees channels close from either side', run: channelCloses },
  { name: 'opens twenty channels', run: manyChannels },
  { name: 'takes candidates before the description', run: ordered('candidatesFirst') },
  { name: 'takes candidates well after the description', run: ordered('late') },
  { name: 'connects without trickling', run: noTrickle },
  { name: 'tells of its NAT beside the candidates', run: natTold('trickle') },
  { name: 'tells of its NAT without trickling', run: natTold('inside') },
  { name: 'rejects offered audio and video and keeps data', run: mediaRejected,
    onlyOffers: 'foreign', needs: 'media' },
  { name: 'tells the other side that it closes', run: connectionClose((pair) => pair.subject),
    needs: 'notice of a close' },
  { name: 'sees the other side close', run: connectionClose((pair) => pair.foreign) },
  ...NAME_SCENARIOS,
  ...['client', 'server'].flatMap((role) => [
    ...Object.entries(HARMLESS).map(([name, change]) => ({
      name: `as DTLS ${role} accepts ${name}`, run: rightFingerprint(role, change), role,
      opens: true })),
    ...Object.entries(FORGERIES).map(([name, change]) => ({
      name: `as DTLS ${role} refuses ${name}`, run: forgedFingerprint(role, change), role })),
  ]),
];
