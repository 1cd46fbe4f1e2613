// SPDX-License-Identifier: MPL-2.0
// From a code to an end that has proved to know it: joins the room, connects to who is there, and
// then carries the messages of a transfer. Who invited goes on waiting when a stranger came.

import { keyOf, roomOf } from './code.js';
import { Handshake } from './handshake.js';
import { Link } from './link.js';
import { Room } from './room.js';
import { parseMessage, readError } from './message.js';
import { protocolError, TransferError } from './transfer-error.js';

const MAX_STRANGERS = 5;
const HANDSHAKE_MS = 30000;
const REASON_MS = 1500;
const STILL_MS = 8000;

/**
 * @typedef {object} Engine A sender or a receiver.
 * @property {(message: Record<string, any>) => void} handle may throw a TransferError
 * @property {(bytes: Uint8Array) => void} handleBytes may throw a TransferError
 * @property {number} bytes that were moved
 * @property {boolean} isMoving whether bytes should be moving
 */

/**
 * @typedef {object} SessionHandlers
 * @property {() => void} onWaiting nobody else is in the room
 * @property {() => void} onConnecting somebody is there
 * @property {(count: number) => void} onStranger somebody did not know the code: the how manieth
 * @property {(role: 'send' | 'receive') => void} onProved attach() comes now, or soon
 * @property {(isInterrupted: boolean) => void} onInterruption nothing comes through, or again
 * @property {(error: TransferError) => void} onEnd it is over, and not because of end(); once
 */

/** @param {RTCIceServer[]} servers */
const hasRelay = (servers) => servers.some(({ urls }) => urls.some((url) => /^turns?:/.test(url)));

export class Session {
  #options;
  #key;
  #room;
  #link = null;
  #handshake = null;
  #handshakeTimer = 0;
  #iceServers = [];
  #isRelayOnly = false; // the server asks for it
  #strangerCount = 0;
  #engine = null;
  #isProved = false;
  #isInterrupted = false;
  #stillTimer = 0; // while there is a doubt whether the other side is still there
  #isOver = false;

