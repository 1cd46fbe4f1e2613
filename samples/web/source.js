// SPDX-License-Identifier: MPL-2.0
// What is to be sent: chosen or dropped files and folders, in the order in which they are sent and
// with the paths that the receiver is told.

import { numberedName, splitPath } from './paths.js';

const MAX_ENTRIES = 100000;

/**
 * @typedef {object} Entry
 * @property {'file' | 'folder'} kind
 * @property {string} path
 * @property {File} [file]
 */

/**
 * @typedef {object} Source
 * @property {Entry[]} entries
 * @property {{name: string, kind: 'file' | 'folder', size: number, files?: number}[]} items
 * @property {number} files
 * @property {number} bytes
 */

/** A list that grows while the person chooses. */
export class Selection {
  /** @type {Map<string, Entry[]>} topmost name to what is under it */
  #tops = new Map();
  #count = 0;
  /** What could not be taken in. */
  leftOut = 0;

  get isEmpty() {
    return this.#tops.size === 0;
  }

  /**
   * Adds some files, or one folder.
   * @param {Entry[]} entries with paths as they are on the disk; folders before what is in them
   */
  add(entries) {
    const names = new Map();
    for (const entry of entries) {
      const [top, ...rest] = wellFormed(entry.path).split('/');
      const isLoose = rest.length === 0 && entry.kind === 'file'; // two of a name may be dropped
      const name = (!isLoose && names.get(top)) || this.#freeName(top);
      const path = [name, ...rest].join('/');
      if (!splitPath(path) || this.#count === MAX_ENTRIES) {
        this.leftOut++;
        continue;
      }
      names.set(top, name);
      if (!this.#tops.has(name))
        this.#tops.set(name, []);
      this.#tops.get(name).push({ ...entry, path });
      this.#count++;
    }
  }

  /** @param {string} name of a topmost entry */
  remove(name) {
    this.#count -= this.#tops.get(name)?.length ?? 0;
    this.#tops.delete(name);
  }

  /** @returns {Source} */
  list() {
    const source = { entries: [], items: [], files: 0, bytes: 0 };
    for (const [name, entries] of this.#tops) {
      const files = entries.filter(({ kind }) => kind === 'file');
      const size = files.reduce((sum, { file }) => sum + file.size, 0);
      const isFile = entries[0].kind === 'file' && entries[0].path === name;
      source.items.push(isFile ? { name, kind: 'file', size }
        : { name, kind: 'folder', files: files.length, size });
      source.entries.push(...entries);
      source.files += files.length;
      source.bytes += size;
    }
    return source;
  }

  #freeName(name) {
    let free = name;
    for (let i = 1; this.#tops.has(free); i++)
      free = numberedName(name, i);
    return free;
  }
}

/** Half characters, which file names may have, are not UTF-8. @param {string} text */
function wellFormed(text) {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/**
 * What a file input gave: with `webkitdirectory`, files know their folders.
 * @param {Iterable<File>} files
 * @returns {Entry[]}
 */
export function entriesOfFiles(files) {
  const entries = [];
  const folders = new Set();
  for (const file of files) {
    const path = file.webkitRelativePath || file.name;
    const segments = path.split('/');
    for (let i = 1; i < segments.length; i++) {
      const folder = segments.slice(0, i).join('/');
      if (!folders.has(folder))
        entries.push({ kind: 'folder', path: folder });
      folders.add(folder);
    }
    entries.push({ kind: 'file', path, file });
  }
  return entries;
}

/** All that a folder has: it is told in parts. @param {FileSystemDirectoryEntry} folder */
async function readFolder(folder) {
  const reader = folder.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0)
      return all;
    all.push(...some);
  }
}

/** @param {FileSystemEntry} entry @param {Entry[]} entries to add to */
async function collect(entry, entries) {
  const path = entry.fullPath.replace(/^\//, '');
  if (entries.length > MAX_ENTRIES)
    return;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    entries.push({ kind: 'file', path, file });
    return;
  }
  entries.push({ kind: 'folder', path });
  for (const child of await readFolder(entry))
    await collect(child, entries);
}

/**
 * What was dropped, folders with what is in them.
 * @param {DataTransfer} transfer has to be asked at once: it is empty later
 * @returns {Promise<Entry[][]>} what each thing that was dropped brought
 */
export async function entriesOfDrop(transfer) {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  const roots = items.map((item) => item.webkitGetAsEntry?.());
  const groups = [];
  if (roots.some((root) => !root))
    return [entriesOfFiles(transfer.files)];
  for (const root of roots) {
    const entries = [];
    await collect(root, entries);
    groups.push(entries);
  }
  return groups;
}
