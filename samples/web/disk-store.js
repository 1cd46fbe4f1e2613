// SPDX-License-Identifier: MPL-2.0
// Stores that write to the disk as bytes come, by the File System Access API. A file gets its
// content only when it is closed; until then it is a temporary one that the browser removes.

import { NameRegister } from './names.js';
import { numberedName } from './paths.js';
import { protocolError } from './transfer-error.js';

// What no name may have on one system or another.
const RESERVED = /[<>:"|?*]/g;
const RESERVED_END = /[. ]+$/;
const MAX_NUMBER = 9999;

/** One file, which the person named. */
export class FileStore {
  #handle;
  #writable = null;
  #hasBegun = false;
  limit = Infinity;

  /** @param {FileSystemFileHandle} handle */
  constructor(handle) {
    this.#handle = handle;
    this.name = handle.name;
  }

  async makeFolder() {
    throw protocolError('The other side offered a file and sends a folder');
  }

  async begin() {
    if (this.#hasBegun)
      throw protocolError('The other side offered one file and sends several');
    this.#hasBegun = true;
    this.#writable = await this.#handle.createWritable();
  }

  async write(bytes) {
    await this.#writable.write(bytes);
  }

  async commit() {
    await this.#writable.close();
    this.#writable = null;
  }

  async finish() {}

  /* What was there before stays; what the picker made is empty, and goes if it can. */
  async abort() {
    await this.#writable?.abort();
    this.#writable = null;
    if ((await this.#handle.getFile()).size === 0)
      await this.#handle.remove?.();
  }
}

/** Files and folders, into a folder that the person chose. Nothing that is there is touched. */
export class FolderStore {
  #root;
  #names = new NameRegister();
  #tops = new Map(); // topmost name as sent to that on the disk
  #file = null; // {folder, name, writable}
  limit = Infinity;

  /** @param {FileSystemDirectoryHandle} root */
  constructor(root) {
    this.#root = root;
    this.name = root.name;
  }

  async makeFolder(path) {
    const safe = path.map(portable);
    this.#names.addFolder(safe);
    await this.#open(safe);
  }

  async begin(path) {
    const unique = this.#names.addFile(path.map(portable));
    const folder = await this.#open(unique.slice(0, -1));
    const name = unique.length === 1 ? await this.#freeName(unique[0]) : unique.at(-1);
    const handle = await folder.getFileHandle(name, { create: true });
    this.#file = { folder, name, writable: null };
    this.#file.writable = await handle.createWritable();
  }

  async write(bytes) {
    await this.#file.writable.write(bytes);
  }

  async commit() {
    await this.#file.writable.close();
    this.#file = null;
  }

  async finish() {}

  async abort() {
    const file = this.#file;
    this.#file = null;
    await file?.writable?.abort();
    await file?.folder.removeEntry(file.name); // it is there, and empty
  }

  /** @param {string[]} path @returns {Promise<FileSystemDirectoryHandle>} */
  async #open(path) {
    let folder = this.#root;
    for (const [depth, segment] of path.entries()) {
      const name = depth === 0 ? await this.#topName(segment) : segment;
      folder = await folder.getDirectoryHandle(name, { create: true });
    }
    return folder;
  }

  async #topName(segment) {
    if (!this.#tops.has(segment))
      this.#tops.set(segment, await this.#freeName(segment));
    return this.#tops.get(segment);
  }

  /** A topmost name that nothing in the chosen folder has. */
  async #freeName(name) {
    let free = name;
    for (let i = 1; await this.#exists(free); i++) {
      if (i > MAX_NUMBER)
        throw new Error(`there are too many “${name}” already`);
      free = numberedName(name, i);
    }
    return free;
  }

  async #exists(name) {
    try {
      await this.#root.getFileHandle(name);
      return true;
    } catch (error) {
      if (error.name === 'NotFoundError')
        return false;
      if (error.name === 'TypeMismatchError') // a folder
        return true;
      throw error;
    }
  }
}

/** @param {string} name */
function portable(name) {
  return name.replace(RESERVED, '_').replace(RESERVED_END, (end) => '_'.repeat(end.length));
}
