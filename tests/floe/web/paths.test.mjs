// SPDX-License-Identifier: MPL-2.0
import assert from 'node:assert/strict';
import test from 'node:test';

import { isLinkAllowed, makeSafe, numberedName, splitPath, visible }
  from '../../../samples/web/paths.js';

const GOOD = ['a', 'a/b', '.hidden', 'a/.b', '...', 'a..b', ' ', 'ünï/日本', 'x'.repeat(255),
              Array(64).fill('a').join('/'), 'a\\b', 'C:', 'é'.repeat(127)];
for (const path of GOOD) {
  test(`“${path.slice(0, 30)}” is a path`, () =>
    assert.deepEqual(splitPath(path), path.split('/')));
}

const BAD = ['', '/', '/a', 'a/', 'a//b', '.', '..', 'a/..', 'a/./b', '../a', 'a\0b',
             'x'.repeat(256), 'é'.repeat(128), Array(65).fill('a').join('/'),
             Array(20).fill('x'.repeat(250)).join('/'), null, 5, ['a'], undefined];
for (const path of BAD)
  test(`“${String(path).slice(0, 30)}” is no path`, () => assert.equal(splitPath(path), null));

const SAFE = [
  ['a\nb', 'a_b'], ['a\x1b[2Jb', 'a_[2Jb'], ['gpj\u202eexe', 'gpj_exe'], ['a\u200bb', 'a_b'],
  ['a\u2028b', 'a_b'], ['a\ud800b', 'a_b'],
  ['..\\..\\a', '_._.._a'], ['.bashrc', '_bashrc'], ['😀 ünï', '😀 ünï'],
];
for (const [path, safe] of SAFE)
  test(`${JSON.stringify(path)} is made safe`, () => assert.deepEqual(makeSafe([path]), [safe]));

test('a dot begins a name below the topmost one', () => {
  assert.deepEqual(makeSafe(['.a', '.b']), ['_a', '.b']);
});

const LINKS = [
  ['photos/best.jpg', '1.jpg', true], ['photos/best.jpg', 'a/b', true],
  ['photos/best.jpg', '../x', false], ['photos/a/b', '../x', true], ['photos/a/b', '..', true],
  ['photos/a/b', '../../x', false], ['photos/a/b', 'x/../y', false], ['photos/a', '/etc', false],
  ['photos/a', '', false], ['photos/a', './x', false], ['top', 'x', false], ['top', '../x', false],
  ['photos/a', 5, false], ['photos/a', 'x/', false],
];
for (const [path, target, isAllowed] of LINKS) {
  test(`a link ${path} to “${target}” is ${isAllowed ? 'allowed' : 'refused'}`, () =>
    assert.equal(isLinkAllowed(path.split('/'), target), isAllowed));
}

test('what is active in a name is spelled out where it is shown', () => {
  assert.equal(visible('gpj\u202eexe'), 'gpj‹202E›exe');
  assert.equal(visible('a\nb'), 'a‹000A›b');
  assert.equal(visible('x'.repeat(300)).length, 256);
});

test('a number goes before the extension', () => {
  assert.deepEqual(['a.tar.gz', 'a', '.a'].map((name) => numberedName(name, 2)),
                   ['a.tar (2).gz', 'a (2)', '.a (2)']);
});
