// SPDX-License-Identifier: MPL-2.0
import assert from 'node:assert/strict';
import test, { afterEach, beforeEach } from 'node:test';

import { Session } from '../../../samples/web/session.js';

const TURN = [{ urls: ['turn:relay.example'], username: 'u', credential: 'c' }];
const made = [];

class FakeSocket {
  static OPEN = 1;
  static last = null;
  readyState = 1;

  constructor() {
    FakeSocket.last = this;
  }

  send() {}

  close() {}

  say(message) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

class FakeConnection {
  constructor(configuration) {
    made.push(configuration);
  }

  close() {}
}

const originals = [globalThis.WebSocket, globalThis.RTCPeerConnection];
beforeEach(() => {
  made.length = 0;
  globalThis.WebSocket = FakeSocket;
  globalThis.RTCPeerConnection = FakeConnection;
});
afterEach(() => { [globalThis.WebSocket, globalThis.RTCPeerConnection] = originals; });

/** Somebody comes to a room whose server said @welcome; gives what the session ended with. */
function meet(welcome) {
  let end = null;
  const session = new Session({
    secret: new Uint8Array(16), invites: false, role: null, server: new URL('http://192.0.2.1/'),
    handlers: { onWaiting() {}, onConnecting() {}, onEnd: ({ code }) => { end = code; } },
  });
  FakeSocket.last.say({ type: 'welcome', iceServers: [], ...welcome });
  FakeSocket.last.say({ type: 'peer', session: 1, offers: false });
  session.end();
  return end;
}

test('relays only without a relay is said before anything is connected', () => {
  assert.equal(meet({ privacy: 'relay-only' }), 'no-relay');
  assert.equal(meet({ privacy: 'relay-only', iceServers: [{ urls: ['stun:s.example'] }] }), 'no-relay');
  assert.deepEqual(made, []);
});

test('relays only with a relay uses nothing else', () => {
  assert.equal(meet({ privacy: 'relay-only', iceServers: TURN }), null);
  assert.deepEqual(made, [{ iceServers: TURN, iceTransportPolicy: 'relay' }]);
});

test('who is asked for nothing uses all there is', () => {
  assert.equal(meet({}), null);
  assert.deepEqual(made, [{ iceServers: [], iceTransportPolicy: 'all' }]);
});
