// SPDX-License-Identifier: MPL-2.0
import assert from 'node:assert/strict';
import test, { afterEach, beforeEach } from 'node:test';

import { Room } from '../../../samples/web/room.js';

class FakeSocket {
  static OPEN = 1;
  static last = null;
  readyState = 1;
  sent = [];

  constructor(address, protocol) {
    Object.assign(this, { address, protocol });
    FakeSocket.last = this;
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }

  say(message) {
    this.onmessage?.({ data: typeof message === 'object' ? JSON.stringify(message) : message });
  }
}

const original = globalThis.WebSocket;
beforeEach(() => { globalThis.WebSocket = FakeSocket; });
afterEach(() => { globalThis.WebSocket = original; });

/** A room that has been joined; events are what the handlers were told. */
function join(opens = false) {
  const events = [];
  const handlers = Object.fromEntries(
    ['onWelcome', 'onPeer', 'onDescription', 'onCandidate', 'onGone', 'onError']
      .map((name) => [name, (...args) => events.push([name, ...args])]));
  const room = new Room(new URL('ws://192.0.2.1/ws/00'), opens, handlers);
  const socket = FakeSocket.last;
  socket.onopen();
  return { room, socket, events };
}

const OFFER = { type: 'offer', sdp: 'v=0' };

test('a join comes first, with the subprotocol and an id of its own', () => {
  const { socket } = join(true);
  assert.equal(socket.protocol, 'floe.1');
  assert.match(socket.sent[0].id, /^[\w-]{1,64}$/);
  assert.equal(socket.sent[0].opens, true);
  assert.notEqual(join().socket.sent[0].id, socket.sent[0].id);
});

test('a server may ask for relays only', () => {
  for (const [privacy, expected] of [['relay-only', true], ['no-host', true], ['obfuscated', false],
                                     ['open', false], ['unheard-of', false], [7, false],
                                     [undefined, false]]) {
    const { socket, events } = join();
    socket.say({ type: 'welcome', iceServers: [], privacy });
    assert.deepEqual(events, [['onWelcome', [], expected]]);
  }
});

test('messages of a session are passed on, and answered in it', () => {
  const { room, socket, events } = join();
  socket.say({ type: 'welcome', iceServers: [] });
  socket.say({ type: 'peer', session: 3, offers: false });
  socket.say({ type: 'description', session: 3, description: OFFER });
  socket.say({ type: 'candidate', session: 3, candidate: null });
  socket.say({ type: 'weather' });
  assert.deepEqual(events, [['onWelcome', [], false], ['onPeer', false], ['onDescription', OFFER],
                            ['onCandidate', null]]);
  room.sendDescription({ type: 'answer', sdp: 'v=0' });
  room.sendCandidate({ toJSON: () => ({ candidate: 'x' }) });
  room.sendCandidate(null);
  assert.deepEqual(socket.sent.slice(1).map(({ type, session }) => [type, session]),
                   [['description', 3], ['candidate', 3], ['candidate', 3]]);
  assert.equal(socket.sent.at(-1).candidate, null);
});

test('what belongs to another session, or to none, is dropped', () => {
  const { room, socket, events } = join();
  const stray = (session) => {
    socket.say({ type: 'description', session, description: OFFER });
    socket.say({ type: 'candidate', session, candidate: null });
    socket.say({ type: 'gone', session });
  };
  stray(undefined);
  stray(null);
  socket.say({ type: 'peer', session: 4, offers: true });
  stray(3);
  room.dismiss();
  stray(4);
  room.dismiss();
  assert.deepEqual(events.map(([name]) => name), ['onPeer']);
  assert.deepEqual(socket.sent.slice(1), [{ type: 'gone', session: 4 }]);
});

const SHAPELESS = {
  'a description without text': { type: 'description', session: 1, description: { type: 'offer' } },
  'a description of another type': { type: 'description', session: 1,
                                     description: { type: 'rollback', sdp: '' } },
  'no description': { type: 'description', session: 1 },
  'a candidate without text': { type: 'candidate', session: 1, candidate: {} },
  'no candidate': { type: 'candidate', session: 1 },
  'a session that is text': { type: 'peer', session: '2', offers: true },
};
for (const [name, message] of Object.entries(SHAPELESS)) {
  test(`${name} is dropped`, () => {
    const { socket, events } = join();
    socket.say({ type: 'peer', session: 1, offers: true });
    socket.say(message);
    assert.equal(events.length, 1);
  });
}

test('only servers that a browser can take are passed on', () => {
  const { socket, events } = join();
  socket.say({ type: 'welcome', iceServers: [
    { urls: ['stun:192.0.2.1', 'javascript:alert(1)', 5] }, { urls: 'http://x' }, null, 7,
    { urls: 'turns:192.0.2.1', username: 'u', credential: 'p' }, { urls: [] }] });
  assert.deepEqual(events[0][1], [{ urls: ['stun:192.0.2.1'] },
                                  { urls: ['turns:192.0.2.1'], username: 'u', credential: 'p' }]);
});

test('candidates are bounded for each session', () => {
  const { socket, events } = join();
  for (const session of [1, 2]) {
    socket.say({ type: 'peer', session, offers: true });
    for (let i = 0; i < 1000; i++)
      socket.say({ type: 'candidate', session, candidate: { candidate: String(i) } });
  }
  assert.equal(events.filter(([name]) => name === 'onCandidate').length, 512);
});

for (const [name, text] of Object.entries({ 'no JSON': '{', 'no object': '5', nothing: 'null',
                                            'no type': '{}', 'too much': ' '.repeat(70000) })) {
  test(`a server that sends ${name} is left`, () => {
    const { socket, events } = join();
    socket.say(text);
    socket.say({ type: 'peer', session: 1, offers: true });
    assert.deepEqual(events.map(([event, code]) => [event, code]), [['onError', 'protocol']]);
    assert.equal(socket.readyState, 3);
  });
}

test('an error, a lost server and one that was never there are told apart', () => {
  const refused = join();
  refused.socket.say({ type: 'error', code: 'full', message: '<b>' });
  refused.socket.onclose?.();
  assert.deepEqual(refused.events, [['onError', 'full', '']]);
  const missing = join();
  missing.socket.onclose();
  assert.deepEqual(missing.events, [['onError', 'unreachable', '']]);
  const lost = join();
  lost.socket.say({ type: 'welcome', iceServers: [] });
  lost.socket.onclose();
  assert.deepEqual(lost.events.at(-1), ['onError', 'server-lost', '']);
});
