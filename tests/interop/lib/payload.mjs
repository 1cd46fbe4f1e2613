// SPDX-License-Identifier: MPL-2.0
// The bytes of the interop protocol's binary messages, and the CRC-32 (IEEE 802.3) they are
// compared by.

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++)
    n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

export function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes)
    crc = TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

export function pattern(size) {
  return Uint8Array.from({ length: size }, (_, i) => (31 * i + 7) % 256);
}

/** Peers may write the checksum as a number or as eight hexadecimal digits. */
export function sameCrc(reported, expected) {
  if (typeof reported === 'string')
    return Number.parseInt(reported, 16) === expected;
  return reported === expected;
}
