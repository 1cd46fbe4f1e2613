// SPDX-License-Identifier: MPL-2.0
// The stacks that can take part: how each is started, and what it needs.

import { accessSync, constants, existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Peer } from './peer.mjs';

const here = dirname(dirname(fileURLToPath(import.meta.url)));
const peers = join(here, 'peers');

export const isExecutable = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

function browserLacks(path, debianPackage) {
  if (!isExecutable(path))
    return `${path} is missing (Debian package ${debianPackage})`;
  if (!existsSync(join(here, 'node_modules', 'puppeteer-core')))
    return 'puppeteer-core is missing (sh tests/interop/run.sh --setup)';
  return null;
}

function pythonLacks(code, debianPackages) {
  const run = spawnSync('/usr/bin/python3', ['-c', code], { timeout: 20000 });
  return run.status === 0 ? null : `a Python module is missing (Debian packages ${debianPackages})`;
}

/* reusable: starting is slow, so one process serves one connection after another (cmd reset).
 * limits: what a stack cannot do, by its own fault, within a case that otherwise runs.
 * cannot: the `needs` of scenarios that it cannot take part in at all. */
const STACKS = {
  chromium: {
    command: ['node', join(peers, 'chromium.mjs')],
    reusable: true,
    isBrowser: true,
    lacks: () => browserLacks('/usr/bin/chromium', 'chromium'),
  },
  firefox: {
    command: ['node', join(peers, 'firefox.mjs')],
    reusable: true,
    isBrowser: true,
    lacks: () => browserLacks('/usr/bin/firefox-esr', 'firefox-esr'),
  },
  pion: {
    command: [process.env.FLOE_INTEROP_PION ?? ''],
    cannot: ['hidden addresses'],
    // 3.1 answers active whatever was offered
    limits: { answersActiveOnly: true },
    lacks: () => (isExecutable(process.env.FLOE_INTEROP_PION ?? '') ? null
      : 'the pion peer is not built (Debian packages golang-go and golang-github-pion-webrtc.v3-dev)'),
  },
  aiortc: {
    command: ['/usr/bin/python3', join(peers, 'aiortc_peer.py')],
    // 1.4 writes the number of characters, not of bytes, as the length of a label, refuses any offer
    // but actpass, numbers its channels by the ICE role instead of the DTLS role, and fails on
    // rejected sections, which JSEP (RFC 8829 section 5.3.1) leaves without ICE credentials
    limits: { asciiLabels: true, answersActiveOnly: true, numbersByIceRole: true },
    cannot: ['media', 'hidden addresses'],
    lacks: () => pythonLacks('import aiortc', 'python3-aiortc'),
  },
  webrtcbin: {
    command: ['/usr/bin/python3', join(peers, 'webrtcbin.py')],
    // 1.22 has RFC 8831's identifiers of empty text and empty bytes the wrong way round, and gives
    // usrsctp no byte at all to send for either, which ends the channel
    limits: { mistakesEmptyMessages: true },
    // It fails on rejected sections, which have no fingerprint, and reports nothing within 12 s of
    // a close by Floe, Chromium or pion
    cannot: ['media', 'notice of a close', 'hidden addresses'],
    lacks: () => pythonLacks(
      "import gi; gi.require_version('GstWebRTC','1.0'); from gi.repository import Gst, GstWebRTC;"
      + 'Gst.init(None); assert all(map(Gst.ElementFactory.find,'
      + "['webrtcbin','sctpenc','dtlsenc','nicesink']))",
      'python3-gi, gir1.2-gst-plugins-bad-1.0, gstreamer1.0-plugins-bad and gstreamer1.0-nice'),
  },
};

export const FOREIGN = Object.keys(STACKS);

export function addStack(name, stack) {
  STACKS[name] = stack;
}

export const stackOf = (name) => STACKS[name];

const idle = new Map();

const start = async (name, options) => {
  const stack = STACKS[name];
  const peer = new Peer(name, [...stack.command, ...options], stack.limits);
  peer.key = [name, ...options].join(' ');
  try {
    await peer.ready();
  } catch (error) {
    error.transcript = peer.transcript();
    await peer.kill();
    throw error;
  }
  return peer;
};

/** Gives a peer that is ready for one connection. */
export async function take(name, options = []) {
  const key = [name, ...options].join(' ');
  const peer = idle.get(key)?.pop();
  if (!peer)
    return start(name, options);
  try {
    await peer.reset();
    return peer;
  } catch {
    await peer.kill();
    return start(name, options);
  }
}

/** Takes the peer back: kept for the next case if it can be reused, else ended. */
export async function release(peer) {
  if (!STACKS[peer.name].reusable || peer.exit !== null)
    return peer.kill();
  if (!idle.has(peer.key))
    idle.set(peer.key, []);
  idle.get(peer.key).push(peer);
}
