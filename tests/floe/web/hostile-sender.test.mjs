// SPDX-License-Identifier: MPL-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';

import { Receiver } from '../../../samples/web/receiver.js';
import { createHasher, FakeLink, FakeStore } from './fake-link.mjs';

const OFFER = { type: 'offer', files: 2, bytes: 10, more: 0, items: [
  { name: 'a', kind: 'file', size: 4 }, { name: 'tree', kind: 'folder', files: 1, size: 6 }] };
const FILE = { type: 'file', index: 0, path: 'a', size: 4, mode: 0o644, mtime: 1 };
const CONTENT = new Uint8Array(4).fill(120);
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const END = { type: 'end', index: 0, bytes: 4, sha256: sha256(CONTENT) };
const REST = [
  { type: 'file', index: 1, path: 'tree/b', size: 6 }, new Uint8Array(6),
  { type: 'end', index: 1, bytes: 6, sha256: sha256(new Uint8Array(6)) },
];
const DONE = { type: 'done', files: 2, bytes: 10 };

/** Gives a receiver @messages; what became of it. */
async function receive(messages, { accepts = true, limit = Infinity } = {}) {
  const link = new FakeLink();
  const store = new FakeStore();
  const result = { link, store, error: null, done: null, leftOut: 0 };
  store.limit = limit;
  const receiver = new Receiver({ link, createHasher, handlers: {
    onOffer: () => accepts && receiver.accept(store), onFile: () => {}, onFileDone: () => {},
    onLeftOut: () => result.leftOut++, onDone: (summary) => { result.done = summary; },
    onFail: (error) => { result.error = error; } } });
  try {
    for (const message of messages) {
      if (message instanceof Uint8Array)
        receiver.handleBytes(message);
      else
        receiver.handle(JSON.parse(JSON.stringify(message)));
    }
  } catch (error) {
    result.error = error;
  }
  for (let turn = 0; turn < 100 && !result.error && !result.done; turn++)
    await new Promise(setImmediate);
  await receiver.abort();
  return result;
}

test('an honest sender’s files are stored', async () => {
  const { error, done, store, link } = await receive([OFFER, FILE, CONTENT, END, ...REST, DONE]);
  assert.equal(error, null);
  assert.deepEqual(done, { files: 2, bytes: 10 });
  assert.deepEqual([...store.files.keys()], ['a', 'tree/b']);
  assert.deepEqual(link.sent.map(({ type }) => type), ['accept', 'stored', 'stored', 'done']);
});

test('unknown messages and members are ignored', async () => {
  const { done } = await receive([{ type: 'weather' }, { ...OFFER, sun: true }, FILE,
                                  { type: 'constructor' }, CONTENT, END, ...REST, DONE]);
  assert.ok(done);
});

test('links are left out', async () => {
  const link = { type: 'link', path: 'tree/l', target: 'b' };
  const { done, leftOut } = await receive([OFFER, FILE, CONTENT, END, link, ...REST, DONE]);
  assert.ok(done);
  assert.equal(leftOut, 1);
});

const offer = (changes) => ({ ...OFFER, ...changes });
const file = (changes) => ({ ...FILE, ...changes });
const item = (changes) => offer({ items: [{ name: 'a', kind: 'file', size: 4, ...changes }] });

