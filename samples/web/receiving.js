// SPDX-License-Identifier: MPL-2.0
// Receiving as the person sees it: what is offered, the question, progress, and the saved files.

import { formatAmount, formatSize } from './format.js';
import { createHasher } from './hasher.js';
import { Receiver } from './receiver.js';
import { canStream, chooseTarget, createDownload, isSingleFile, memoryLimit } from './saving.js';
import { TransferError } from './transfer-error.js';
import { announce, describeSummary, element, fillList, ProgressView, setNote, setText, show }
  from './ui.js';

const MAX_LISTED = 200;

/** Lets the browser have the memory of what was downloaded back. */
export function forgetDownload() {
  const link = element('save-again');
  URL.revokeObjectURL(link.href);
  link.removeAttribute('href');
}

export class ReceivingFlow {
  #session;
  #onDone;
  #receiver;
  #offer = null;
  #progress = null;
  #startedAt = 0;
  #saved = [];
  #savedCount = 0;
  #leftOut = 0;
  #store = null;

  /**
   * @param {import('./session.js').Session} session that has been proved
   * @param {() => void} onDone all is there
   */
  constructor(session, onDone) {
    this.#session = session;
    this.#onDone = onDone;
    this.#receiver = new Receiver({
      link: session.link, createHasher,
      handlers: {
        onOffer: (offer) => this.#ask(offer),
        onFile: (path) => this.#progress.setFile(path.join('/')),
        onFileDone: (path, bytes) => this.#note(path, bytes),
        onLeftOut: () => this.#leftOut++,
        onDone: (summary) => this.#finish(summary),
        onFail: (error) => session.fail(error),
      },
    });
    session.attach(this.#receiver);
  }

  abort() {
    this.#progress?.stop();
    this.#receiver.abort();
  }

  #ask(offer) {
    const canDownload = (offer.bytes ?? 0) <= memoryLimit();
    const canSave = canStream(offer);
    this.#offer = offer;
    if (!canDownload && !canSave) {
      this.#refuseTooMuch();
      return;
    }
    fillList('asking-list', offer.items, { more: offer.more });
    setText('asking-sum', formatAmount(offer));
    setNote('asking-note', this.#describeLimits(canDownload, canSave));
    this.#showChoices(canDownload, canSave);
    show('asking');
    announce(`Offered: ${formatAmount(offer)}`);
  }

  #showChoices(canDownload, canSave) {
    const download = element('accept-download');
    const stream = element('accept-stream');
    const isSingle = isSingleFile(this.#offer);
    download.hidden = !canDownload;
    stream.hidden = !canSave;
    download.classList.toggle('primary', !canSave);
    stream.classList.add('primary');
    download.textContent = canSave ? isSingle ? 'Download' : 'Download as zip' : 'Accept';
    stream.textContent = isSingle ? 'Save as…' : 'Save to a folder…';
    download.onclick = () => this.#accept(createDownload(this.#offer));
    stream.onclick = () => this.#acceptStream();
    element('decline').onclick = () => this.#decline();
  }

  #describeLimits(canDownload, canSave) {
    const limit = formatSize(memoryLimit());
    const notes = [];
    if (!canDownload)
      notes.push(`This is more than can be downloaded at once (${limit}), so it is written to `
        + 'where you say.');
    else if (this.#offer.bytes === null)
      notes.push(`The size is not known beforehand. ${canSave ? 'A download' : 'This browser'} `
        + `takes up to ${limit}.`);
    if (!isSingleFile(this.#offer) && canDownload && !canSave)
      notes.push('It will be saved as one zip file.');
    return notes.join(' ');
  }

  #refuseTooMuch() {
    const limit = formatSize(memoryLimit());
    const size = formatSize(this.#offer.bytes);
    this.#receiver.refuse(`The browser at the other end takes at most ${limit}`);
    this.#session.fail(new TransferError('too-big', `It is ${size}, and this browser takes at most `
      + `${limit} on this page.`), false);
  }

  #decline() {
    this.#receiver.refuse('');
    this.#session.fail(new TransferError('declined', ''), false);
  }

  async #acceptStream() {
    try {
      const store = await chooseTarget(this.#offer);
      if (store)
        this.#accept(store);
    } catch (error) {
      setNote('asking-note', `This place can’t be used: ${error.message}`);
    }
  }

  #accept(store) {
    this.#store = store;
    this.#startedAt = performance.now();
    this.#progress = new ProgressView({
      title: 'Receiving', total: this.#offer.bytes, getBytes: () => this.#receiver.bytes,
    });
    this.#receiver.accept(store);
  }

  #note(path, bytes) {
    this.#savedCount++;
    if (this.#saved.length < MAX_LISTED)
      this.#saved.push({ name: path.join('/'), kind: 'file', size: bytes, files: null });
  }

  #finish(summary) {
    const { blob, name } = this.#store;
    const seconds = (performance.now() - this.#startedAt) / 1000;
    this.#progress.stop();
    setText('done-title', 'Received');
    setText('done-text', describeSummary(summary, seconds));
    fillList('done-list', this.#saved, { more: this.#savedCount - this.#saved.length });
    setNote('done-note', this.#leftOut === 0 ? ''
      : 'Symbolic links were left out: a browser can’t make them.');
    show('done');
    announce('Received');
    element('save-again').hidden = !blob;
    if (blob)
      this.#download(blob, name);
    this.#onDone();
  }

  #download(blob, name) {
    const link = element('save-again');
    forgetDownload();
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
  }
}
