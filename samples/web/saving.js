// SPDX-License-Identifier: MPL-2.0
// Where received bytes go: to the disk as they come, where this browser can and the person chose
// so, or into memory and then to where the browser keeps its downloads.

import { protocolError } from './transfer-error.js';
import { BlobStore, ZipStore } from './memory-store.js';
import { FileStore, FolderStore } from './disk-store.js';
import { makeSafe } from './paths.js';

const MEMORY_LIMIT = 1e9;
const SMALL_MEMORY_LIMIT = 5e8;

/** @typedef {import('./receiver.js').Offer} Offer */

/**
 * How many bytes can be gathered before they are saved. Browsers move them to the disk when they
 * are many, but on a small machine that goes wrong early.
 */
export function memoryLimit() {
  const memory = globalThis.navigator?.deviceMemory; // in GiB; secure contexts of some browsers
  const isSmall = memory ? memory < 4 : globalThis.matchMedia?.('(pointer: coarse)').matches;
  return isSmall ? SMALL_MEMORY_LIMIT : MEMORY_LIMIT;
}

/** Whether it is one file, and not a folder or several. @param {Offer} offer */
export const isSingleFile = ({ items, more, files }) =>
  items.length === 1 && more === 0 && items[0].kind === 'file' && (files ?? 1) === 1;

/** The name of a download for @offer. @param {Offer} offer */
export function downloadName(offer) {
  const [name] = makeSafe([offer.items[0]?.name ?? 'floe']);
  if (isSingleFile(offer))
    return name;
  return offer.items.length === 1 && offer.more === 0 ? `${name}.zip` : 'floe.zip';
}

/** Whether this browser can write to the disk as bytes come. @param {Offer} offer */
export const canStream = (offer) =>
  isSingleFile(offer) ? 'showSaveFilePicker' in globalThis : 'showDirectoryPicker' in globalThis;

/** @param {Offer} offer @returns {BlobStore | ZipStore} */
export function createDownload(offer) {
  if (offer.items.length === 0 && offer.more === 0)
    throw protocolError('The other side offers nothing');
  return isSingleFile(offer) ? new BlobStore(downloadName(offer), memoryLimit())
    : new ZipStore(downloadName(offer), memoryLimit());
}

/**
 * Asks the person where to; only within a click. Null when they changed their mind.
 * @param {Offer} offer
 * @returns {Promise<FileStore | FolderStore | null>}
 */
export async function chooseTarget(offer) {
  try {
    if (isSingleFile(offer))
      return new FileStore(await showSaveFilePicker({ suggestedName: downloadName(offer) }));
    return new FolderStore(await showDirectoryPicker({ id: 'floe', mode: 'readwrite' }));
  } catch (error) {
    if (error.name === 'AbortError')
      return null;
    throw error;
  }
}
