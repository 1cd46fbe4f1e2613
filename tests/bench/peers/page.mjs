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

/* A page may have 500 connections, with those that are closed and not yet collected, which no new
 * one hurries. The browser is started with --expose-gc. */
const ENDS_PER_COLLECTION = 100;
let ends = 0;

function makeEnd(hooks) {
  if (++ends % ENDS_PER_COLLECTION === 0)
    globalThis.gc({ type: 'major', execution: 'async' });
  return new W3cEnd(RTCPeerConnection, hooks);
}

globalThis.benchStart = (limit) => {
  const peer = new BenchPeer({ makeEnd, emit, limit, pause });
  globalThis.benchHandle = (message) => { peer.handle(message); };
};
