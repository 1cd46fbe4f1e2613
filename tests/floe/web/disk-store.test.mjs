// SPDX-License-Identifier: MPL-2.0
import assert from 'node:assert/strict';
import test from 'node:test';

import { FileStore, FolderStore } from '../../../samples/web/disk-store.js';

const named = (name) => Object.assign(new Error(name), { name });

/** What of FileSystemFileHandle is used: content is there when the writable is closed. */
class FakeFile {
  content = '';
  isRemoved = false;

  async getFile() {
    return { size: this.content.length };
  }

  async remove() {
    this.isRemoved = true;
  }

  async createWritable() {
    let written = '';
    return {
      write: async (bytes) => { written += Buffer.from(bytes).toString(); },
      close: async () => { this.content = written; },
      abort: async () => {},
    };
  }
}

class FakeFolder {
  children = new Map();

  async #get(name, create, Kind) {
    if (!this.children.has(name) && !create)
      throw named('NotFoundError');
    if (!this.children.has(name))
      this.children.set(name, new Kind());
    if (!(this.children.get(name) instanceof Kind))
      throw named('TypeMismatchError');
    return this.children.get(name);
  }

  getFileHandle(name, options) {
    return this.#get(name, options?.create, FakeFile);
  }

  getDirectoryHandle(name, options) {
    return this.#get(name, options?.create, FakeFolder);
  }

  async removeEntry(name) {
    this.children.delete(name);
  }

  /** All files beneath it: path to content. */
  list(prefix = '') {
    return [...this.children].flatMap(([name, child]) => (child instanceof FakeFolder
      ? [[`${prefix}${name}/`, null], ...child.list(`${prefix}${name}/`)]
      : [[`${prefix}${name}`, child.content]]));
  }
}

async function put(store, path, content) {
  await store.begin(path.split('/'));
  await store.write(Buffer.from(content));
  await store.commit();
}

test('a tree is written', async () => {
  const root = new FakeFolder();
  const store = new FolderStore(root);
  await store.makeFolder(['tree', 'none']);
  await put(store, 'tree/a', '1');
  await put(store, 'tree/deep/b', '2');
  await put(store, 'c', '3');
  assert.deepEqual(root.list(), [['tree/', null], ['tree/none/', null], ['tree/a', '1'],
                                 ['tree/deep/', null], ['tree/deep/b', '2'], ['c', '3']]);
});

test('nothing that is there is touched', async () => {
  const root = new FakeFolder();
  await put(new FolderStore(root), 'a.txt', 'old');
  await put(new FolderStore(root), 'tree/a', 'old');
  const store = new FolderStore(root);
  await put(store, 'a.txt', 'new');
  await put(store, 'tree/a', 'new');
  await put(store, 'tree/b', 'new');
  assert.deepEqual(root.list(), [['a.txt', 'old'], ['tree/', null], ['tree/a', 'old'],
                                 ['a (1).txt', 'new'], ['tree (1)/', null],
                                 ['tree (1)/a', 'new'], ['tree (1)/b', 'new']]);
});

test('names that become the same, or that a system can’t have, get others', async () => {
  const root = new FakeFolder();
  const store = new FolderStore(root);
  await put(store, 'tree/a:', '1');
  await put(store, 'tree/a?', '2');
  await put(store, 'tree/a. ', '3');
  assert.deepEqual(root.list(), [['tree/', null], ['tree/a_', '1'], ['tree/a_ (1)', '2'],
                                 ['tree/a__', '3']]);
});

test('a file that is not complete leaves nothing', async () => {
  const root = new FakeFolder();
  const store = new FolderStore(root);
  await store.begin(['a']);
  await store.write(Buffer.from('half'));
  await store.abort();
  await store.abort();
  assert.deepEqual(root.list(), []);
});

test('one file takes one file', async () => {
  const file = new FakeFile();
  const store = new FileStore(file);
  await store.begin(['whatever']);
  await store.write(Buffer.from('half'));
  assert.equal(file.content, '');
  await store.commit();
  assert.equal(file.content, 'half');
  await assert.rejects(store.begin(['another']), ({ code }) => code === 'protocol');
  await assert.rejects(store.makeFolder(['another']), ({ code }) => code === 'protocol');
});

test('one file that is not complete leaves what was there, or nothing', async () => {
  for (const before of ['', 'old']) {
    const file = Object.assign(new FakeFile(), { content: before });
    const store = new FileStore(file);
    await store.begin(['a']);
    await store.write(Buffer.from('half'));
    await store.abort();
    assert.deepEqual([file.content, file.isRemoved], [before, before === '']);
  }
});
