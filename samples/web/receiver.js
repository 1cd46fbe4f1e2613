// SPDX-License-Identifier: MPL-2.0
// The receiving half of a transfer (docs/protocol.md section 4). The program at the other end may
// be hostile: what it says is checked when it comes, and what is kept of it is bounded.
//
// Messages come faster than files can be opened: the checks are made at once, what has to be stored
// is put into a queue.

import { readCount, readSize, readString } from './message.js';
import { isLinkAllowed, makeSafe, splitPath } from './paths.js';
import { protocolError, TransferError } from './transfer-error.js';

const MAX_ENTRIES = 1000000;
const MAX_ITEMS = 2000; // in an offer
const MAX_PATHS_SIZE = 64 * 1024 * 1024; // of all paths together
const MAX_QUEUED = 256 * 1024 * 1024;

/**
 * @typedef {object} Item
 * @property {string} name as the sender says it
 * @property {'file' | 'folder'} kind
 * @property {number | null} size
 * @property {number | null} files
 */

/**
 * @typedef {object} Offer
 * @property {number | null} files
 * @property {number | null} bytes
 * @property {Item[]} items
 * @property {number} more
 */

/**
 * @typedef {object} Store Where files go; see saving.js.
 * @property {number} limit how many bytes it takes
 * @property {(path: string[], attributes: Attributes) => Promise<void>} makeFolder
 * @property {(path: string[], attributes: Attributes) => Promise<void>} begin a file
 * @property {(bytes: Uint8Array) => Promise<void>} write
 * @property {() => Promise<void>} commit the file is there and right
 * @property {() => Promise<void>} finish all is there
 * @property {() => Promise<void>} abort removes what is not committed
 */

/** @typedef {{mode: number | null, mtime: number | null}} Attributes */

/**
 * @typedef {object} ReceiverHandlers
 * @property {(offer: Offer) => void} onOffer answer with accept() or refuse()
 * @property {(path: string[], size: number | null) => void} onFile one begins
 * @property {(path: string[], bytes: number) => void} onFileDone one is there and right
 * @property {() => void} onLeftOut a link was left out
 * @property {(summary: {files: number, bytes: number}) => void} onDone
 * @property {(error: TransferError) => void} onFail something went wrong while storing
 */

/** @param {any} item @returns {Item} */
function readItem(item) {
  const segments = splitPath(item?.name);
  if (segments?.length !== 1 || !['file', 'folder'].includes(item.kind))
    throw protocolError('The other side offers what has no proper name');
  return { name: item.name, kind: item.kind, size: readSize(item, 'size'),
           files: readSize(item, 'files') };
}

/** @param {Record<string, any>} message @returns {Offer} */
export function readOffer(message) {
  const files = readSize(message, 'files');
  const more = message.more === undefined ? 0 : readCount(message, 'more');
  if (!Array.isArray(message.items) || message.items.length > MAX_ITEMS)
    throw protocolError('The other side’s offer has no list of what there is');
  return { files, bytes: readSize(message, 'bytes'), items: message.items.map(readItem), more };
}

/** @param {Record<string, any>} message @returns {Attributes} */
function readAttributes(message) {
  const mtime = message.mtime;
  const mode = readSize(message, 'mode');
  if (mtime !== undefined && mtime !== null && !Number.isSafeInteger(mtime))
    throw protocolError('The other side sends a time that is none');
  return { mode: mode === null ? null : mode & 0o777, mtime: mtime ?? null };
}

