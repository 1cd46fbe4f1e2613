// SPDX-License-Identifier: MPL-2.0
// Why a transfer ended before it was done. The code is one of docs/protocol.md (sections 2 and 4)
// or one of the page's own (texts.js).

export class TransferError extends Error {
  /**
   * @param {string} code
   * @param {string} message what a person can read
   * @param {boolean} [fromPeer] whether the other side said so
   */
  constructor(code, message, fromPeer = false) {
    super(message);
    this.code = code;
    this.fromPeer = fromPeer;
  }
}

/** The other side does not keep to the protocol. @param {string} message */
export const protocolError = (message) => new TransferError('protocol', message);
