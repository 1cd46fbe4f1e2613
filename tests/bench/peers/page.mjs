// SPDX-License-Identifier: MPL-2.0
// The part of a browser peer that runs in the page. The outer program provides benchEmit (line)
// and calls benchStart (limit), then benchHandle (message).

import { BenchPeer } from './bench-peer.mjs';
import { W3cEnd } from './w3c-end.mjs';

/* A message to itself is the turn that a page gets soonest: timers wait 4 ms when nested. */
const turns = new MessageChannel();
const waiting = [];
turns.port1.onmessage = () => waiting.shift()();
const pause = () => new Promise((resolve) => {
  waiting.push(resolve);
  turns.port2.postMessage(null);
});

const emit = (event) => globalThis.benchEmit(JSON.stringify(event));
const makeEnd = (hooks) => new W3cEnd(RTCPeerConnection, hooks);

globalThis.benchStart = (limit) => {
  const peer = new BenchPeer({ makeEnd, emit, limit, pause });
  globalThis.benchHandle = (message) => { peer.handle(message); };
};
