// SPDX-License-Identifier: MPL-2.0
// The part of a browser peer that runs in the page: the interop protocol over RTCPeerConnection.
// Loaded as a plain script; the outer program provides floeEmit (line).

'use strict';

const SHORT_TEXT = 256;

const peer = { connection: null, echo: true, channels: new Map(), early: [], config: {} };

const emit = (object) => globalThis.floeEmit(JSON.stringify(object));
const fail = (error) => emit({ event: 'error', name: error.name, message: error.message });

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++)
    n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes)
    crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function reportMessage(channel, data) {
  const binary = typeof data !== 'string';
  const bytes = binary ? new Uint8Array(data) : new TextEncoder().encode(data);
  const event = { event: 'message', label: channel.label, binary, size: bytes.length,
                  crc32: crc32(bytes) };
  if (!binary && bytes.length <= SHORT_TEXT)
    event.text = data;
  emit(event);
  if (peer.echo)
    channel.send(data);
}

function adopt(channel) {
  peer.channels.set(channel.label, channel);
  channel.binaryType = 'arraybuffer';
  const reportOpen = () => emit({
    event: 'open', label: channel.label, id: channel.id, protocol: channel.protocol,
    ordered: channel.ordered, maxRetransmits: channel.maxRetransmits,
    maxPacketLifeTime: channel.maxPacketLifeTime });
  channel.onopen = reportOpen;
  channel.onmessage = ({ data }) => reportMessage(channel, data);
  channel.onclose = () => emit({ event: 'channelclose', label: channel.label });
  if (channel.readyState === 'open') {
    channel.onopen = null;
    reportOpen();
  }
}

function connect() {
  const connection = new RTCPeerConnection(peer.config);
  peer.connection = connection;
  peer.channels.clear();
  peer.early = [];
  const mine = (handler) => (event) => {
    if (peer.connection === connection)
      handler(event);
  };
  connection.ondatachannel = mine(({ channel }) => adopt(channel));
  connection.onicecandidate = mine(({ candidate }) => {
    emit(candidate ? { candidate: candidate.candidate, sdpMid: candidate.sdpMid,
                       sdpMLineIndex: candidate.sdpMLineIndex } : { candidate: '' });
  });
  connection.onconnectionstatechange = mine(() =>
    emit({ event: 'connectionstate', state: connection.connectionState }));
  connection.oniceconnectionstatechange = mine(() =>
    emit({ event: 'iceconnectionstate', state: connection.iceConnectionState }));
}

function createChannels(list) {
  for (const { label, ...init } of list ?? [])
    adopt(peer.connection.createDataChannel(label, init));
}

async function describe() {
  const { connection } = peer;
  await connection.setLocalDescription();
  const { type, sdp } = connection.localDescription;
  emit({ type, sdp });
}

async function offer({ channels, media, iceRestart }) {
  createChannels(channels);
  for (const kind of media ?? [])
    peer.connection.addTransceiver(kind);
  if (iceRestart)
    peer.connection.restartIce();
  await describe();
}

async function takeDescription({ type, sdp }) {
  const { connection } = peer;
  await connection.setRemoteDescription({ type, sdp });
  for (const candidate of peer.early.splice(0))
    await takeCandidate(candidate);
  if (type === 'offer')
    await describe();
}

/* webrtc-pc has candidates wait for the description; a script's signalling need not know. */
async function takeCandidate(message) {
  if (!peer.connection.remoteDescription) {
    peer.early.push(message);
    return;
  }
  const { candidate, sdpMid, sdpMLineIndex } = message;
  if (candidate)
    await peer.connection.addIceCandidate({ candidate, sdpMid, sdpMLineIndex });
  else
    await peer.connection.addIceCandidate();
}

const COMMANDS = {
  offer,
  channels: ({ channels }) => createChannels(channels),
  send: ({ label, text, size }) => peer.channels.get(label).send(
    text ?? Uint8Array.from({ length: size }, (_, i) => (31 * i + 7) % 256)),
  closeChannel: ({ label }) => peer.channels.get(label).close(),
  close: () => {
    peer.connection.close();
    emit({ event: 'connectionstate', state: 'closed' }); // browsers fire nothing for one's own close
  },
  reset: () => {
    const old = peer.connection;
    connect();
    old.close();
    emit(peer.ready);
  },
};

async function handle(message) {
  if (message.cmd)
    await COMMANDS[message.cmd](message);
  else if (message.type)
    await takeDescription(message);
  else if (typeof message.candidate === 'string')
    await takeCandidate(message);
}

/* One message at a time, in order: later ones wait for the promises of earlier ones. */
let queue = Promise.resolve();

globalThis.floeHandle = (line) => {
  queue = queue.then(() => handle(JSON.parse(line))).catch(fail);
};

globalThis.floeStart = ({ name, version, echo, config }) => {
  peer.echo = echo;
  peer.config = config;
  peer.ready = { event: 'ready', peer: name, version };
  connect();
  emit(peer.ready);
};
