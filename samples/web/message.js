// SPDX-License-Identifier: MPL-2.0
// Control messages of the channel: JSON text from the other side, looked at before it is believed
// (docs/protocol.md sections 3 and 4).

import { utf8Size } from './bytes.js';
import { protocolError, TransferError } from './transfer-error.js';

export const MAX_TEXT_SIZE = 64 * 1024;
const MAX_SHOWN = 300;
const PEER_CODES = ['failed', 'protocol', 'authentication', 'integrity', 'file', 'timeout',
                    'interrupted'];

/**
 * @param {string} text
 * @returns {Record<string, any> & {type: string}}
 */
export function parseMessage(text) {
  let message = null;
  if (text.length > MAX_TEXT_SIZE || utf8Size(text) > MAX_TEXT_SIZE)
    throw protocolError('The other side sends messages that are too long');
  try {
    message = JSON.parse(text);
  } catch {
    // what is no JSON is no object either
  }
  if (typeof message !== 'object' || message === null || typeof message.type !== 'string')
    throw protocolError('The other side sends messages that are none of this protocol');
  return message;
}

/**
 * A count or a size: 0 to 2^53 - 1.
 * @param {Record<string, any>} message
 * @param {string} name
 * @returns {number}
 */
export function readCount(message, name) {
  const value = message[name];
  if (!Number.isSafeInteger(value) || value < 0)
    throw protocolError(`The other side sends a message without a sensible “${name}”`);
  return value;
}

/** The same, or null for "not known". @type {(message: object, name: string) => number | null} */
export const readSize = (message, name) =>
  message[name] === null || message[name] === undefined ? null : readCount(message, name);

/** @type {(message: object, name: string) => string} */
export function readString(message, name) {
  if (typeof message[name] !== 'string')
    throw protocolError(`The other side sends a message without a sensible “${name}”`);
  return message[name];
}

/** What "error" or "refuse" says, cut to what fits on a screen. @param {object} message */
export const readExplanation = (message) =>
  typeof message.message === 'string' ? message.message.slice(0, MAX_SHOWN) : '';

/** @param {object} message */
export function readError(message) {
  const code = PEER_CODES.includes(message.code) ? message.code : 'failed';
  return new TransferError(code, readExplanation(message), true);
}
