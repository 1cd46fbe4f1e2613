// SPDX-License-Identifier: MPL-2.0
// The page's files fit together, and with the Content-Security-Policy that they are served under.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';

const FOLDER = new URL('../../../samples/web/', import.meta.url);
const names = readdirSync(FOLDER);
const read = (name) => readFileSync(new URL(name, FOLDER), 'utf8');
const page = read('index.html');
const scripts = names.filter((name) => name.endsWith('.js'));

test('every file is served', () => {
  const listed = [...read('floe-web.gresource.xml').matchAll(/<file>([^<]+)<\/file>/g)]
    .map(([, name]) => name);
  const served = names.filter((name) => /\.(html|css|js|svg)$/.test(name));
  assert.deepEqual(listed.sort(), served.sort());
});

test('every module that is imported is there', () => {
  for (const name of scripts) {
    for (const [, imported] of read(name).matchAll(/(?:from|new URL\()\s*'\.\/([^']+)'/g))
      assert.ok(names.includes(imported), `${imported}, of ${name}`);
  }
});

test('every element that a module asks for is there, once', () => {
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.deepEqual(ids, [...new Set(ids)]);
  for (const name of scripts) {
    for (const [, id] of read(name).matchAll(/(?:element|setText|setNote|fillList)\('([^']+)'/g))
      assert.ok(ids.includes(id), `${id}, of ${name}`);
  }
});

test('every state that is shown has a section', () => {
  for (const name of scripts) {
    for (const [, state] of read(name).matchAll(/\bshow\('([^']+)'\)/g))
      assert.ok(page.includes(`data-state="${state}"`), `${state}, of ${name}`);
  }
});

test('nothing is inline and nothing comes from elsewhere', () => {
  assert.doesNotMatch(page, /<style|\sstyle=|\son\w+=|<script>|javascript:/i);
  assert.doesNotMatch(page, /(?:src|href)="(?:https?:|data:|\/\/)/i);
  assert.doesNotMatch(read('style.css'), /url\(|@import/);
  for (const name of scripts)
    assert.doesNotMatch(read(name), /(?:inner|outer|Adjacent)HTML|\beval\b|document\.write/, name);
});
