// SPDX-License-Identifier: MPL-2.0
// A channel in memory between a sender and a receiver, and a store that keeps what it is given.

import { File } from 'node:buffer'; // no global before version 20

import { Sha256 } from '../../../samples/web/sha256.js';

export function createHasher() {
  const hash = new Sha256();
  return { update: (bytes) => void hash.update(bytes), hex: async () => hash.hex() };
}

/** One end: what is sent goes to the engine of the other end, later and in order. */
export class FakeLink {
  chunkSize = 1000;
  bufferedAmount = 0;
  sent = [];
  peer = null;
  engine = null;
  onError = () => {};
  #delivery = Promise.resolve();

  send(message) {
    this.sent.push(message);
    this.#deliver(() => this.peer.engine?.handle(JSON.parse(JSON.stringify(message))));
  }

  sendBytes(bytes) {
    const copy = bytes.slice();
    this.#deliver(() => this.peer.engine?.handleBytes(copy));
  }

  async waitForRoom() {}

  #deliver(action) {
    this.#delivery = this.#delivery.then(async () => {
      try {
        if (this.peer)
          action();
      } catch (error) {
        this.peer.onError(error);
      }
    });
  }
}

export { File };

/** A file as browsers have it. */
export function makeFile(name, content, lastModified = 1700000000000) {
  return new File([content], name.split('/').at(-1), { lastModified });
}

export class FakeStore {
  limit = Infinity;
  folders = [];
  files = new Map();
  isFinished = false;
  isAborted = false;
  #file = null;

  async makeFolder(path) {
    this.folders.push(path.join('/'));
  }

  async begin(path, attributes) {
    this.#file = { path: path.join('/'), attributes, parts: [] };
  }

  async write(bytes) {
    this.#file.parts.push(Buffer.from(bytes));
  }

  async commit() {
    this.files.set(this.#file.path, Buffer.concat(this.#file.parts));
    this.#file = null;
  }

  async finish() {
    this.isFinished = true;
  }

  async abort() {
    this.isAborted = true;
  }
}
