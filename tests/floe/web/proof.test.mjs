// SPDX-License-Identifier: MPL-2.0
import assert from 'node:assert/strict';
import test from 'node:test';

import { keyOf, parseCode } from '../../../samples/web/code.js';
import { checkProof, makeProof, readFingerprint } from '../../../samples/web/proof.js';

const KEY = keyOf(parseCode('000G40R40M30E209185GR38E1W'));
const bytes = (value) => new Uint8Array(32).fill(value);
const BINDING = { offererFingerprint: bytes(0x11), answererFingerprint: bytes(0x22),
                  offererNonce: bytes(0x33), answererNonce: bytes(0x44) };
const RECEIVER = '171ba974793802a658f2091b6cab4a6cd91b2ba3ae98698a80cbd86c6341b442';
const SENDER = '4908cc7105c7afc9673e0e2ade93a22b79809bc77ea1dd41bccc47d5dc9fa8e9';

test('the proofs of the protocol’s example come out', () => {
  assert.equal(makeProof(KEY, 'receive', BINDING), RECEIVER);
  assert.equal(makeProof(KEY, 'send', BINDING), SENDER);
});

test('a proof holds for its role and binding only', () => {
  assert.equal(checkProof(KEY, 'receive', BINDING, RECEIVER), true);
  assert.equal(checkProof(KEY, 'send', BINDING, RECEIVER), false);
  assert.equal(checkProof(keyOf(new Uint8Array(16)), 'receive', BINDING, RECEIVER), false);
  for (const name of Object.keys(BINDING))
    assert.equal(checkProof(KEY, 'receive', { ...BINDING, [name]: bytes(0) }, RECEIVER), false);
});

test('what is no proof is none', () => {
  for (const mac of ['', RECEIVER.slice(2), `${RECEIVER}00`, RECEIVER.replace('1', 'g'),
                     RECEIVER.replace(/.$/, '3'), null, undefined, 5, [RECEIVER]])
    assert.equal(checkProof(KEY, 'receive', BINDING, mac), false, String(mac));
});

const digits = (value) => Array(32).fill(value).join(':');
const sdp = (...lines) => ['v=0', ...lines, 'm=application 9 x', ''].join('\r\n');

test('the one fingerprint of a description is read, however often it stands there', () => {
  for (const text of [sdp(`a=fingerprint:sha-256 ${digits('AB')}`),
                      sdp(`a=fingerprint:SHA-256 ${digits('ab')}`,
                          `a=fingerprint:sha-256 ${digits('AB')}`)])
    assert.deepEqual(readFingerprint(text), bytes(0xab));
});

const BAD = {
  none: sdp(),
  'two that differ': sdp(`a=fingerprint:sha-256 ${digits('AB')}`,
                         `a=fingerprint:sha-256 ${digits('AC')}`),
  'one of another hash beside it': sdp(`a=fingerprint:sha-256 ${digits('AB')}`,
                                       `a=fingerprint:sha-1 ${digits('AC')}`),
  'one in capitals beside it': sdp(`a=fingerprint:sha-256 ${digits('AB')}`,
                                   `A=FINGERPRINT:sha-256 ${digits('AC')}`),
  'one after a bare carriage return': sdp(`a=fingerprint:sha-256 ${digits('AB')}`)
    + `\ra=fingerprint:sha-256 ${digits('AC')}`,
  'one that is short': sdp(`a=fingerprint:sha-256 ${digits('AB').slice(3)}`),
  'one that is long': sdp(`a=fingerprint:sha-256 ${digits('AB')}:AB`),
};
for (const [name, text] of Object.entries(BAD))
  test(`a description is refused with ${name}`, () => assert.equal(readFingerprint(text), null));
