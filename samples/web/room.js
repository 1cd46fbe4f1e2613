// SPDX-License-Identifier: MPL-2.0
// A seat in a room of the rendezvous, over a WebSocket (docs/protocol.md section 2). What it says
// is bounded, and of the right shape, before it is passed on.

import { randomBytes, toHex } from './bytes.js';

const SUBPROTOCOL = 'floe.1';
const MAX_MESSAGE_SIZE = 64 * 1024;
const ID_SIZE = 16;
const MAX_CANDIDATES = 256; // a session
// Levels that a browser can keep to by relays alone. Less than that (names for its own addresses,
// and only those of the default route) is what browsers do by themselves.
const HIDING = ['no-host', 'relay-only'];

/**
 * @typedef {object} RoomHandlers
 * @property {(iceServers: RTCIceServer[], isRelayOnly: boolean) => void} onWelcome what to use, and
 *   whether to use relays and nothing else
 * @property {(offers: boolean) => void} onPeer somebody is there; a new session begins
 * @property {(description: RTCSessionDescriptionInit) => void} onDescription
 * @property {(candidate: RTCIceCandidateInit | null) => void} onCandidate
 * @property {() => void} onGone the other one left
 * @property {(code: string, message: string) => void} onError the last that is heard; code
 *   "server-lost" when the connection broke, "unreachable" when there never was one
 */

/**
 * The servers that RTCPeerConnection can take.
 * @param {unknown} servers
 * @returns {RTCIceServer[]}
 */
function readIceServers(servers) {
  const isUrl = (url) => typeof url === 'string' && /^(?:stuns?|turns?):/.test(url);
  const known = [];
  for (const server of Array.isArray(servers) ? servers : []) {
    const urls = [server?.urls].flat().filter(isUrl);
    const { username, credential } = server ?? {};
    if (urls.length > 0)
      known.push(typeof credential === 'string' ? { urls, username, credential } : { urls });
  }
  return known;
}

const isDescription = (description) => typeof description?.sdp === 'string'
  && (description.type === 'offer' || description.type === 'answer');

const isCandidate = (candidate) => candidate === null || typeof candidate?.candidate === 'string';

export class Room {
  #socket;
  #handlers;
  #session = null;
  #candidateCount = 0;
  #isWelcome = false;

  /**
   * @param {URL} address of the WebSocket
   * @param {boolean} opens make the room if nobody is there
   * @param {RoomHandlers} handlers
   */
  constructor(address, opens, handlers) {
    this.#handlers = handlers;
    this.#socket = new WebSocket(address, SUBPROTOCOL);
    this.#socket.onopen = () =>
      this.#send({ type: 'join', id: toHex(randomBytes(ID_SIZE)), opens });
    this.#socket.onmessage = ({ data }) => this.#handle(data);
    this.#socket.onclose = () => this.#end(this.#isWelcome ? 'server-lost' : 'unreachable', '');
  }

  /** @param {RTCSessionDescriptionInit} description */
  sendDescription({ type, sdp }) {
    this.#send({ type: 'description', session: this.#session, description: { type, sdp } });
  }

  /** @param {RTCIceCandidate | null} candidate */
  sendCandidate(candidate) {
    this.#send({ type: 'candidate', session: this.#session,
                 candidate: candidate?.toJSON() ?? null });
  }

  /** Lets the other one go: only the first may. */
  dismiss() {
    if (this.#session !== null)
      this.#send({ type: 'gone', session: this.#session });
    this.#session = null;
  }

  close() {
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    this.#socket.close();
  }

  #send(message) {
    if (this.#socket.readyState === WebSocket.OPEN)
      this.#socket.send(JSON.stringify(message));
  }

  #end(code, message) {
    this.close();
    this.#handlers.onError(code, message);
  }

  #handle(data) {
    let message = null;
    try {
      message = typeof data === 'string' && data.length <= MAX_MESSAGE_SIZE && JSON.parse(data);
    } catch {
      // falls through to what is said about everything that is no message
    }
    if (!message || typeof message.type !== 'string')
      this.#end('protocol', 'The server sends what is no message');
    else if (message.type === 'error')
      this.#end(String(message.code), '');
    else
      this.#dispatch(message);
  }

  #dispatch(message) {
    const isCurrent = this.#session !== null && message.session === this.#session;
    if (message.type === 'welcome') {
      this.#isWelcome = true;
      this.#handlers.onWelcome(readIceServers(message.iceServers),
                               HIDING.includes(message.privacy));
    } else if (message.type === 'peer' && Number.isSafeInteger(message.session)) {
      this.#session = message.session;
      this.#candidateCount = 0;
      this.#handlers.onPeer(message.offers === true);
    } else if (message.type === 'description' && isCurrent && isDescription(message.description)) {
      this.#handlers.onDescription(message.description);
    } else if (message.type === 'candidate' && isCurrent && isCandidate(message.candidate)) {
      if (this.#candidateCount++ < MAX_CANDIDATES)
        this.#handlers.onCandidate(message.candidate);
    } else if (message.type === 'gone' && isCurrent) {
      this.#session = null;
      this.#handlers.onGone();
    }
  }
}
