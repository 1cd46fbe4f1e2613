// SPDX-License-Identifier: MPL-2.0
// CRC-32 as in ISO 3309, which zip files want; four bytes at once.

const POLYNOMIAL = 0xedb88320;

/** Tables for a byte that is followed by 0, 1, 2 or 3 others. */
const TABLES = (() => {
  const tables = Array.from({ length: 4 }, () => new Int32Array(256));
  for (let n = 0; n < 256; n++) {
    let crc = n;
    for (let bit = 0; bit < 8; bit++)
      crc = crc & 1 ? POLYNOMIAL ^ crc >>> 1 : crc >>> 1;
    tables[0][n] = crc;
  }
  for (let n = 0; n < 256; n++) {
    for (let i = 1; i < 4; i++)
      tables[i][n] = tables[i - 1][n] >>> 8 ^ tables[0][tables[i - 1][n] & 0xff];
  }
  return tables;
})();

/**
 * The CRC of what @crc is the CRC of, followed by @bytes. Begin with 0.
 * @param {number} crc
 * @param {Uint8Array} bytes
 */
export function crc32(crc, bytes) {
  const [t0, t1, t2, t3] = TABLES;
  let c = ~crc;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    c ^= bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24;
    c = t3[c & 0xff] ^ t2[c >>> 8 & 0xff] ^ t1[c >>> 16 & 0xff] ^ t0[c >>> 24];
  }
  for (; at < bytes.length; at++)
    c = c >>> 8 ^ t0[(c ^ bytes[at]) & 0xff];
  return ~c >>> 0;
}
