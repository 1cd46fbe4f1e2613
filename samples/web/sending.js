// SPDX-License-Identifier: MPL-2.0
// Sending as the person sees it: choosing, waiting for the other side to accept, and progress.

import { formatAmount, formatCount } from './format.js';
import { createHasher } from './hasher.js';
import { Sender } from './sender.js';
import { entriesOfDrop, entriesOfFiles, Selection } from './source.js';
import { announce, describeSummary, element, fillList, ProgressView, setNote, setText, show }
  from './ui.js';

export class SendingFlow {
  #selection = new Selection();
  #source = null;
  #sender = null;
  #progress = null;
  #startedAt = 0;

  /** What was chosen. @returns {import('./source.js').Source} */
  get source() {
    return this.#source;
  }

  /**
   * Lets the person choose.
   * @param {string} note what to know before that
   * @param {() => void} onSend
   */
  choose(note, onSend) {
    const files = element('file-input');
    const folder = element('folder-input');
    setNote('choose-note', note);
    element('choose-files').onclick = () => files.click();
    element('choose-folder').onclick = () => folder.click();
    element('choose-folder').hidden = !('webkitdirectory' in folder);
    for (const input of [files, folder]) {
      input.onchange = () => {
        this.#add([entriesOfFiles(input.files)]);
        input.value = ''; // the same may be chosen again
      };
    }
    element('send').onclick = () => {
      this.#source = this.#selection.list();
      onSend();
    };
    this.#wireDrop();
    this.#update();
    show('choose');
  }

  /**
   * Offers what was chosen.
   * @param {import('./session.js').Session} session
   * @param {() => void} onDone the other side has it all
   */
  start(session, onDone) {
    this.#sender = new Sender({
      link: session.link, source: this.#source, createHasher,
      handlers: {
        onAccepted: () => this.#begin(),
        onFile: (path) => this.#progress.setFile(path),
        onFileDone: () => {},
        onDone: (summary) => {
          this.#finish(summary);
          onDone();
        },
        onFail: (error) => session.fail(error),
      },
    });
    session.attach(this.#sender);
    setText('offered-sum', formatAmount(this.#source));
    show('offered');
    announce('Waiting for the other side to accept');
    this.#sender.offer();
  }

  abort() {
    this.#progress?.stop();
    this.#sender?.abort();
  }

  #wireDrop() {
    const isChoosing = () => document.body.dataset.state === 'choose';
    document.ondragover = (event) => {
      event.preventDefault(); // or else the browser leaves the page for a file that is dropped
      element('drop').classList.toggle('over', isChoosing());
    };
    document.ondragleave = (event) => {
      if (!event.relatedTarget)
        element('drop').classList.remove('over');
    };
    document.ondrop = async (event) => {
      event.preventDefault();
      element('drop').classList.remove('over');
      if (!isChoosing())
        return;
      try {
        this.#add(await entriesOfDrop(event.dataTransfer));
      } catch {
        setNote('choose-left-out', 'Something of that can’t be read.');
      }
    };
  }

  #add(groups) {
    for (const entries of groups)
      this.#selection.add(entries);
    this.#update();
    announce(element('choose-sum').textContent);
  }

  #update() {
    const source = this.#selection.list();
    const { leftOut } = this.#selection;
    fillList('choose-list', source.items, {
      remove: (name) => {
        this.#selection.remove(name);
        this.#update();
        element('choose-files').focus();
      },
    });
    setText('choose-sum', this.#selection.isEmpty ? '' : formatAmount(source));
    setNote('choose-left-out', leftOut === 0 ? ''
      : `${formatCount(leftOut, 'file')} left out: too many, or with names that can’t be sent.`);
    element('send').disabled = this.#selection.isEmpty;
  }

  #begin() {
    this.#startedAt = performance.now();
    this.#progress = new ProgressView({
      title: 'Sending', total: this.#source.bytes, getBytes: () => this.#sender.bytes,
    });
  }

  #finish(summary) {
    this.#progress.stop();
    setText('done-title', 'Sent');
    setText('done-text', describeSummary(summary, (performance.now() - this.#startedAt) / 1000));
    fillList('done-list', this.#source.items);
    setNote('done-note', '');
    element('save-again').hidden = true;
    show('done');
    announce('Sent');
  }
}
