// SPDX-License-Identifier: MPL-2.0
// The code that both ends share, and what is made of it (docs/protocol.md section 1).

import { randomBytes, toHex, utf8 } from './bytes.js';
import { hmacSha256 } from './sha256.js';

const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SECRET_SIZE = 16;
const CODE_SIZE = 26;
const SPARE_BITS = 2; // of the last symbol
const MAX_TEXT_SIZE = 256; // with all hyphens and spaces that somebody may have put in

/** A new secret. */
export const generateSecret = () => randomBytes(SECRET_SIZE);

/**
 * The secret that @text is the code of, or null if it is no code.
 * @param {string} text
 * @returns {Uint8Array | null}
 */
export function parseCode(text) {
  const symbols = text.replace(/[-\s]/g, '').toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1');
  if (text.length > MAX_TEXT_SIZE || symbols.length !== CODE_SIZE)
    return null;
  const secret = new Uint8Array(SECRET_SIZE);
  let bits = 0;
  let bitCount = 0;
  let size = 0;
  for (const symbol of symbols) {
    const value = SYMBOLS.indexOf(symbol);
    if (value < 0)
      return null;
    bits = (bits << 5 | value) & 0xfff;
    bitCount += 5;
    if (bitCount >= 8 && size < SECRET_SIZE) {
      bitCount -= 8;
      secret[size++] = bits >> bitCount;
    }
  }
  return (bits & (1 << SPARE_BITS) - 1) === 0 ? secret : null;
}

/** @param {Uint8Array} secret */
export function formatCode(secret) {
  let text = '';
  for (let i = 0; i < CODE_SIZE; i++) {
    const bit = 5 * i;
    const pair = secret[bit >> 3] << 8 | (secret[(bit >> 3) + 1] ?? 0);
    text += SYMBOLS[pair >> 11 - (bit & 7) & 31];
  }
  return text;
}

/** @param {Uint8Array} secret */
export const roomOf = (secret) => toHex(hmacSha256(secret, utf8('floe 1 room')));

/** @param {Uint8Array} secret */
export const keyOf = (secret) => hmacSha256(secret, utf8('floe 1 auth'));

/**
 * What somebody typed or pasted: a code, or a link that ends in one.
 * @param {string} text
 * @returns {{secret: Uint8Array | null, link: URL | null}} the link, if it was one
 */
export function readInput(text) {
  const trimmed = text.trim();
  if (!/^https?:/i.test(trimmed))
    return { secret: parseCode(trimmed), link: null };
  try {
    const link = new URL(trimmed);
    return { secret: parseCode(link.hash.slice(1)), link };
  } catch {
    return { secret: null, link: null };
  }
}
