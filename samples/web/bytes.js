// SPDX-License-Identifier: MPL-2.0
// Bytes and their hexadecimal digits.

const DIGITS = /^(?:[0-9a-fA-F]{2})*$/;

/** @param {Uint8Array} bytes */
export function toHex(bytes) {
  let text = '';
  for (const byte of bytes)
    text += byte.toString(16).padStart(2, '0');
  return text;
}

/**
 * The bytes that @text stands for, or null if it is not @size bytes in hexadecimal digits.
 * @param {unknown} text
 * @param {number} size
 * @returns {Uint8Array | null}
 */
export function fromHex(text, size) {
  if (typeof text !== 'string' || text.length !== 2 * size || !DIGITS.test(text))
    return null;
  return Uint8Array.from({ length: size }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/** @param {Uint8Array[]} parts */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

const encoder = new TextEncoder();

/** @param {string} text */
export const utf8 = (text) => encoder.encode(text);

/** How many bytes @text has in UTF-8. @param {string} text */
export const utf8Size = (text) => encoder.encode(text).length;

/** New random bytes. @param {number} size */
export const randomBytes = (size) => crypto.getRandomValues(new Uint8Array(size));
