// SPDX-License-Identifier: MPL-2.0
// The peer connection to one other end, and its channel.

import { toHex } from './bytes.js';
import { readFingerprint } from './proof.js';
import { protocolError, TransferError } from './transfer-error.js';

const LABEL = 'floe';
const PROTOCOL = 'floe-transfer.1';
const MAX_CHUNK = 64 * 1024; // what every implementation takes as one message
const MAX_BUFFERED = 4 * 1024 * 1024;
const LOW_BUFFERED = 1024 * 1024;
const CLOSING_MS = 3000; // how long the last messages may take
const CONNECTING_MS = 60000;

/**
 * @typedef {object} LinkHandlers
 * @property {() => void} onOpen
 * @property {(text: string) => void} onText
 * @property {(bytes: Uint8Array) => void} onBytes
 * @property {(isInterrupted: boolean) => void} onInterruption nothing comes through, or again
 * @property {(error: TransferError) => void} onEnd the connection is no more; once
 */

/** @param {RTCDataChannel} channel */
const isOurs = (channel) => channel.label === LABEL && channel.protocol === PROTOCOL
  && channel.ordered && channel.maxRetransmits === null && channel.maxPacketLifeTime === null;

export class Link {
  #room;
  #handlers;
  #connection;
  #channel = null;
  #operations = Promise.resolve(); // one after the other, as they came
  #hasRemote = false;
  #early = []; // candidates that came before the description
  #remoteFingerprint = null;
  #isOver = false;
  #isOpen = false;
  #roomWaiters = [];
  #timer;

