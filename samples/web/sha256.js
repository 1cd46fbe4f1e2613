// SPDX-License-Identifier: MPL-2.0
// SHA-256 (FIPS 180-4) and HMAC-SHA256 (RFC 2104). SubtleCrypto does neither in parts, and is
// missing on plain HTTP.

import { toHex } from './bytes.js';

export const BLOCK_SIZE = 64;
export const DIGEST_SIZE = 32;

const FIRST_PRIMES = (() => {
  const primes = [];
  for (let n = 2; primes.length < BLOCK_SIZE; n++) {
    if (primes.every((prime) => n % prime !== 0))
      primes.push(n);
  }
  return primes;
})();

/** The first 32 bits of the fraction of @x: exact, because a double has 52 and these roots few. */
const fraction = (x) => (x - Math.floor(x)) * 2 ** 32 | 0;

// FIPS 180-4 sections 4.2.2 and 5.3.3.
const K = Int32Array.from(FIRST_PRIMES, (prime) => fraction(Math.cbrt(prime)));
const INITIAL = Int32Array.from(FIRST_PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

/** Fills the 64 words of the message schedule (section 6.2.2, step 1). */
function schedule(w, bytes, at) {
  for (let t = 0; t < 16; t++, at += 4)
    w[t] = bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15];
    const y = w[t - 2];
    const s0 = (x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ (x >>> 3);
    const s1 = (y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ (y >>> 10);
    w[t] = s1 + w[t - 7] + s0 + w[t - 16] | 0;
  }
}

/** Works the block at @at into @state (section 6.2.2). */
function compress(state, w, bytes, at) {
  let a = state[0], b = state[1], c = state[2], d = state[3];
  let e = state[4], f = state[5], g = state[6], h = state[7];
  schedule(w, bytes, at);
  for (let t = 0; t < 64; t++) {
    const s1 = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
    const t1 = h + s1 + (g ^ e & (f ^ g)) + K[t] + w[t] | 0;
    const s0 = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10);
    const t2 = s0 + (a & b | c & (a | b)) | 0;
    h = g; g = f; f = e; e = d + t1 | 0;
    d = c; c = b; b = a; a = t1 + t2 | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

/** A hash that takes its message in parts. */
export class Sha256 {
  #state = INITIAL.slice();
  #schedule = new Int32Array(64);
  #rest = new Uint8Array(BLOCK_SIZE); // what did not fill a block yet
  #restSize = 0;
  #size = 0;

  /** @param {Uint8Array} bytes */
  update(bytes) {
    let at = 0;
    this.#size += bytes.length;
    if (this.#restSize > 0) {
      at = Math.min(BLOCK_SIZE - this.#restSize, bytes.length);
      this.#rest.set(bytes.subarray(0, at), this.#restSize);
      this.#restSize += at;
      if (this.#restSize < BLOCK_SIZE)
        return this;
      compress(this.#state, this.#schedule, this.#rest, 0);
      this.#restSize = 0;
    }
    for (; at + BLOCK_SIZE <= bytes.length; at += BLOCK_SIZE)
      compress(this.#state, this.#schedule, bytes, at);
    this.#rest.set(bytes.subarray(at));
    this.#restSize = bytes.length - at;
    return this;
  }

  /** The digest of all that was given; nothing may be given after it. @returns {Uint8Array} */
  digest() {
    const padded = new Uint8Array(this.#restSize < 56 ? BLOCK_SIZE : 2 * BLOCK_SIZE);
    const view = new DataView(padded.buffer);
    padded.set(this.#rest.subarray(0, this.#restSize));
    padded[this.#restSize] = 0x80;
    view.setUint32(padded.length - 8, Math.floor(this.#size / 2 ** 29));
    view.setUint32(padded.length - 4, this.#size << 3);
    for (let at = 0; at < padded.length; at += BLOCK_SIZE)
      compress(this.#state, this.#schedule, padded, at);
    const digest = new Uint8Array(DIGEST_SIZE);
    const words = new DataView(digest.buffer);
    this.#state.forEach((word, i) => words.setInt32(4 * i, word));
    return digest;
  }

  /** The digest in hexadecimal digits. */
  hex() {
    return toHex(this.digest());
  }
}

/** @param {Uint8Array} bytes */
export const sha256 = (bytes) => new Sha256().update(bytes).digest();

/**
 * @param {Uint8Array} key
 * @param {Uint8Array} message
 */
export function hmacSha256(key, message) {
  const block = new Uint8Array(BLOCK_SIZE);
  block.set(key.length > BLOCK_SIZE ? sha256(key) : key);
  const inner = new Sha256().update(block.map((byte) => byte ^ 0x36)).update(message).digest();
  return new Sha256().update(block.map((byte) => byte ^ 0x5c)).update(inner).digest();
}
