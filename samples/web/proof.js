// SPDX-License-Identifier: MPL-2.0
// The proof that an end knows the code, bound to the DTLS association that it is given over
// (docs/protocol.md section 3).

import { concat, fromHex, toHex, utf8 } from './bytes.js';
import { DIGEST_SIZE, hmacSha256 } from './sha256.js';

export const NONCE_SIZE = 32;
const FINGERPRINT_SIZE = 32;

/**
 * @typedef {object} Binding What both ends know of their association.
 * @property {Uint8Array} offererFingerprint
 * @property {Uint8Array} answererFingerprint
 * @property {Uint8Array} offererNonce
 * @property {Uint8Array} answererNonce
 */

/** The 32 bytes of "sha-256 AB:CD:…", or null. @param {string} value */
function readFingerprintValue(value) {
  const [, digits] = /^sha-256 ([0-9a-f]{2}(?::[0-9a-f]{2})*)$/i.exec(value) ?? [];
  return fromHex(digits?.replaceAll(':', ''), FINGERPRINT_SIZE);
}

/**
 * The one SHA-256 fingerprint of a description, however often it stands there; null if there is
 * none, or another one beside it: DTLS takes any of several, and a rendezvous could add its own.
 * @param {string} sdp
 * @returns {Uint8Array | null}
 */
export function readFingerprint(sdp) {
  let found = null;
  for (const line of sdp.split(/[\r\n]+/)) {
    // Attributes are case-sensitive (RFC 8866 section 9); but whoever reads them more liberally
    // must not see a fingerprint that was not looked at here.
    const [, value] = /^a=fingerprint:(.*)$/i.exec(line) ?? [];
    if (value === undefined)
      continue;
    const fingerprint = readFingerprintValue(value);
    if (!fingerprint || (found && toHex(found) !== toHex(fingerprint)))
      return null;
    found = fingerprint;
  }
  return found;
}

/**
 * @param {Uint8Array} key
 * @param {'receive' | 'send'} role of who proves
 * @param {Binding} binding
 */
function computeMac(key, role, binding) {
  const label = role === 'receive' ? 'floe 1 receiver\0' : 'floe 1 sender\0';
  return hmacSha256(key, concat(utf8(label), binding.offererFingerprint,
                                binding.answererFingerprint, binding.offererNonce,
                                binding.answererNonce));
}

/** The MAC in 64 hexadecimal digits. @type {(...of: Parameters<typeof computeMac>) => string} */
export const makeProof = (key, role, binding) => toHex(computeMac(key, role, binding));

/**
 * Whether @mac is that of @role; in a time that tells nothing about where it differs.
 * @param {Uint8Array} key
 * @param {'receive' | 'send'} role
 * @param {Binding} binding
 * @param {unknown} mac
 */
export function checkProof(key, role, binding, mac) {
  const given = fromHex(mac, DIGEST_SIZE);
  if (!given)
    return false;
  const expected = computeMac(key, role, binding);
  let difference = 0;
  for (let i = 0; i < DIGEST_SIZE; i++)
    difference |= expected[i] ^ given[i];
  return difference === 0;
}