  /**
   * @param {object} options
   * @param {import('./room.js').Room} options.room
   * @param {RTCIceServer[]} options.iceServers
   * @param {boolean} [options.isRelayOnly]
   * @param {boolean} options.offers
   * @param {LinkHandlers} options.handlers
   */
  constructor({ room, iceServers, isRelayOnly = false, offers, handlers }) {
    this.#room = room;
    this.#handlers = handlers;
    this.offers = offers;
    this.#connection = new RTCPeerConnection(
      { iceServers, iceTransportPolicy: isRelayOnly ? 'relay' : 'all' });
    this.#connection.onicecandidate = ({ candidate }) => room.sendCandidate(candidate);
    this.#connection.onconnectionstatechange = () => this.#checkState();
    this.#connection.ondatachannel = ({ channel }) => this.#take(channel);
    this.#timer = setTimeout(() => this.#end(new TransferError('failed', 'No connection came up')),
                             CONNECTING_MS);
    if (offers) {
      this.#adopt(this.#connection.createDataChannel(LABEL, { protocol: PROTOCOL }));
      this.#enqueue(() => this.#describe());
    }
  }

  /** @param {RTCSessionDescriptionInit} description */
  handleDescription(description) {
    this.#enqueue(async () => {
      this.#checkFingerprint(description.sdp);
      await this.#connection.setRemoteDescription(description);
      this.#hasRemote = true;
      for (const candidate of this.#early.splice(0))
        await this.#addCandidate(candidate);
      if (description.type === 'offer')
        await this.#describe();
    });
  }

  /** @param {RTCIceCandidateInit | null} candidate */
  handleCandidate(candidate) {
    this.#enqueue(async () => {
      if (this.#hasRemote)
        await this.#addCandidate(candidate);
      else
        this.#early.push(candidate);
    });
  }

  /** The fingerprints of both descriptions; once the channel is open. */
  fingerprints() {
    const local = readFingerprint(this.#connection.localDescription?.sdp ?? '');
    const remote = this.#remoteFingerprint;
    if (!local || !remote)
      throw new TransferError('authentication', 'A description has no single SHA-256 fingerprint');
    return this.offers ? { offererFingerprint: local, answererFingerprint: remote }
      : { offererFingerprint: remote, answererFingerprint: local };
  }

  /** @param {object} message */
  send(message) {
    if (this.#channel?.readyState === 'open')
      this.#channel.send(JSON.stringify(message));
  }

  /** @param {Uint8Array} bytes of at most chunkSize */
  sendBytes(bytes) {
    if (this.#channel?.readyState === 'open')
      this.#channel.send(bytes);
  }

  get chunkSize() {
    return Math.min(this.#connection.sctp?.maxMessageSize || MAX_CHUNK, MAX_CHUNK);
  }

  get bufferedAmount() {
    return this.#channel?.bufferedAmount ?? 0;
  }

  /** Until more can be sent without keeping it all in memory. Rejects when the link has ended. */
  async waitForRoom() {
    if (!this.#isOver && this.bufferedAmount >= MAX_BUFFERED)
      await new Promise((resolve) => this.#roomWaiters.push(resolve));
    if (this.#isOver)
      throw new TransferError('lost', 'The connection is over');
  }

  /** Sends what is under way and hangs up. No handler is called any more. */
  close() {
    if (this.#isOver)
      return;
    this.#finish();
    if (this.#channel?.readyState !== 'open') {
      this.#connection.close();
      return;
    }
    this.#closeWithChannel();
    this.#channel.close();
  }

  /** The same, but it is the other side that hangs up; if it does so soon. */
  closeAfterPeer() {
    if (this.#isOver || this.#channel?.readyState !== 'open') {
      this.close();
      return;
    }
    this.#finish();
    this.#closeWithChannel();
  }

  #closeWithChannel() {
    const timer = setTimeout(() => this.#connection.close(), CLOSING_MS);
    this.#channel.onclose = () => {
      clearTimeout(timer);
      this.#connection.close();
    };
  }

  /** Whether what is sent goes through a relay; null when the browser does not tell. */
  async path() {
    const stats = await this.#connection.getStats();
    const all = [...stats.values()];
    const transport = all.find(({ type, selectedCandidatePairId }) =>
      type === 'transport' && selectedCandidatePairId);
    const pair = transport ? stats.get(transport.selectedCandidatePairId)
      : all.find(({ type, selected }) => type === 'candidate-pair' && selected)
        ?? all.find(({ type, nominated, state }) =>
          type === 'candidate-pair' && nominated && state === 'succeeded');
    if (!pair)
      return null;
    const kinds = [pair.localCandidateId, pair.remoteCandidateId]
      .map((id) => stats.get(id)?.candidateType);
    return kinds.includes('relay') ? 'relay' : 'direct';
  }

  #enqueue(operation) {
    this.#operations = this.#operations.then(() => (this.#isOver ? undefined : operation()))
      .catch((error) => this.#end(error instanceof TransferError ? error
        : new TransferError('failed', `The two do not understand each other: ${error.message}`)));
  }

  async #describe() {
    await this.#connection.setLocalDescription();
    this.#room.sendDescription(this.#connection.localDescription);
  }

  /* A later description (for a restart of ICE) comes by way of the rendezvous, and the proof is
   * over: it must not lead to another certificate than the one that was proved. */
  #checkFingerprint(sdp) {
    const fingerprint = readFingerprint(sdp);
    const known = this.#remoteFingerprint;
    if (!fingerprint || (known && toHex(known) !== toHex(fingerprint)))
      throw protocolError('A description does not have the one SHA-256 fingerprint it should have');
    this.#remoteFingerprint = fingerprint;
  }

  async #addCandidate(candidate) {
    // One that is not understood is one way less to connect, no reason to give up.
    await this.#connection.addIceCandidate(candidate ?? undefined).catch(() => {});
  }

  #take(channel) {
    if (this.#channel || this.offers || !isOurs(channel))
      channel.close();
    else
      this.#adopt(channel);
  }

  #adopt(channel) {
    this.#channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = LOW_BUFFERED;
    channel.onbufferedamountlow = () => this.#wake();
    channel.onclose = () => this.#end(new TransferError('lost', 'The other side hung up'));
    channel.onmessage = ({ data }) => {
      if (typeof data === 'string')
        this.#handlers.onText(data);
      else
        this.#handlers.onBytes(new Uint8Array(data));
    };
    channel.onopen = () => this.#open();
    if (channel.readyState === 'open')
      this.#open();
  }

  #open() {
    if (this.#isOpen)
      return;
    this.#isOpen = true;
    clearTimeout(this.#timer);
    this.#handlers.onOpen();
  }

  #checkState() {
    const state = this.#connection.connectionState;
    if (this.#isOpen && state !== 'failed')
      this.#handlers.onInterruption(state === 'disconnected');
    if (state === 'failed')
      this.#end(this.#isOpen ? new TransferError('lost', 'The connection broke')
        : new TransferError('failed', 'No path between the two let anything through'));
  }

  #wake() {
    this.#roomWaiters.splice(0).forEach((resolve) => resolve());
  }

  #finish() {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#connection.onconnectionstatechange = null;
    this.#connection.onicecandidate = null;
    this.#connection.ondatachannel = null;
    if (this.#channel) {
      this.#channel.onclose = null;
      this.#channel.onmessage = null;
      this.#channel.onopen = null;
    }
    this.#wake();
  }

  #end(error) {
    if (this.#isOver)
      return;
    this.#finish();
    this.#connection.close();
    this.#handlers.onEnd(error);
  }
}