  /**
   * @param {object} options
   * @param {Uint8Array} options.secret
   * @param {boolean} options.invites it makes the room, and keeps it
   * @param {'send' | 'receive' | null} options.role null: the one the other side does not take
   * @param {URL} options.server
   * @param {SessionHandlers} options.handlers
   */
  constructor(options) {
    const address = new URL(`/ws/${roomOf(options.secret)}`, options.server);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    this.#options = options;
    this.#key = keyOf(options.secret);
    this.#room = new Room(address, options.invites, {
      onWelcome: (iceServers, isRelayOnly) => {
        this.#iceServers = iceServers;
        this.#isRelayOnly = isRelayOnly;
        options.handlers.onWaiting();
      },
      onPeer: (offers) => this.#connect(offers),
      onDescription: (description) => this.#link?.handleDescription(description),
      onCandidate: (candidate) => this.#link?.handleCandidate(candidate),
      onGone: () => this.#handleGone(),
      onError: (code, message) => this.#handleRoomError(code, message),
    });
  }

  /** @param {Engine} engine gets the messages from now on */
  attach(engine) {
    this.#engine = engine;
  }

  /** What each end shows of itself; once it has proved.
   * @returns {{isRelayOnly: boolean, peer: string | null}} */
  get privacy() {
    return { isRelayOnly: this.#isRelayOnly, peer: this.#handshake?.peerPrivacy ?? null };
  }

  /** The link, for who sends on it. @returns {Link} */
  get link() {
    return this.#link;
  }

  /**
   * Ends it because of @error.
   * @param {TransferError} error
   * @param {boolean} [tells] the other side, unless it was that one that said so
   */
  fail(error, tells = true) {
    if (this.#isOver)
      return;
    if (tells && !error.fromPeer && error.code !== 'lost') {
      const isStopped = error.code === 'stopped';
      this.#link?.send({ type: 'error', code: isStopped ? 'interrupted' : error.code,
                         message: isStopped ? 'it was stopped' : error.message });
    }
    this.end();
    this.#options.handlers.onEnd(error);
  }

  /** Ends it; what was sent still goes out. Idempotent. */
  end() {
    this.#isOver = true;
    clearTimeout(this.#handshakeTimer);
    clearInterval(this.#stillTimer);
    this.#link?.close();
    this.#room.close();
  }

  /** It is done at both ends, and the other one hangs up. */
  endAfterPeer() {
    this.#isOver = true;
    clearInterval(this.#stillTimer);
    this.#link?.closeAfterPeer();
    this.#room.close();
  }

  /** The page goes away: there is only time for a word. */
  leave() {
    if (!this.#isOver)
      this.#link?.send({ type: 'error', code: 'interrupted', message: 'The page was closed' });
  }

  #connect(offers) {
    const { handlers } = this.#options;
    if (this.#isProved || this.#isOver)
      return;
    this.#link?.close();
    if (this.#isRelayOnly && !hasRelay(this.#iceServers)) {
      this.fail(new TransferError('no-relay', ''));
      return;
    }
    handlers.onConnecting();
    try {
      this.#link = new Link({
        room: this.#room, iceServers: this.#iceServers, isRelayOnly: this.#isRelayOnly, offers,
        handlers: {
          onOpen: () => this.#guard(() => this.#shake()),
          onText: (text) => this.#guard(() => this.#handleText(text)),
          onBytes: (bytes) => this.#guard(() => this.#handleBytes(bytes)),
          onInterruption: (isInterrupted) => {
            this.#isInterrupted = isInterrupted;
            handlers.onInterruption(isInterrupted);
          },
          onEnd: (error) => this.#handleFailure(error),
        },
      });
    } catch (error) {
      this.fail(new TransferError('failed', `This browser makes no connection: ${error.message}`));
    }
  }

  #guard(action) {
    try {
      action();
    } catch (error) {
      this.#handleFailure(error instanceof TransferError ? error
        : new TransferError('failed', String(error?.message ?? error)));
    }
  }

  #shake() {
    this.#handshake = new Handshake({
      key: this.#key, role: this.#options.role, isOfferer: this.#link.offers,
      isRelayOnly: this.#isRelayOnly,
      ...this.#link.fingerprints(), send: (message) => this.#link.send(message),
    });
    this.#handshakeTimer = setTimeout(() => this.#handleFailure(
      new TransferError('timeout', 'The other side does not say who it is')), HANDSHAKE_MS);
    this.#handshake.start();
  }

  #handleText(text) {
    if (this.#isProved) {
      const message = parseMessage(text);
      if (message.type === 'error')
        throw readError(message);
      this.#engine?.handle(message);
    } else if (this.#handshake.handle(text)) {
      clearTimeout(this.#handshakeTimer);
      this.#isProved = true;
      this.#options.handlers.onProved(this.#handshake.role);
    }
  }

  #handleBytes(bytes) {
    if (!this.#engine)
      throw protocolError('The other side sends content before it was asked to');
    this.#engine.handleBytes(bytes);
  }

  #handleFailure(error) {
    if (this.#options.invites && !this.#isProved)
      this.#refuseStranger(error);
    else
      this.fail(error);
  }

  /** Who came is let go; the one who was invited may still come. */
  #refuseStranger(error) {
    clearTimeout(this.#handshakeTimer);
    if (!error.fromPeer)
      this.#link.send({ type: 'error', code: error.code, message: error.message });
    this.#link.close();
    this.#link = null;
    if (error.code === 'authentication' || error.code === 'protocol') {
      this.#strangerCount++;
      if (this.#strangerCount >= MAX_STRANGERS) {
        this.fail(new TransferError('strangers', ''), false);
        return;
      }
      this.#options.handlers.onStranger(this.#strangerCount);
    } else {
      this.#options.handlers.onWaiting();
    }
    this.#room.dismiss();
  }

  #handleGone() {
    if (this.#isProved) {
      this.#watch();
    } else if (this.#options.invites) {
      clearTimeout(this.#handshakeTimer);
      this.#link?.close();
      this.#link = null;
      this.#options.handlers.onWaiting();
    } else {
      this.fail(new TransferError('lost', 'The other side left'));
    }
  }

  #handleRoomError(code, message) {
    const fail = () => this.fail(new TransferError(code, message));
    if (this.#isProved) {
      this.#watch();
      return;
    }
    // Why we were let go is said on the channel, and may take longer.
    if (code === 'dismissed' && this.#handshake)
      setTimeout(fail, REASON_MS);
    else
      fail();
  }

  /* Who has connected needs no room any more; but who left it without a word was most likely
   * killed, and some browsers take half a minute to find that out. */
  #watch() {
    let bytes = -1;
    let movedAt = 0;
    clearInterval(this.#stillTimer);
    this.#stillTimer = setInterval(() => {
      const now = performance.now();
      const isFine = !this.#engine?.isMoving && !this.#isInterrupted;
      if (isFine || this.#engine?.bytes !== bytes)
        movedAt = now;
      bytes = this.#engine?.bytes;
      if (now - movedAt > STILL_MS)
        this.fail(new TransferError('lost', ''));
    }, 1000);
  }
}
