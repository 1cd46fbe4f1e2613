// SPDX-License-Identifier: MPL-2.0
// Stores that gather what comes and make one download of it: the file itself, or a zip file.

import { crc32 } from './crc32.js';
import { NameRegister } from './names.js';
import { protocolError } from './transfer-error.js';
import { ZipWriter } from './zip.js';

// Parts of this size become blobs of their own, which a browser can move out of memory.
const PART_SIZE = 8 * 1024 * 1024;

/** Bytes that are put one after the other into blobs. */
class Gatherer {
  #chunks = [];
  #chunksSize = 0;
  /** @type {Blob[]} */
  parts = [];
  size = 0;

  /** @param {Uint8Array} bytes */
  write(bytes) {
    this.#chunks.push(bytes);
    this.#chunksSize += bytes.length;
    this.size += bytes.length;
    if (this.#chunksSize >= PART_SIZE)
      this.flush();
  }

  flush() {
    if (this.#chunksSize > 0)
      this.parts.push(new Blob(this.#chunks));
    this.#chunks = [];
    this.#chunksSize = 0;
  }
}

/** One file. */
export class BlobStore {
  #gatherer = new Gatherer();
  #hasBegun = false;
  /** @type {Blob | null} when it is finished */
  blob = null;

  /**
   * @param {string} name of the download
   * @param {number} limit in bytes
   */
  constructor(name, limit) {
    this.name = name;
    this.limit = limit;
  }

  async makeFolder() {
    throw protocolError('The other side offered a file and sends a folder');
  }

  async begin() {
    if (this.#hasBegun)
      throw protocolError('The other side offered one file and sends several');
    this.#hasBegun = true;
  }

  async write(bytes) {
    this.#gatherer.write(bytes);
  }

  async commit() {
    this.#gatherer.flush();
  }

  async finish() {
    this.blob = new Blob(this.#gatherer.parts, { type: 'application/octet-stream' });
  }

  async abort() {
    this.#gatherer = new Gatherer();
  }
}

/** Files and folders, as a zip file. */
export class ZipStore {
  #zip = new ZipWriter();
  #names = new NameRegister();
  #parts = [];
  #file = null; // {path, mode, mtime, crc, gatherer}
  /** @type {Blob | null} when it is finished */
  blob = null;

  /**
   * @param {string} name of the download
   * @param {number} limit in bytes
   */
  constructor(name, limit) {
    this.name = name;
    this.limit = limit;
  }

  async makeFolder(path, { mode, mtime }) {
    const entry = { path: `${path.join('/')}/`, size: 0, crc: 0, mode, mtime };
    if (this.#names.addFolder(path))
      this.#parts.push(this.#zip.begin(entry));
  }

  async begin(path, { mode, mtime }) {
    this.#file = { path: this.#names.addFile(path).join('/'), mode, mtime, crc: 0,
                   gatherer: new Gatherer() };
  }

  async write(bytes) {
    this.#file.crc = crc32(this.#file.crc, bytes);
    this.#file.gatherer.write(bytes);
  }

  async commit() {
    const { path, mode, mtime, crc, gatherer } = this.#file;
    gatherer.flush();
    this.#parts.push(this.#zip.begin({ path, size: gatherer.size, crc, mode, mtime }),
                     ...gatherer.parts);
    this.#file = null;
  }

  async finish() {
    this.blob = new Blob([...this.#parts, ...this.#zip.end()], { type: 'application/zip' });
    this.#parts = [];
  }

  async abort() {
    this.#parts = [];
    this.#file = null;
  }
}
