// SPDX-License-Identifier: MPL-2.0
// The records of a zip file of stored (not compressed) entries: PKWARE's APPNOTE.TXT, sections
// 4.3.7 (local header), 4.3.12 (central directory), 4.3.14 to 4.3.16 (ends) and 4.5.3 (zip64).
// Pure: who calls it puts the records and the contents one after the other.

import { concat, utf8 } from './bytes.js';

const MAX_16 = 0xffff;
const MAX_32 = 0xffffffff;
const UTF8_NAMES = 0x0800; // general purpose flag, section 4.4.4 bit 11
const VERSION_FOLDERS = 20;
const VERSION_ZIP64 = 45;
const MADE_BY_UNIX = 3 << 8;
const ZIP64_EXTRA = 0x0001;
const TIMES_EXTRA = 0x5455; // Info-ZIP's extended timestamp: seconds since 1970
const UNIX_FILE = 0o100000;
const UNIX_FOLDER = 0o040000;
const DOS_FOLDER = 0x10;

/**
 * @typedef {object} ZipEntry
 * @property {string} path folders end in a slash
 * @property {number} size
 * @property {number} crc
 * @property {number | null} mode the lower nine permission bits
 * @property {number | null} mtime in ms since 1970
 */

/** Little-endian integers, given as [size in bytes, value], one after the other. */
function record(...fields) {
  const bytes = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2)
      view.setUint16(at, value, true);
    else if (size === 4)
      view.setUint32(at, value, true);
    else
      view.setBigUint64(at, BigInt(value), true);
    at += size;
  }
  return bytes;
}

/** Date and time as MS-DOS writes them, in local time; from 1980 on. */
function dosTime(mtime) {
  const date = new Date(mtime ?? Date.now());
  const year = date.getFullYear();
  if (!(year >= 1980 && year < 2108))
    return [0, 1 << 5 | 1];
  return [date.getHours() << 11 | date.getMinutes() << 5 | date.getSeconds() >> 1,
          year - 1980 << 9 | date.getMonth() + 1 << 5 | date.getDate()];
}

/** @param {[number, number][]} fields those that do not fit into their 32 bits */
const zip64Extra = (fields) =>
  (fields.length > 0 ? record([2, ZIP64_EXTRA], [2, 8 * fields.length], ...fields)
    : new Uint8Array());

function timesExtra(mtime) {
  const seconds = Math.floor((mtime ?? NaN) / 1000);
  if (!(Math.abs(seconds) < 2 ** 31))
    return new Uint8Array();
  return concat(record([2, TIMES_EXTRA], [2, 5]), Uint8Array.of(1), record([4, seconds]));
}

/** What local and central headers have in common, from the flags to the lengths. */
function commonFields({ size, crc, mtime }, name, extra) {
  const [time, day] = dosTime(mtime);
  const shown = Math.min(size, MAX_32);
  return [[2, UTF8_NAMES], [2, 0], [2, time], [2, day], [4, crc], [4, shown], [4, shown],
          [2, name.length], [2, extra.length]];
}

export class ZipWriter {
  #offset = 0;
  #central = [];
  #centralSize = 0;
  #count = 0;

  /**
   * The header that goes before the content of @entry, which follows.
   * @param {ZipEntry} entry
   */
  begin(entry) {
    const name = utf8(entry.path);
    const isBig = entry.size >= MAX_32;
    const wide = isBig ? [[8, entry.size], [8, entry.size]] : [];
    const extra = concat(zip64Extra(wide), timesExtra(entry.mtime));
    const header = concat(record([4, 0x04034b50], [2, isBig ? VERSION_ZIP64 : VERSION_FOLDERS],
                                 ...commonFields(entry, name, extra)), name, extra);
    this.#addCentral(entry, name, isBig);
    this.#offset += header.length + entry.size;
    return header;
  }

  #addCentral(entry, name, isBig) {
    const isFar = this.#offset >= MAX_32;
    const wide = [...(isBig ? [[8, entry.size], [8, entry.size]] : []),
                  ...(isFar ? [[8, this.#offset]] : [])];
    const extra = concat(zip64Extra(wide), timesExtra(entry.mtime));
    const isFolder = entry.path.endsWith('/');
    const mode = isFolder ? UNIX_FOLDER | (entry.mode ?? 0o755) : UNIX_FILE | (entry.mode ?? 0o644);
    const version = isBig || isFar ? VERSION_ZIP64 : VERSION_FOLDERS;
    const header = concat(
      record([4, 0x02014b50], [2, MADE_BY_UNIX | version], [2, version],
             ...commonFields(entry, name, extra), [2, 0], [2, 0], [2, 0],
             [2, isFolder ? DOS_FOLDER : 0], [2, mode], [4, Math.min(this.#offset, MAX_32)]),
      name, extra);
    this.#central.push(header);
    this.#centralSize += header.length;
    this.#count++;
  }

  /** What goes to the end of the file. @returns {Uint8Array[]} */
  end() {
    const start = this.#offset;
    const size = this.#centralSize;
    const count = this.#count;
    const records = [...this.#central];
    if (start >= MAX_32 || size >= MAX_32 || count >= MAX_16)
      records.push(
        record([4, 0x06064b50], [8, 44], [2, MADE_BY_UNIX | VERSION_ZIP64], [2, VERSION_ZIP64],
               [4, 0], [4, 0], [8, count], [8, count], [8, size], [8, start]),
        record([4, 0x07064b50], [4, 0], [8, start + size], [4, 1]));
    records.push(record([4, 0x06054b50], [2, 0], [2, 0], [2, Math.min(count, MAX_16)],
                        [2, Math.min(count, MAX_16)], [4, Math.min(size, MAX_32)],
                        [4, Math.min(start, MAX_32)], [2, 0]));
    return records;
  }
}
