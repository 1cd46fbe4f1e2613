// SPDX-License-Identifier: MPL-2.0
import assert from 'node:assert/strict';
import test, { afterEach, beforeEach } from 'node:test';

import { Link } from '../../../samples/web/link.js';

const sdp = (byte) => `v=0\r\na=fingerprint:sha-256 ${Array(32).fill(byte).join(':')}\r\n`;

class FakeChannel extends EventTarget {
  readyState = 'connecting';
  bufferedAmount = 0;
  ordered = true;
  maxRetransmits = null;
  maxPacketLifeTime = null;

  constructor(label, { protocol }) {
    super();
    Object.assign(this, { label, protocol });
  }

  close() {
    this.readyState = 'closed';
  }
}

class FakeConnection {
  static last = null;
  connectionState = 'new';
  calls = [];
  localDescription = null;

  constructor(configuration) {
    this.configuration = configuration;
    FakeConnection.last = this;
  }

  createDataChannel(label, options) {
    this.channel = new FakeChannel(label, options);
    return this.channel;
  }

  async setLocalDescription() {
    this.calls.push('local');
    this.localDescription = { type: 'offer', sdp: sdp('AA') };
  }

  async setRemoteDescription({ type }) {
    await new Promise(setImmediate);
    this.calls.push(`remote ${type}`);
  }

  async addIceCandidate(candidate) {
    this.calls.push(`candidate ${candidate?.candidate}`);
    if (candidate?.candidate === 'bad')
      throw new Error('bad');
  }

  close() {
    this.calls.push('close');
  }
}

const original = globalThis.RTCPeerConnection;
const originalTimeout = globalThis.setTimeout;

// Most links here never connect; the limit for that must not keep the process from ending.
function setShortTimeout(run, ms) {
  const timer = originalTimeout(run, ms);
  return ms >= 60000 ? timer.unref() : timer;
}

beforeEach(() => {
  globalThis.RTCPeerConnection = FakeConnection;
  globalThis.setTimeout = setShortTimeout;
});
afterEach(() => {
  globalThis.RTCPeerConnection = original;
  globalThis.setTimeout = originalTimeout;
});

function makeLink(offers, options = {}) {
  const events = [];
  const handlers = Object.fromEntries(
    ['onOpen', 'onText', 'onBytes', 'onInterruption', 'onEnd']
      .map((name) => [name, (...args) => events.push([name, ...args])]));
  const room = { sendDescription: ({ type }) => events.push(['sent', type]),
                 sendCandidate: () => {} };
  const link = new Link({ room, iceServers: [], offers, handlers, ...options });
  return { link, events, connection: FakeConnection.last };
}

async function settle() {
  for (let i = 0; i < 20; i++)
    await new Promise(setImmediate);
}

test('early candidates wait for the description, and a bad one does no harm', async () => {
  const { link, connection } = makeLink(false);
  link.handleCandidate({ candidate: 'a' });
  link.handleCandidate({ candidate: 'bad' });
  link.handleDescription({ type: 'offer', sdp: sdp('BB') });
  link.handleCandidate({ candidate: 'b' });
  link.handleCandidate(null);
  await settle();
  assert.deepEqual(connection.calls, ['remote offer', 'candidate a', 'candidate bad', 'local',
                                      'candidate b', 'candidate undefined']);
  link.close();
});

test('who offers makes the channel before the offer', async () => {
  const { link, events, connection } = makeLink(true);
  await settle();
  assert.deepEqual([connection.channel.label, connection.channel.protocol],
                   ['floe', 'floe-transfer.1']);
  assert.deepEqual(events, [['sent', 'offer']]);
  link.close();
});

for (const [name, text] of Object.entries({ none: 'v=0\r\n', two: sdp('BB') + sdp('CC') })) {
  test(`a description with ${name} for its fingerprint ends the link`, async () => {
    const { link, events, connection } = makeLink(false);
    link.handleDescription({ type: 'offer', sdp: text });
    await settle();
    assert.equal(events.at(-1)[0], 'onEnd');
    assert.deepEqual(connection.calls, ['close']);
  });
}

test('a later description can’t bring another fingerprint', async () => {
  const { link, events, connection } = makeLink(false);
  link.handleDescription({ type: 'offer', sdp: sdp('BB') });
  link.handleDescription({ type: 'offer', sdp: sdp('BB') });
  await settle();
  assert.deepEqual(connection.calls, ['remote offer', 'local', 'remote offer', 'local']);
  link.handleDescription({ type: 'offer', sdp: sdp('CC') });
  await settle();
  assert.equal(events.at(-1)[1].code, 'protocol');
  assert.equal(connection.calls.at(-1), 'close');
});

test('channels that are not the one are closed', () => {
  const { link, events, connection } = makeLink(false);
  const open = (changes) => {
    const channel = Object.assign(new FakeChannel('floe', { protocol: 'floe-transfer.1' }),
                                  { readyState: 'open' }, changes);
    connection.ondatachannel({ channel });
    return channel.readyState;
  };
  assert.equal(open({ label: 'other' }), 'closed');
  assert.equal(open({ protocol: 'floe-transfer.2' }), 'closed');
  assert.equal(open({ ordered: false }), 'closed');
  assert.equal(open({ maxRetransmits: 0 }), 'closed');
  assert.equal(open({ maxPacketLifeTime: 5 }), 'closed');
  assert.equal(events.length, 0);
  assert.equal(open({}), 'open');
  assert.deepEqual(events, [['onOpen']]);
  assert.equal(open({}), 'closed');
  link.close();
});

test('who waits to send is told when the link ends', async () => {
  const { link, events, connection } = makeLink(true);
  connection.channel.bufferedAmount = 1 << 30;
  const waiting = link.waitForRoom();
  connection.connectionState = 'failed';
  connection.onconnectionstatechange();
  await assert.rejects(waiting, ({ code }) => code === 'lost');
  assert.equal(events.filter(([name]) => name === 'onEnd').length, 1);
});

test('a link that is relay only takes no other candidates', () => {
  makeLink(false, { isRelayOnly: true });
  assert.equal(FakeConnection.last.configuration.iceTransportPolicy, 'relay');
  makeLink(false);
  assert.equal(FakeConnection.last.configuration.iceTransportPolicy, 'all');
});
