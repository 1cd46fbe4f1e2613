// SPDX-License-Identifier: MPL-2.0
import assert from 'node:assert/strict';
import test from 'node:test';

import { Handshake } from '../../../samples/web/handshake.js';

const KEY = new Uint8Array(32).fill(7);
const FINGERPRINTS = { offererFingerprint: new Uint8Array(32).fill(1),
                       answererFingerprint: new Uint8Array(32).fill(2) };
const HELLO = { type: 'hello', version: 1, features: [], role: 'send', nonce: 'ab'.repeat(32) };

/** Two ends whose messages wait in queues. */
function makePair(offerer, answerer) {
  const queues = [[], []];
  const ends = [offerer, answerer].map((options, i) => new Handshake({
    key: KEY, isOfferer: i === 0, ...FINGERPRINTS, ...options,
    send: (message) => queues[1 - i].push(JSON.stringify(message)),
  }));
  return { ends, queues };
}

/** Delivers until both queues are empty; who has proved. */
function run({ ends, queues }) {
  const proved = [false, false];
  ends.forEach((end) => end.start());
  while (queues.some((queue) => queue.length > 0)) {
    queues.forEach((queue, i) => {
      if (queue.length > 0)
        proved[i] = ends[i].handle(queue.shift()) || proved[i];
    });
  }
  return proved;
}

const isCode = (code) => (error) => error.code === code;

for (const [first, second] of [['send', null], ['receive', null], ['send', 'receive'],
                               ['receive', 'send']]) {
  test(`who offers as ${first} and who answers as ${second ?? 'what is left'} prove`, () => {
    const pair = makePair({ role: first }, { role: second });
    assert.deepEqual(run(pair), [true, true]);
    assert.deepEqual(pair.ends.map(({ role }) => role),
                     first === 'send' ? ['send', 'receive'] : ['receive', 'send']);
  });
}

test('another key is refused', () => {
  const pair = makePair({ role: 'send' }, { role: null, key: new Uint8Array(32) });
  assert.throws(() => run(pair), isCode('authentication'));
});

test('a rendezvous that swaps a fingerprint is found out', () => {
  const pair = makePair({ role: 'send' },
                        { role: null, offererFingerprint: new Uint8Array(32).fill(3) });
  assert.throws(() => run(pair), isCode('authentication'));
});

test('the sender says nothing but hello before the receiver has proved', () => {
  const said = [];
  const sender = new Handshake({ key: KEY, role: 'send', isOfferer: true, ...FINGERPRINTS,
                                 send: (message) => said.push(message.type) });
  sender.start();
  sender.handle(JSON.stringify({ ...HELLO, role: 'receive' }));
  assert.deepEqual(said, ['hello']);
  assert.throws(() => sender.handle('{"type":"proof","mac":"00"}'), isCode('authentication'));
  assert.deepEqual(said, ['hello']);
});

test('a proof that is sent back to who made it is refused', () => {
  const said = [];
  const receiver = new Handshake({ key: KEY, role: 'receive', isOfferer: true, ...FINGERPRINTS,
                                   send: (message) => said.push(message) });
  receiver.start();
  receiver.handle(JSON.stringify(HELLO));
  assert.throws(() => receiver.handle(JSON.stringify(said.at(-1))), isCode('authentication'));
});

test('messages of other types are ignored', () => {
  const pair = makePair({ role: 'send' }, { role: null });
  assert.equal(pair.ends[0].handle('{"type":"weather"}'), false);
  assert.deepEqual(run(pair), [true, true]);
});

const BAD = {
  'the same role': { ...HELLO, role: 'receive' },
  'no role': { ...HELLO, role: undefined },
  'a role that is none': { ...HELLO, role: 'watch' },
  'another version': { ...HELLO, version: 2 },
  'a short nonce': { ...HELLO, nonce: 'ab' },
  'a nonce that is none': { ...HELLO, nonce: 5 },
  'an offer': { type: 'offer', files: 1, bytes: 1, items: [] },
  'a proof': { type: 'proof', mac: '00' },
  'what is no object': 7,
  'nothing': null,
  'no type': {},
};
for (const [name, message] of Object.entries(BAD)) {
  test(`who begins with ${name} is refused`, () => {
    const { ends } = makePair({ role: 'receive' }, {});
    assert.throws(() => ends[0].handle(JSON.stringify(message)), isCode('protocol'));
  });
}

test('who greets twice, is no JSON, or too long, is refused', () => {
  const { ends } = makePair({ role: 'receive' }, {});
  ends[0].handle(JSON.stringify(HELLO));
  assert.throws(() => ends[0].handle(JSON.stringify(HELLO)), isCode('protocol'));
  assert.throws(() => ends[0].handle('{'), isCode('protocol'));
  assert.throws(() => ends[0].handle(JSON.stringify({ ...HELLO, more: 'é'.repeat(33000) })),
                isCode('protocol'));
});

test('an error of the other side is passed on with what it says', () => {
  const { ends } = makePair({ role: 'receive' }, {});
  assert.throws(() => ends[0].handle('{"type":"error","code":"authentication","message":"no"}'),
                (error) => error.code === 'authentication' && error.fromPeer);
  assert.throws(() => ends[0].handle('{"type":"error","code":"constructor"}'), isCode('failed'));
});

test('each end hears what the other shows of itself, if it says so', () => {
  const pair = makePair({ role: 'send', isRelayOnly: true }, { role: null });
  assert.deepEqual(run(pair), [true, true]);
  assert.deepEqual(pair.ends.map(({ peerPrivacy }) => peerPrivacy), [null, 'relay-only']);
});

test('a level of another kind or size is not kept', () => {
  for (const privacy of [7, {}, null, 'x'.repeat(33)]) {
    const { ends: [end] } = makePair({ role: null }, { role: null });
    end.handle(JSON.stringify({ ...HELLO, privacy }));
    assert.equal(end.peerPrivacy, null);
  }
});
