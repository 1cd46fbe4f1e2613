// SPDX-License-Identifier: MPL-2.0
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';

import { Receiver } from '../../../samples/web/receiver.js';
import { makeOffer, Sender } from '../../../samples/web/sender.js';
import { entriesOfDrop, entriesOfFiles, Selection } from '../../../samples/web/source.js';
import { createHasher, FakeLink, FakeStore, File, makeFile } from './fake-link.mjs';

function select(files) {
  const selection = new Selection();
  selection.add(entriesOfFiles(Object.entries(files).map(([path, content]) => {
    const file = content instanceof File ? content : makeFile(path, content);
    return Object.defineProperty(file, 'webkitRelativePath',
                                 { value: path.includes('/') ? path : '' });
  })));
  return selection;
}

/** Sends @source to a store; resolves when both ends are done, or with the error that ended it. */
function transfer(source, { answer, onFile = () => {} } = {}) {
  const [sending, receiving] = [new FakeLink(), new FakeLink()];
  const store = new FakeStore();
  const summaries = [];
  [sending.peer, receiving.peer] = [receiving, sending];
  return new Promise((resolve) => {
    const end = (error) => resolve({ error, store, summaries, sending, receiving });
    const done = (summary) => summaries.push(summary) === 2 && end(null);
    sending.onError = end;
    receiving.onError = end;
    sending.engine = new Sender({ link: sending, source, createHasher, handlers: {
      onAccepted: () => {}, onFile, onFileDone: () => {}, onDone: done, onFail: end } });
    receiving.engine = new Receiver({ link: receiving, createHasher, handlers: {
      onOffer: () => (answer ? answer(receiving.engine) : receiving.engine.accept(store)),
      onFile: () => {}, onFileDone: () => {}, onLeftOut: () => {}, onDone: done, onFail: end } });
    sending.engine.offer();
  });
}

test('files and folders arrive as they are', async () => {
  const files = { 'a.txt': 'hello', 'tree/ünï': randomBytes(123456), 'tree/deep/none': '',
                  'big': randomBytes(3 << 20) };
  const { error, store, summaries } = await transfer(select(files).list());
  assert.equal(error, null);
  assert.deepEqual(store.folders, ['tree', 'tree/deep']);
  assert.deepEqual([...store.files.keys()], ['a.txt', 'tree/ünï', 'tree/deep/none', 'big']);
  for (const [path, content] of Object.entries(files))
    assert.ok(store.files.get(path).equals(Buffer.from(content)), path);
  assert.deepEqual(summaries[0], summaries[1]);
  assert.equal(summaries[0].files, 4);
  assert.ok(store.isFinished);
});

test('a receiver that refuses is heard', async () => {
  const { error } = await transfer(select({ a: 'x' }).list(),
                                   { answer: (receiver) => receiver.refuse('no thanks') });
  assert.equal(error.code, 'refused');
  assert.equal(error.message, 'no thanks');
});

test('an error while storing ends the transfer', async () => {
  const store = new FakeStore();
  store.commit = async () => { throw new Error('disk full'); };
  const { error } = await transfer(select({ a: 'x' }).list(),
                                   { answer: (receiver) => receiver.accept(store) });
  assert.equal(error.code, 'file');
  assert.match(error.message, /disk full/);
});

test('a receiver takes no more than its store does', async () => {
  const store = new FakeStore();
  store.limit = 10;
  const { error } = await transfer(select({ a: 'x'.repeat(11) }).list(),
                                   { answer: (receiver) => receiver.accept(store) });
  assert.equal(error.code, 'file');
});

test('a file that can’t be read any more ends the transfer', async () => {
  const file = makeFile('a', 'x'.repeat(10));
  file.slice = () => ({ arrayBuffer: async () => { throw new Error('NotReadableError'); } });
  const { error } = await transfer(select({ a: file }).list());
  assert.equal(error.code, 'file');
});

test('a file that became shorter ends the transfer', async () => {
  const file = makeFile('a', 'x'.repeat(10));
  file.slice = () => new Blob(['xxx']);
  const { error } = await transfer(select({ a: file }).list());
  assert.equal(error.code, 'file');
});

/** A sender whose other side is the test. */
function makeSender(files) {
  const link = new FakeLink();
  const events = [];
  const source = select(files).list();
  const handlers = Object.fromEntries(
    ['onAccepted', 'onFile', 'onFileDone', 'onDone', 'onFail']
      .map((name) => [name, (...args) => events.push([name, ...args])]));
  const sender = new Sender({ link, source, createHasher, handlers });
  const sent = (type) => new Promise((resolve) => {
    const look = () => {
      const message = link.sent.find((one) => one.type === type);
      return message ? resolve(message) : setImmediate(look);
    };
    look();
  });
  sender.offer();
  return { sender, link, events, sent };
}

const isCode = (code) => (error) => error.code === code;