export class Receiver {
  #link;
  #handlers;
  #createHasher;
  /** @type {'offer' | 'answer' | 'entry' | 'content' | 'finishing' | 'over'} what is next */
  #state = 'offer';
  /** @type {Offer | null} */
  #offer = null;
  #names = new Set();
  /** @type {Store | null} */
  #store = null;
  #file = null; // {index, path, size, bytes, hasher}
  #files = 0;
  #bytes = 0;
  #folders = new Set(); // paths as the sender says them
  #entryCount = 0;
  #pathsSize = 0;
  #queue = Promise.resolve();
  #queuedBytes = 0;
  // What a sender says, and when it may; other types are ignored.
  #entryPoints = new Map([
    ['offer', { state: 'offer', handle: (message) => this.#handleOffer(message) }],
    ['folder', { state: 'entry', handle: (message) => this.#handleFolder(message) }],
    ['file', { state: 'entry', handle: (message) => this.#handleFile(message) }],
    ['end', { state: 'content', handle: (message) => this.#handleEnd(message) }],
    ['link', { state: 'entry', handle: (message) => this.#handleLink(message) }],
    ['done', { state: 'entry', handle: (message) => this.#handleDone(message) }],
  ]);

  /**
   * @param {object} options
   * @param {{send: (message: object) => void}} options.link
   * @param {() => import('./hasher.js').Hasher} options.createHasher
   * @param {ReceiverHandlers} options.handlers
   */
  constructor({ link, createHasher, handlers }) {
    this.#link = link;
    this.#createHasher = createHasher;
    this.#handlers = handlers;
  }

  /** Bytes that came. */
  get bytes() {
    return this.#bytes;
  }

  /** Whether more has to come. */
  get isMoving() {
    return this.#state === 'entry' || this.#state === 'content';
  }

  /** @param {Store} store */
  accept(store) {
    if (this.#state !== 'answer')
      return;
    this.#store = store;
    this.#state = 'entry';
    this.#link.send({ type: 'accept' });
  }

  /** @param {string} message why */
  refuse(message) {
    if (this.#state !== 'answer')
      return;
    this.#state = 'over';
    this.#link.send({ type: 'refuse', message });
  }

  /** Nothing more comes: removes what is not complete. */
  async abort() {
    this.#state = 'over';
    await this.#queue;
    await this.#store?.abort().catch(() => {});
  }

  /** @param {Record<string, any>} message */
  handle(message) {
    const known = this.#entryPoints.get(message.type);
    if (this.#state === 'over' || !known)
      return;
    if (this.#state !== known.state)
      throw protocolError('The other side’s messages come in a strange order');
    known.handle(message);
  }

  /** @param {Uint8Array} bytes */
  handleBytes(bytes) {
    const file = this.#file;
    if (this.#state === 'over')
      return;
    if (this.#state !== 'content')
      throw protocolError('The other side sends content of no file');
    file.bytes += bytes.length;
    this.#bytes += bytes.length;
    this.#checkBounds();
    file.hasher.update(bytes);
    this.#enqueue(() => this.#store.write(bytes), bytes.length);
  }

  #handleOffer(message) {
    this.#offer = readOffer(message);
    for (const { name } of this.#offer.items)
      this.#names.add(name);
    this.#state = 'answer';
    this.#handlers.onOffer(this.#offer);
  }

  #handleFolder(message) {
    const path = this.#readPath(message);
    const attributes = readAttributes(message);
    if (this.#folders.has(message.path))
      throw protocolError('The other side sends a folder twice');
    this.#folders.add(message.path);
    this.#enqueue(() => this.#store.makeFolder(path, attributes));
  }

  #handleFile(message) {
    const path = this.#readPath(message);
    const size = readSize(message, 'size');
    const attributes = readAttributes(message);
    if (readCount(message, 'index') !== this.#files)
      throw protocolError('The other side numbers files in a strange way');
    this.#files++;
    if (this.#offer.files !== null && this.#files > this.#offer.files)
      throw new TransferError('integrity', 'More files come than were offered');
    this.#file = { index: message.index, path, size, bytes: 0, hasher: this.#createHasher() };
    this.#state = 'content';
    this.#checkBounds();
    this.#enqueue(async () => {
      await this.#store.begin(path, { ...attributes, size });
      this.#handlers.onFile(path, size);
    });
  }

  #handleEnd(message) {
    const { index, path, size, bytes, hasher } = this.#file;
    if (readCount(message, 'index') !== index)
      throw protocolError('The other side numbers files in a strange way');
    if (message.skipped === true) // nothing is skipped here
      throw protocolError('The other side leaves a file out without being asked to');
    if (readCount(message, 'bytes') !== bytes || (size !== null && size !== bytes))
      throw new TransferError('integrity', 'A file arrived incomplete');
    const expected = readString(message, 'sha256');
    const digest = hasher.hex();
    digest.catch(() => {}); // it is awaited later
    this.#file = null;
    this.#state = 'entry';
    this.#enqueue(async () => {
      if (await digest !== expected)
        throw new TransferError('integrity', 'A file arrived damaged: its SHA-256 differs');
      await this.#store.commit();
      this.#link.send({ type: 'stored', index });
      this.#handlers.onFileDone(path, bytes);
    });
  }

  /* Browsers can make no links. */
  #handleLink(message) {
    this.#readPath(message);
    if (!isLinkAllowed(message.path.split('/'), message.target))
      throw protocolError('The other side sends a link that leads out of its folder');
    this.#enqueue(async () => this.#handlers.onLeftOut());
  }

  #handleDone(message) {
    const offered = this.#offer;
    if (readCount(message, 'files') !== this.#files || readCount(message, 'bytes') !== this.#bytes
        || (offered.files !== null && offered.files !== this.#files)
        || (offered.bytes !== null && offered.bytes !== this.#bytes))
      throw new TransferError('integrity', 'Less came than was offered');
    const summary = { files: this.#files, bytes: this.#bytes };
    this.#enqueue(async () => {
      await this.#store.finish();
      this.#state = 'over';
      this.#link.send({ type: 'done', ...summary });
      this.#handlers.onDone(summary);
    });
    this.#state = 'finishing';
  }

  /** The safe segments of an entry's path. */
  #readPath(message) {
    const segments = splitPath(message.path);
    this.#entryCount++;
    this.#pathsSize += String(message.path).length;
    if (!segments || (this.#offer.more === 0 && !this.#names.has(segments[0])))
      throw protocolError('The other side sends a file with a name that it did not offer');
    if (this.#entryCount > MAX_ENTRIES || this.#pathsSize > MAX_PATHS_SIZE)
      throw new TransferError('failed', 'There are more files and folders than a browser can take');
    return makeSafe(segments);
  }

  #checkBounds() {
    const { size, bytes } = this.#file;
    const least = this.#bytes + Math.max(0, (size ?? 0) - bytes);
    if (size !== null && bytes > size)
      throw new TransferError('integrity', 'More comes of a file than it was said to have');
    if (this.#offer.bytes !== null && least > this.#offer.bytes)
      throw new TransferError('integrity', 'More comes than was offered');
    if (least > this.#store.limit)
      throw new TransferError('file', 'There is more than this browser can take');
  }

  #enqueue(operation, size = 0) {
    this.#queuedBytes += size;
    if (this.#queuedBytes > MAX_QUEUED)
      throw new TransferError('file', 'The disk here is too slow for what comes');
    this.#queue = this.#queue.then(async () => {
      if (this.#state !== 'over')
        await operation();
      this.#queuedBytes -= size;
    }).catch((error) => this.#fail(error));
  }

  #fail(error) {
    if (this.#state === 'over')
      return;
    this.#state = 'over';
    this.#handlers.onFail(error instanceof TransferError ? error
      : new TransferError('file', `A file can’t be stored here: ${error?.message ?? error}`));
  }
}
