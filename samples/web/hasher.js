// SPDX-License-Identifier: MPL-2.0
// SHA-256 of content: in a worker, so that the page stays smooth, or here as long as there is none
// (browsers without module workers).

import { Sha256 } from './sha256.js';

/**
 * @typedef {object} Hasher
 * @property {(bytes: Uint8Array) => void} update
 * @property {() => Promise<string>} hex the digits of all that was given; the end of this hasher
 */

/** @type {Worker | null} that has said that it is there */
let worker = null;
let nextId = 0;
/** @type {Map<number, {resolve: (hex: string) => void, reject: (error: Error) => void}>} */
const waiting = new Map();

function loseWorker() {
  worker?.terminate();
  worker = null;
  for (const { reject } of waiting.values())
    reject(new Error('The worker that computes checksums failed'));
  waiting.clear();
}

/** Starts the worker, if this browser has such. Hashers made before it is there do without. */
export function startHashWorker() {
  let candidate;
  try {
    candidate = new Worker(new URL('./hash-worker.js', import.meta.url), { type: 'module' });
  } catch {
    return;
  }
  candidate.onerror = () => (worker === candidate ? loseWorker() : candidate.terminate());
  candidate.onmessage = ({ data }) => {
    worker = candidate;
    candidate.onmessage = ({ data: { id, hex } }) => {
      waiting.get(id)?.resolve(hex);
      waiting.delete(id);
    };
    console.assert(data === 'ready');
  };
}

/** @returns {Hasher} */
export function createHasher() {
  const home = worker;
  const id = nextId++;
  const local = new Sha256();
  if (!home)
    return { update: (bytes) => void local.update(bytes), hex: async () => local.hex() };
  return {
    update: (bytes) => home.postMessage({ id, bytes }),
    hex: () => new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      home.postMessage({ id });
      if (home !== worker)
        reject(new Error('The worker that computes checksums failed'));
    }),
  };
}