test('a file is skipped while it is sent', async () => {
  const { sender, link, sent } = makeSender({ a: randomBytes(3 << 20), b: 'x' });
  link.waitForRoom = () => new Promise(setImmediate);
  sender.handle({ type: 'accept' });
  await sent('file');
  sender.handle({ type: 'skip', index: 0 });
  assert.deepEqual(await sent('end'), { type: 'end', index: 0, skipped: true });
  assert.deepEqual(await sent('done'), { type: 'done', files: 1, bytes: 1 });
  assert.ok(sender.bytes < 3 << 20);
});

test('a file is skipped when all of it was sent already', async () => {
  const { sender, events, sent } = makeSender({ a: 'xx', b: 'x' });
  sender.handle({ type: 'accept' });
  await sent('done');
  sender.handle({ type: 'skip', index: 0 });
  sender.handle({ type: 'stored', index: 1 });
  sender.handle({ type: 'done', files: 1, bytes: 1 });
  assert.deepEqual(events.at(-1), ['onDone', { files: 1, bytes: 1 }]);
});

test('a hostile receiver ends the transfer', async () => {
  const all = async () => {
    const made = makeSender({ a: 'x' });
    made.sender.handle({ type: 'accept' });
    await made.sent('done');
    return made.sender;
  };
  assert.throws(() => makeSender({ a: 'x' }).sender.handle({ type: 'done', files: 1, bytes: 1 }),
                isCode('protocol'));
  assert.throws(() => makeSender({ a: 'x' }).sender.handle({ type: 'stored', index: 0 }),
                isCode('protocol'));
  assert.throws(() => makeSender({ a: 'x' }).sender.handle({ type: 'skip', index: 0 }),
                isCode('protocol'));
  assert.throws(() => makeSender({ a: 'x' }).sender.handleBytes(new Uint8Array(1)),
                isCode('protocol'));
  const hostile = {
    'accept twice': { type: 'accept' },
    'done before stored': { type: 'done', files: 1, bytes: 1 },
    'an index that is none': { type: 'stored', index: -1 },
    'an index that is text': { type: 'skip', index: '0' },
    'an index to come': { type: 'skip', index: 1 },
  };
  for (const [name, message] of Object.entries(hostile)) {
    const sender = await all();
    assert.throws(() => sender.handle(message), isCode('protocol'), name);
  }
  const sender = await all();
  sender.handle({ type: 'stored', index: 0 });
  assert.throws(() => sender.handle({ type: 'stored', index: 0 }), isCode('protocol'));
  assert.throws(() => sender.handle({ type: 'done', files: 1, bytes: 2 }), isCode('integrity'));
  sender.handle({ type: 'weather' });
});

test('an offer fits into a message, and counts what does not', () => {
  const items = Array.from({ length: 5000 }, (_, i) =>
    ({ name: `${i} ${'é'.repeat(60)}`, kind: 'file', size: i }));
  const offer = makeOffer({ files: 5000, bytes: 1, items });
  assert.ok(Buffer.byteLength(JSON.stringify(offer)) <= 64 * 1024);
  assert.ok(offer.items.length > 100);
  assert.equal(offer.items.length + offer.more, 5000);
});

test('what is chosen twice gets a number, and folders stay together', () => {
  const selection = select({ 'a.txt': '1', 'tree/x': '22' });
  selection.add(entriesOfFiles([makeFile('a.txt', '333'), makeFile('a.txt', '4444')]));
  const { items, files, bytes, entries } = selection.list();
  assert.deepEqual(items.map(({ name, kind, size }) => [name, kind, size]),
                   [['a.txt', 'file', 1], ['tree', 'folder', 2], ['a (1).txt', 'file', 3],
                    ['a (2).txt', 'file', 4]]);
  assert.deepEqual([files, bytes, entries.length], [4, 10, 5]);
  selection.remove('tree');
  assert.equal(selection.list().files, 3);
});

/** What browsers make of a dropped folder: they tell what is in it in parts. */
function makeDropped(path, children) {
  const name = path.split('/').at(-1);
  if (typeof children === 'string') {
    const file = makeFile(name, children);
    return { isFile: true, fullPath: path, file: (resolve) => resolve(file) };
  }
  const parts = Object.entries(children).map(([one, of]) => [makeDropped(`${path}/${one}`, of)]);
  return { isFile: false, fullPath: path, createReader: () => ({
    readEntries: (resolve) => resolve(parts.shift() ?? []) }) };
}

test('dropped folders are sent whole, and two of a name apart', async () => {
  const drop = (path, children) =>
    ({ kind: 'file', webkitGetAsEntry: () => makeDropped(path, children) });
  const items = [drop('/tree', { a: '1', deep: { b: '2', none: {} } }), drop('/tree', { a: '3' }),
                 { kind: 'string' }, drop('/c', '4')];
  const selection = new Selection();
  for (const entries of await entriesOfDrop({ items }))
    selection.add(entries);
  assert.deepEqual(selection.list().entries.map(({ path }) => path),
                   ['tree', 'tree/a', 'tree/deep', 'tree/deep/b', 'tree/deep/none', 'tree (1)',
                    'tree (1)/a', 'c']);
});
