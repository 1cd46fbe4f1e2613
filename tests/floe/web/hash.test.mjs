// SPDX-License-Identifier: MPL-2.0
import assert from 'node:assert/strict';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import test from 'node:test';

import { crc32 } from '../../../samples/web/crc32.js';
import { toHex } from '../../../samples/web/bytes.js';
import { hmacSha256, Sha256 } from '../../../samples/web/sha256.js';

const expected = (bytes) => createHash('sha256').update(bytes).digest('hex');

test('SHA-256 agrees with OpenSSL for every length up to 300 bytes', () => {
  for (let size = 0; size <= 300; size++) {
    const bytes = randomBytes(size);
    assert.equal(new Sha256().update(bytes).hex(), expected(bytes), `of ${size} bytes`);
  }
});

test('SHA-256 does not depend on how the message is cut', () => {
  const bytes = randomBytes(5000);
  for (const step of [1, 3, 55, 56, 63, 64, 65, 127, 129, 1000]) {
    const hash = new Sha256();
    for (let at = 0; at < bytes.length; at += step)
      hash.update(bytes.subarray(at, at + step));
    assert.equal(hash.hex(), expected(bytes), `in steps of ${step}`);
  }
});

test('SHA-256 agrees with OpenSSL for a message of more than 2^32 bits', () => {
  const block = randomBytes(1 << 20);
  const hash = new Sha256();
  const reference = createHash('sha256');
  for (let i = 0; i < 520; i++) {
    hash.update(block);
    reference.update(block);
  }
  assert.equal(hash.hex(), reference.digest('hex'));
});

test('HMAC agrees with OpenSSL for keys shorter and longer than a block', () => {
  for (const size of [0, 1, 16, 32, 63, 64, 65, 200]) {
    const key = randomBytes(size);
    const message = randomBytes(100);
    assert.equal(toHex(hmacSha256(key, message)),
                 createHmac('sha256', key).update(message).digest('hex'), `of ${size} bytes`);
  }
});

test('CRC-32 has the check value of its catalogue entry, however the message is cut', () => {
  const bytes = new TextEncoder().encode('123456789');
  for (let cut = 0; cut <= bytes.length; cut++)
    assert.equal(crc32(crc32(0, bytes.subarray(0, cut)), bytes.subarray(cut)), 0xcbf43926);
});
