// SPDX-License-Identifier: MPL-2.0
// What comes first on the channel: who sends, and the proofs (docs/protocol.md section 3). Pure:
// messages in, messages out.

import { fromHex, randomBytes, toHex } from './bytes.js';
import { parseMessage, readError } from './message.js';
import { checkProof, makeProof, NONCE_SIZE } from './proof.js';
import { protocolError, TransferError } from './transfer-error.js';

const VERSION = 1;
const MAX_LEVEL = 32; // characters

/** @typedef {'send' | 'receive'} Role */

/** @type {(role: Role) => Role} */
const opposite = (role) => (role === 'send' ? 'receive' : 'send');

export class Handshake {
  #options;
  #nonce = randomBytes(NONCE_SIZE);
  #peerNonce = null;
  #hasProved = false;

  /**
   * @param {object} options
   * @param {Uint8Array} options.key
   * @param {Role | null} options.role null: the one that the other side does not take
   * @param {boolean} options.isOfferer
   * @param {boolean} [options.isRelayOnly] what the other side is told
   * @param {Uint8Array} options.offererFingerprint
   * @param {Uint8Array} options.answererFingerprint
   * @param {(message: object) => void} options.send
   */
  constructor(options) {
    this.#options = options;
    /** @type {Role | null} */
    this.role = options.role;
    /** The level that the other side names. @type {string | null} */
    this.peerPrivacy = null;
  }

  /** The channel is open. */
  start() {
    if (this.role)
      this.#sendHello();
  }

  /**
   * Takes the next message of the other side.
   * @param {string} text
   * @returns {boolean} whether both sides have proved that they know the code
   * @throws {TransferError} with the code "authentication" when the proof is wrong
   */
  handle(text) {
    const message = parseMessage(text);
    if (message.type === 'error')
      throw readError(message);
    if (message.type === 'hello')
      this.#handleHello(message);
    else if (message.type === 'proof')
      return this.#handleProof(message);
    else if (['offer', 'folder', 'file', 'link', 'accept'].includes(message.type))
      throw protocolError('The other side goes on before it proved that it knows the code');
    return false;
  }

  #sendHello() {
    this.#options.send({ type: 'hello', version: VERSION, features: [], role: this.role,
                         nonce: toHex(this.#nonce),
                         ...(this.#options.isRelayOnly && { privacy: 'relay-only' }) });
  }

  #handleHello(hello) {
    const nonce = fromHex(hello.nonce, NONCE_SIZE);
    if (hello.version !== VERSION)
      throw protocolError('The other side speaks another version of this protocol');
    if (this.#peerNonce || !nonce || (hello.role !== 'send' && hello.role !== 'receive'))
      throw protocolError('The other side does not begin as it should');
    if (hello.role === this.role)
      throw protocolError(`Both sides want to ${this.role}`);
    this.#peerNonce = nonce;
    if (typeof hello.privacy === 'string' && hello.privacy.length <= MAX_LEVEL)
      this.peerPrivacy = hello.privacy;
    if (!this.role) {
      this.role = opposite(hello.role);
      this.#sendHello();
    }
    if (this.role === 'receive')
      this.#prove();
  }

  #binding() {
    const { isOfferer, offererFingerprint, answererFingerprint } = this.#options;
    const [offererNonce, answererNonce] =
      isOfferer ? [this.#nonce, this.#peerNonce] : [this.#peerNonce, this.#nonce];
    return { offererFingerprint, answererFingerprint, offererNonce, answererNonce };
  }

  #prove() {
    const mac = makeProof(this.#options.key, this.role, this.#binding());
    this.#hasProved = true;
    this.#options.send({ type: 'proof', mac });
  }

  #handleProof({ mac }) {
    if (!this.#peerNonce)
      throw protocolError('The other side does not begin as it should');
    if (!checkProof(this.#options.key, opposite(this.role), this.#binding(), mac))
      throw new TransferError('authentication', 'The other side does not know the code');
    if (!this.#hasProved)
      this.#prove();
    return true;
  }
}
