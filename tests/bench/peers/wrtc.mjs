// SPDX-License-Identifier: MPL-2.0
// @roamhq/wrtc, libwebrtc for Node.js, as a peer of the benchmark. See ../README.md.

import { BenchPeer } from './bench-peer.mjs';
import { bufferLimit, emit, importPackage, packageVersion, pause, readCommands } from './lines.mjs';
import { W3cEnd } from './w3c-end.mjs';

const limit = bufferLimit();
const { default: wrtc } = await importPackage('@roamhq/wrtc');

const makeEnd = (hooks) => new W3cEnd(wrtc.RTCPeerConnection, hooks);
const peer = new BenchPeer({ makeEnd, emit, limit, pause });
readCommands((message) => peer.handle(message));
emit({ ev: 'ready', stack: 'wrtc', modes: ['one', 'two'],
       version: `${packageVersion('@roamhq/wrtc')} (Node.js ${process.versions.node})` });
