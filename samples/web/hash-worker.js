// SPDX-License-Identifier: MPL-2.0
// The worker of hasher.js: takes {id, bytes} any number of times, then {id}, and answers {id, hex}.

import { Sha256 } from './sha256.js';

/** @type {Map<number, Sha256>} */
const hashes = new Map();

onmessage = ({ data: { id, bytes } }) => {
  const hash = hashes.get(id) ?? new Sha256();
  if (bytes) {
    hashes.set(id, hash.update(bytes));
    return;
  }
  hashes.delete(id);
  postMessage({ id, hex: hash.hex() });
};

postMessage('ready');
