// SPDX-License-Identifier: MPL-2.0
// What is shown: one section of index.html at a time, filled in. Text of the other side goes
// through visible() and textContent only.

import { formatAmount, formatDuration, formatSize, RateMeter } from './format.js';
import { visible } from './paths.js';

const MAX_LISTED = 200;
const SVG = 'http://www.w3.org/2000/svg';
const ICONS = {
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  folder: 'M3 6h6l2 2.5h10V19H3z',
};

/** @param {string} id @returns {any} */
export const element = (id) => document.getElementById(id);

/** @param {string} id @param {string} text */
export function setText(id, text) {
  if (element(id).textContent !== text)
    element(id).textContent = text;
}

/** Text that goes away when it is empty. @param {string} id @param {string} text */
export function setNote(id, text) {
  setText(id, text);
  element(id).hidden = text === '';
}

/** What a screen reader says next. @param {string} text */
export function announce(text) {
  setText('live', text);
}

/**
 * Shows the section of @state, and puts the focus on its heading.
 * @param {string} state
 */
export function show(state) {
  document.body.dataset.state = state;
  for (const section of document.querySelectorAll('[data-state].card')) {
    const isShown = section.dataset.state === state;
    if (isShown && section.hidden) {
      section.hidden = false;
      section.querySelector('h1').focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    section.hidden = !isShown;
  }
}

/** @param {string} kind */
function makeIcon(kind) {
  const icon = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  icon.setAttribute('viewBox', '0 0 24 24');
  icon.setAttribute('width', '22');
  icon.setAttribute('height', '22');
  icon.setAttribute('class', 'icon');
  icon.setAttribute('role', 'img');
  icon.setAttribute('aria-label', kind);
  path.setAttribute('d', ICONS[kind]);
  icon.append(path);
  return icon;
}

/** @param {string} name @param {string} className */
function make(name, className) {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

/** @param {import('./receiver.js').Item} item */
function describe({ kind, files, size }) {
  return kind === 'folder' ? formatAmount({ files: files ?? null, bytes: size }) : formatSize(size);
}

/**
 * @param {import('./receiver.js').Item} item
 * @param {((name: string) => void) | undefined} remove
 */
function makeRow(item, remove) {
  const row = document.createElement('li');
  const name = document.createElement('bdi');
  const what = make('span', 'what');
  const size = make('span', 'size');
  name.textContent = visible(item.name);
  size.textContent = describe(item);
  what.append(name, size);
  row.append(makeIcon(item.kind), what);
  if (remove) {
    const button = make('button', 'remove');
    button.type = 'button';
    button.textContent = '×';
    button.setAttribute('aria-label', `Remove ${name.textContent}`);
    button.onclick = () => remove(item.name);
    row.append(button);
  }
  return row;
}

/**
 * Fills a list of files and folders.
 * @param {string} id
 * @param {import('./receiver.js').Item[]} items
 * @param {object} [options]
 * @param {number} [options.more] how many are not among them
 * @param {(name: string) => void} [options.remove]
 */
export function fillList(id, items, { more = 0, remove } = {}) {
  const rest = more + Math.max(0, items.length - MAX_LISTED);
  const rows = items.slice(0, MAX_LISTED).map((item) => makeRow(item, remove));
  if (rest > 0) {
    const row = make('li', 'rest');
    row.textContent = `and ${rest.toLocaleString('en')} more`;
    rows.push(row);
  }
  element(id).replaceChildren(...rows);
  element(id).hidden = rows.length === 0;
  element(id).tabIndex = rows.length > 5 ? 0 : -1; // it may have to be scrolled
}

/** Progress in figures and as a bar, five times a second. */
export class ProgressView {
  #meter = new RateMeter();
  #timer;
  #announced = 0;
  // A phone that goes to sleep takes the connection with it. Secure contexts only.
  #wakeLock = navigator.wakeLock?.request('screen').catch(() => null);

  /**
   * @param {object} options
   * @param {'Receiving' | 'Sending'} options.title
   * @param {number | null} options.total in bytes
   * @param {() => number} options.getBytes
   */
  constructor({ title, total, getBytes }) {
    setText('transfer-title', title);
    setText('transfer-file', '');
    show('transfer');
    announce(title);
    const update = () => this.#update(getBytes(), total);
    this.#timer = setInterval(update, 200);
    update();
  }

  /** @param {string} path */
  setFile(path) {
    const name = document.createElement('bdi');
    name.textContent = visible(path);
    element('transfer-file').replaceChildren(name);
  }

  stop() {
    clearInterval(this.#timer);
    this.#wakeLock?.then((lock) => lock?.release());
  }

  #update(bytes, total) {
    const rate = this.#meter.add(bytes, performance.now());
    const bar = element('transfer-progress');
    const part = total ? Math.min(1, bytes / total) : null;
    setText('transfer-bytes',
            total === null ? formatSize(bytes) : `${formatSize(bytes)} of ${formatSize(total)}`);
    setText('transfer-rate', [rate > 0 ? `${formatSize(rate)}/s` : '',
                              rate > 0 && total > bytes
                                ? `${formatDuration((total - bytes) / rate)} left` : '']
      .filter(Boolean).join(' · '));
    setText('transfer-percent', part === null ? '' : `${Math.floor(part * 100)} %`);
    if (part === null)
      bar.removeAttribute('value');
    else
      bar.value = part;
    document.title = part === null ? 'Floe' : `${Math.floor(part * 100)} % · Floe`;
    if (part !== null && Math.floor(part * 4) > this.#announced) {
      this.#announced = Math.floor(part * 4);
      announce(`${this.#announced * 25} percent`);
    }
  }
}

/**
 * @param {{files: number, bytes: number}} summary
 * @param {number} seconds
 */
export const describeSummary = (summary, seconds) =>
  `${formatAmount(summary)} in ${formatDuration(seconds)}. All checksums agree.`;
