// SPDX-License-Identifier: MPL-2.0
// The sending half of a transfer (docs/protocol.md section 4).

import { utf8Size } from './bytes.js';
import { MAX_TEXT_SIZE, readCount, readExplanation } from './message.js';
import { protocolError, TransferError } from './transfer-error.js';

const BLOCK_SIZE = 1024 * 1024; // what is read of a file at once
const MAX_ITEMS_SIZE = MAX_TEXT_SIZE - 1024;
const MAX_ITEMS = 1000;

/** @typedef {import('./source.js').Entry} Entry */
/** @typedef {import('./source.js').Source} Source */

/**
 * @typedef {object} SenderHandlers
 * @property {() => void} onAccepted
 * @property {(path: string, size: number) => void} onFile one begins
 * @property {(path: string, bytes: number) => void} onFileDone the receiver has one
 * @property {(summary: {files: number, bytes: number}) => void} onDone
 * @property {(error: TransferError) => void} onFail something went wrong while reading
 */

/**
 * The message that says what there is, with as many items as fit.
 * @param {Source} source
 */
export function makeOffer({ files, bytes, items }) {
  const listed = [];
  let size = 0;
  for (const item of items) {
    size += utf8Size(JSON.stringify(item)) + 1;
    if (size > MAX_ITEMS_SIZE || listed.length === MAX_ITEMS)
      break;
    listed.push(item);
  }
  return { type: 'offer', files, bytes, items: listed, more: items.length - listed.length };
}

export class Sender {
  #link;
  #source;
  #createHasher;
  #handlers;
  /** @type {'new' | 'offered' | 'sending' | 'sent' | 'over'} */
  #state = 'new';
  #nextIndex = 0;
  #isSkipped = false; // the file under way
  /** @type {Map<number, {path: string, bytes: number}>} sent, and not said to be stored */
  #unconfirmed = new Map();
  #files = 0;
  #bytes = 0;
  #handed = 0; // bytes that the link took, those of skipped files too

  /**
   * @param {object} options
   * @param {import('./link.js').Link} options.link
   * @param {Source} options.source
   * @param {() => import('./hasher.js').Hasher} options.createHasher
   * @param {SenderHandlers} options.handlers
   */
  constructor({ link, source, createHasher, handlers }) {
    this.#link = link;
    this.#source = source;
    this.#createHasher = createHasher;
    this.#handlers = handlers;
  }

  /** Bytes that went out. */
  get bytes() {
    return Math.max(0, this.#handed - this.#link.bufferedAmount);
  }

  /** Whether more has to go out. */
  get isMoving() {
    return this.#state === 'sending';
  }

  offer() {
    this.#state = 'offered';
    this.#link.send(makeOffer(this.#source));
  }

  abort() {
    this.#state = 'over';
  }

  /** @param {Record<string, any>} message */
  handle(message) {
    if (this.#state === 'over')
      return;
    if (message.type === 'accept')
      this.#handleAccept();
    else if (message.type === 'refuse')
      throw new TransferError('refused', readExplanation(message), true);
    else if (message.type === 'skip')
      this.#handleSkip(readCount(message, 'index'));
    else if (message.type === 'stored')
      this.#handleStored(readCount(message, 'index'));
    else if (message.type === 'done')
      this.#handleDone(message);
  }

  handleBytes() {
    throw protocolError('The other side sends content, and should receive');
  }

  #handleAccept() {
    if (this.#state !== 'offered')
      throw protocolError('The other side accepts what was not offered');
    this.#state = 'sending';
    this.#handlers.onAccepted();
    this.#sendAll().catch((error) => this.#fail(error));
  }

  #handleSkip(index) {
    const sent = this.#unconfirmed.get(index);
    if (index >= this.#nextIndex)
      throw protocolError('The other side skips a file that was not begun');
    if (index === this.#nextIndex - 1 && !sent)
      this.#isSkipped = true;
    if (!sent)
      return;
    this.#unconfirmed.delete(index); // the skip and the end of the file crossed
    this.#files--;
    this.#bytes -= sent.bytes;
  }

  #handleStored(index) {
    const sent = this.#unconfirmed.get(index);
    if (!sent)
      throw protocolError('The other side stored a file that was not sent');
    this.#unconfirmed.delete(index);
    this.#handlers.onFileDone(sent.path, sent.bytes);
  }

  #handleDone(message) {
    const files = readCount(message, 'files');
    const bytes = readCount(message, 'bytes');
    if (this.#state !== 'sent' || this.#unconfirmed.size > 0)
      throw protocolError('The other side says that it has all before it could');
    if (files !== this.#files || bytes !== this.#bytes)
      throw new TransferError('integrity', 'The other side has something else than what was sent');
    this.#state = 'over';
    this.#handlers.onDone({ files, bytes });
  }

  async #sendAll() {
    for (const entry of this.#source.entries) {
      await this.#link.waitForRoom();
      if (this.#state !== 'sending')
        return;
      if (entry.kind === 'folder')
        this.#link.send({ type: 'folder', path: entry.path });
      else
        await this.#sendFile(entry);
    }
    if (this.#state !== 'sending')
      return;
    this.#state = 'sent';
    this.#link.send({ type: 'done', files: this.#files, bytes: this.#bytes });
  }

  /** @param {Entry} entry */
  async #sendFile({ path, file }) {
    const index = this.#nextIndex++;
    const hasher = this.#createHasher();
    const size = file.size;
    this.#isSkipped = false;
    this.#handlers.onFile(path, size);
    this.#link.send({ type: 'file', index, path, size, mtime: file.lastModified });
    for (let at = 0; at < size && this.#goesOn; at += BLOCK_SIZE) {
      const block = await this.#read(file, path, at, Math.min(size, at + BLOCK_SIZE));
      hasher.update(block);
      await this.#sendBlock(block);
    }
    const sha256 = await hasher.hex();
    if (this.#isSkipped) {
      this.#link.send({ type: 'end', index, skipped: true });
    } else if (this.#state === 'sending') {
      this.#unconfirmed.set(index, { path, bytes: size });
      this.#files++;
      this.#bytes += size;
      this.#link.send({ type: 'end', index, bytes: size, sha256 });
    }
  }

  get #goesOn() {
    return this.#state === 'sending' && !this.#isSkipped;
  }

  /* A file that is not what it was when it was chosen can't be read (File API, section 4). */
  async #read(file, path, start, end) {
    try {
      const block = new Uint8Array(await file.slice(start, end).arrayBuffer());
      if (block.length === end - start)
        return block;
    } catch {
      // said below
    }
    throw new TransferError('file', `“${path}” can’t be read, or changed while it was sent`);
  }

  async #sendBlock(block) {
    const chunkSize = this.#link.chunkSize;
    for (let at = 0; at < block.length && this.#goesOn; at += chunkSize) {
      const chunk = block.subarray(at, at + chunkSize);
      await this.#link.waitForRoom();
      if (!this.#goesOn)
        return;
      this.#link.sendBytes(chunk);
      this.#handed += chunk.length;
    }
  }

  #fail(error) {
    if (this.#state === 'over')
      return;
    this.#state = 'over';
    this.#handlers.onFail(error instanceof TransferError ? error
      : new TransferError('failed', String(error?.message ?? error)));
  }
}