const PROTOCOL = {
  'content before an offer': [CONTENT],
  'a file before an offer': [FILE],
  'a second offer': [OFFER, OFFER],
  'an offer without items': [offer({ items: 5 })],
  'an offer of too many items': [offer({ items: Array(3000).fill(OFFER.items[0]) })],
  'a negative size in the offer': [offer({ bytes: -1 })],
  'a size with a fraction': [offer({ bytes: 1.5 })],
  'a size beyond 2^53': [offer({ bytes: 2 ** 53 })],
  'a count that is text': [offer({ files: '2' })],
  'an item with a path for a name': [item({ name: 'a/b' })],
  'an item named ..': [item({ name: '..' })],
  'an item without a name': [item({ name: null })],
  'an item of another kind': [item({ kind: 'socket' })],
  'an item that is nothing': [offer({ items: [null] })],
  'a name that was not offered': [OFFER, file({ path: 'b' })],
  'a folder that was not offered': [OFFER, { type: 'folder', path: 'b/c' }],
  'a folder twice': [OFFER, { type: 'folder', path: 'tree' }, { type: 'folder', path: 'tree' }],
  'a link beside the offered folder': [OFFER, { type: 'link', path: 'tree', target: 'a' }],
  'an item that is a link': [item({ kind: 'link' })],
  'a path upwards': [OFFER, file({ path: 'tree/../../b' })],
  'an absolute path': [OFFER, file({ path: '/a' })],
  'no path': [OFFER, file({ path: undefined })],
  'a wrong index': [OFFER, file({ index: 1 })],
  'a time that is none': [OFFER, file({ mtime: 'now' })],
  'a mode that is none': [OFFER, file({ mode: -1 })],
  'content of no file': [OFFER, CONTENT],
  'a file within a file': [OFFER, FILE, file({ index: 1 })],
  'an end without a file': [OFFER, END],
  'an end of another file': [OFFER, FILE, CONTENT, { ...END, index: 1 }],
  'an end that nobody asked for': [OFFER, FILE, { type: 'end', index: 0, skipped: true }],
  'an end without a checksum': [OFFER, FILE, CONTENT, { ...END, sha256: undefined }],
  'a link out of its folder': [OFFER, { type: 'link', path: 'tree/l', target: '../a' }],
  'something after done': [OFFER, FILE, CONTENT, END, ...REST, DONE, FILE],
};
for (const [name, messages] of Object.entries(PROTOCOL)) {
  test(`${name} ends the transfer`, async () => {
    const { error } = await receive(messages);
    assert.equal(error?.code, 'protocol', error?.message);
  });
}

const INTEGRITY = {
  'more content than the file was said to have': [OFFER, FILE, CONTENT, CONTENT],
  'less content than the file was said to have': [OFFER, FILE, { ...END, bytes: 0 }],
  'a size that is not what came': [OFFER, FILE, CONTENT, { ...END, bytes: 3 }],
  'another checksum': [OFFER, FILE, CONTENT, { ...END, sha256: sha256('y') }],
  'a checksum in capitals': [OFFER, FILE, CONTENT, { ...END, sha256: END.sha256.toUpperCase() }],
  'more files than offered': [offer({ files: 0 }), FILE],
  'more bytes than offered': [offer({ bytes: 3 }), FILE],
  'more bytes of a file without a size': [offer({ bytes: 3 }), file({ size: null }), CONTENT],
  'less than was offered': [OFFER, FILE, CONTENT, END, { type: 'done', files: 1, bytes: 4 }],
  'done with other numbers': [OFFER, FILE, CONTENT, END, ...REST, { ...DONE, bytes: 9 }],
};
for (const [name, messages] of Object.entries(INTEGRITY)) {
  test(`${name} is found out`, async () => {
    const { error } = await receive(messages);
    assert.equal(error?.code, 'integrity', error?.message);
  });
}

test('a file that arrived damaged is not committed', async () => {
  const { store } = await receive([OFFER, FILE, CONTENT, { ...END, sha256: sha256('y') }]);
  assert.equal(store.files.size, 0);
  assert.ok(store.isAborted);
});

test('nothing is taken before it is accepted', async () => {
  const { error } = await receive([OFFER, FILE], { accepts: false });
  assert.equal(error.code, 'protocol');
});

test('names are made safe before they are stored', async () => {
  const hostile = 'gpj\u202eexe.\n';
  for (const [name, safe] of [['.bashrc', '_bashrc'], [hostile, 'gpj_exe._']]) {
    const { store } = await receive([item({ name }), file({ path: name }), CONTENT, END]);
    assert.deepEqual([...store.files.keys()], [safe]);
  }
});

test('what is not known beforehand is bounded by the store', async () => {
  const open = offer({ files: null, bytes: null });
  const { error } = await receive([open, file({ size: null }), CONTENT], { limit: 3 });
  assert.equal(error.code, 'file');
});

test('a sender can’t have any number of folders', async () => {
  const folder = (_, i) => ({ type: 'folder', path: `tree/${'x'.repeat(240)}${i}` });
  const { error } = await receive([OFFER, ...Array.from({ length: 300000 }, folder)]);
  assert.equal(error.code, 'failed');
});

test('a disk that is too slow ends the transfer before memory does', async () => {
  const big = new Uint8Array(64 << 20);
  const open = offer({ files: null, bytes: null });
  const { error } = await receive([open, file({ size: null }), big, big, big, big, big]);
  assert.equal(error.code, 'file');
});
