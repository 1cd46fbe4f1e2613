// SPDX-License-Identifier: MPL-2.0
import assert from 'node:assert/strict';
import test from 'node:test';

import { toHex } from '../../../samples/web/bytes.js';
import { formatCode, generateSecret, keyOf, parseCode, readInput, roomOf }
  from '../../../samples/web/code.js';

const CODE = '000G40R40M30E209185GR38E1W';
const SECRET = Uint8Array.from({ length: 16 }, (_, i) => i);

test('the code, the room and the key of the protocol’s example come out', () => {
  assert.equal(formatCode(SECRET), CODE);
  assert.deepEqual(parseCode(CODE), SECRET);
  assert.equal(roomOf(SECRET), '32bac26fd0d25508a13565fc55f2c413babc24ffc4fca9ea6d918bb03a48fb8e');
  assert.equal(toHex(keyOf(SECRET)),
               '2320b4ff30b497c3ac2fda980308b14e0e1f4fbf79c1d4b9678d219f0ab63553');
});

test('every secret is read back from its code', () => {
  for (let i = 0; i < 200; i++) {
    const secret = generateSecret();
    assert.deepEqual(parseCode(formatCode(secret)), secret);
  }
  assert.deepEqual(parseCode(formatCode(new Uint8Array(16).fill(255))),
                   new Uint8Array(16).fill(255));
});

const SAME = {
  'lower case': CODE.toLowerCase(),
  'O for zero': CODE.replaceAll('0', 'O'),
  'I and L for one': CODE.replace('1', 'I').replace('1', 'l'),
  'hyphens and spaces': ` ${CODE.slice(0, 6)}-${CODE.slice(6, 12)} ${CODE.slice(12)}\n`,
};
for (const [name, text] of Object.entries(SAME))
  test(`a code is read with ${name}`, () => assert.deepEqual(parseCode(text), SECRET));

const BAD = {
  'nothing': '',
  'a symbol less': CODE.slice(1),
  'a symbol more': `${CODE}0`,
  'a letter that is no symbol': CODE.replace('G', 'U'),
  'low bits in the last symbol': `${CODE.slice(0, -1)}X`,
  'a letter beyond ASCII': CODE.replace('G', 'Ğ'),
  'a very long text': '-'.repeat(300) + CODE,
};
for (const [name, text] of Object.entries(BAD))
  test(`${name} is no code`, () => assert.equal(parseCode(text), null));

test('a pasted link is read as its code and its server', () => {
  const { secret, link } = readInput(` http://192.0.2.1:8000/#${CODE} `);
  assert.deepEqual(secret, SECRET);
  assert.equal(link.origin, 'http://192.0.2.1:8000');
  assert.equal(readInput('http://192.0.2.1/').secret, null);
  assert.equal(readInput('http://[').secret, null);
  assert.equal(readInput(CODE).link, null);
});
