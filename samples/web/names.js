// SPDX-License-Identifier: MPL-2.0
// Names that were given out in one transfer: no two things get the same one, whatever the sender
// says and however the file system folds names.

import { numberedName } from './paths.js';
import { protocolError } from './transfer-error.js';

/** @param {string} path */
const fold = (path) => path.normalize('NFC').toLowerCase();

export class NameRegister {
  /** @type {Map<string, 'file' | 'folder'>} */
  #taken = new Map();
  /** @type {Map<string, number>} the number that was given last */
  #numbers = new Map();

  /**
   * The path to use for a file: @path, or one with a number.
   * @param {string[]} path
   */
  addFile(path) {
    const folder = path.slice(0, -1);
    let name = path.at(-1);
    this.addFolder(folder);
    if (this.#taken.has(fold(path.join('/')))) {
      const key = fold(path.join('/'));
      let number = this.#numbers.get(key) ?? 0;
      do
        name = numberedName(path.at(-1), ++number);
      while (this.#taken.has(fold([...folder, name].join('/'))));
      this.#numbers.set(key, number);
    }
    this.#taken.set(fold([...folder, name].join('/')), 'file');
    return [...folder, name];
  }

  /**
   * Whether the folder is new; the folders that it is in may be, too.
   * @param {string[]} path
   */
  addFolder(path) {
    let isNew = false;
    for (let i = 1; i <= path.length; i++) {
      const key = fold(path.slice(0, i).join('/'));
      if (this.#taken.get(key) === 'file')
        throw protocolError('The other side puts something into what is a file');
      isNew = !this.#taken.has(key);
      this.#taken.set(key, 'folder');
    }
    return isNew;
  }
}
