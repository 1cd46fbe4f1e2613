// SPDX-License-Identifier: MPL-2.0
// Numbers as people read them, and how fast something goes.

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
const WINDOW_MS = 5000;

/** @param {number | null} bytes */
export function formatSize(bytes) {
  let value = bytes;
  let unit = 0;
  if (bytes === null)
    return 'size not known';
  if (bytes === 1)
    return '1 byte';
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++)
    value /= 1000;
  return `${value < 9.95 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

/** @param {number} seconds */
export function formatDuration(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  const pad = (number) => String(number).padStart(2, '0');
  if (whole < 60)
    return `${whole} s`;
  if (whole < 3600)
    return `${Math.floor(whole / 60)}:${pad(whole % 60)} min`;
  return `${Math.floor(whole / 3600)}:${pad(Math.floor(whole % 3600 / 60))} h`;
}

/** @param {number} count @param {string} one @param {string} [many] */
export const formatCount = (count, one, many = `${one}s`) =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** "3 files, 12 MB". @param {{files: number | null, bytes: number | null}} of */
export const formatAmount = ({ files, bytes }) =>
  [files === null ? null : formatCount(files, 'file'), formatSize(bytes)]
    .filter(Boolean).join(', ');

/** The rate over the last seconds. */
export class RateMeter {
  #samples = [];

  /**
   * @param {number} bytes so far
   * @param {number} now in ms
   * @returns {number} bytes a second
   */
  add(bytes, now) {
    this.#samples.push({ bytes, now });
    while (this.#samples.length > 2 && now - this.#samples[0].now > WINDOW_MS)
      this.#samples.shift();
    const [first] = this.#samples;
    return now > first.now ? (bytes - first.bytes) / (now - first.now) * 1000 : 0;
  }
}
