// SPDX-License-Identifier: MPL-2.0
// Folders to send, and whether two are the same.

import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes @size random bytes to @path and returns it. */
export function makeFile(path, size) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, randomBytes(size));
  return path;
}

/** Makes a file of @size zeros that takes no room and returns @path. */
export function makeHole(path, size) {
  writeFileSync(path, '');
  truncateSync(path, size);
  return path;
}

/** Fills @root with files of several sizes, depths and scripts and returns it. */
export function makeTree(root) {
  const sizes = {
    'empty.txt': 0,
    'one byte': 1,
    '.hidden': 12,
    'a/b/c/deep.bin': 70000,
    'a/Grüße aus Köln.txt': 300,
    'a/日本語/ファイル.dat': 65536,
    'مرحبا/ملف.txt': 5000,
    'big.bin': 5 * 1024 * 1024 + 3,
  };
  for (const [name, size] of Object.entries(sizes))
    makeFile(join(root, name), size);
  return root;
}

export function sha256(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Paths beneath @root with their hashes, sorted, a file a line. */
export function listTree(root) {
  const lines = [];
  const visit = (folder, prefix) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        visit(path, `${prefix}${entry.name}/`);
      else
        lines.push(`${prefix}${entry.name} ${sha256(path)}`);
    }
  };
  visit(root, '');
  return lines.sort();
}
