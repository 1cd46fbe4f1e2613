// SPDX-License-Identifier: MPL-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

import { crc32 } from '../../../samples/web/crc32.js';
import { ZipStore } from '../../../samples/web/memory-store.js';
import { NameRegister } from '../../../samples/web/names.js';
import { ZipWriter } from '../../../samples/web/zip.js';

const ATTRIBUTES = { mode: null, mtime: null };

/** What Python finds in the zip file at @path. */
function inspect(path, read = 'zip.read (i).decode ("utf-8", "replace")') {
  const script = `
import json, sys, zipfile
with zipfile.ZipFile (sys.argv[1]) as zip:
  print (json.dumps ([[i.filename, i.file_size, oct (i.external_attr >> 16), i.date_time,
                       ${read}] for i in zip.infolist ()]))`;
  return JSON.parse(execFileSync('python3', ['-c', script, path], { maxBuffer: 1 << 28 }));
}

function inFolder(action) {
  const folder = mkdtempSync(join(tmpdir(), 'floe-zip-'));
  return Promise.resolve(action(join(folder, 'test.zip')))
    .finally(() => rmSync(folder, { recursive: true }));
}

async function addFile(store, path, content, attributes = ATTRIBUTES) {
  await store.begin(path.split('/'), attributes);
  for (let at = 0; at < content.length; at += 1000)
    await store.write(new TextEncoder().encode(content.slice(at, at + 1000)));
  await store.commit();
}

async function save(store, path) {
  await store.finish();
  writeFileSync(path, new Uint8Array(await store.blob.arrayBuffer()));
}

test('files and folders are found with all they have', () => inFolder(async (path) => {
  const store = new ZipStore('x.zip', 1e9);
  const mtime = new Date(2024, 4, 6, 7, 8, 10).getTime();
  await store.makeFolder(['tree'], { mode: 0o700, mtime });
  await addFile(store, 'tree/ünï 日本.txt', 'hello', { mode: 0o755, mtime });
  await addFile(store, 'tree/none', '', { mode: null, mtime: -1 });
  await addFile(store, 'old', 'x'.repeat(100000), { mode: 0o600, mtime: 8.64e15 });
  await save(store, path);
  assert.deepEqual(inspect(path), [
    ['tree/', 0, '0o40700', [2024, 5, 6, 7, 8, 10], ''],
    ['tree/ünï 日本.txt', 5, '0o100755', [2024, 5, 6, 7, 8, 10], 'hello'],
    ['tree/none', 0, '0o100644', [1980, 1, 1, 0, 0, 0], ''],
    ['old', 100000, '0o100600', [1980, 1, 1, 0, 0, 0], 'x'.repeat(100000)],
  ]);
}));

test('more than 65535 entries are found', () => inFolder(async (path) => {
  const store = new ZipStore('x.zip', 1e9);
  for (let i = 0; i < 66000; i++)
    await addFile(store, `f/${i}`, String(i));
  await save(store, path);
  const found = inspect(path);
  assert.equal(found.length, 66000);
  assert.equal(found.at(-1)[4], '65999');
}));

test('files beyond 4 GiB, in size and in place, are found', () => inFolder((path) => {
  const zip = new ZipWriter();
  const out = openSync(path, 'w');
  const small = new TextEncoder().encode('small');
  const size = 5 * 2 ** 30; // of a hole
  let at = 0;
  const write = (bytes) => { at += writeSync(out, bytes, 0, bytes.length, at); };
  write(zip.begin({ path: 'big', size, crc: 0, ...ATTRIBUTES }));
  at += size;
  write(zip.begin({ path: 'small', size: small.length, crc: crc32(0, small), ...ATTRIBUTES }));
  write(small);
  zip.end().forEach(write);
  closeSync(out);
  const found = inspect(path, 'i.filename == "small" and zip.read (i).decode ()');
  assert.deepEqual(found.map(([name, bytes, , , text]) => [name, bytes, text]),
                   [['big', size, false], ['small', 5, 'small']]);
}));

test('no two entries get the same name', () => {
  const names = new NameRegister();
  assert.deepEqual(names.addFile(['a', 'b.txt']), ['a', 'b.txt']);
  assert.deepEqual(names.addFile(['a', 'B.TXT']), ['a', 'B (1).TXT']);
  assert.deepEqual(names.addFile(['a', 'b.txt']), ['a', 'b (2).txt']);
  assert.equal(names.addFolder(['a']), false);
  assert.equal(names.addFolder(['c', 'd']), true);
  assert.throws(() => names.addFile(['a', 'b.txt', 'c']), ({ code }) => code === 'protocol');
});

test('many of one name are numbered in good time', () => {
  const names = new NameRegister();
  for (let i = 0; i < 50000; i++)
    names.addFile(['a']);
  assert.deepEqual(names.addFile(['a']), ['a (50000)']);
});
