// SPDX-License-Identifier: MPL-2.0
// Paths and names of the other side: which are allowed, and how they are made safe to use and to
// show (docs/protocol.md section 4).

import { utf8Size } from './bytes.js';

const MAX_PATH_SIZE = 4096;
const MAX_SEGMENT_SIZE = 255;
const MAX_SEGMENTS = 64;
const MAX_SHOWN = 255;

// Control and format characters (those that turn the direction of text among them), halves of
// characters, characters that are none, and line ends: a file manager does more with them than show
// them. Backslashes separate folders elsewhere.
const ACTIVE = /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/gu;
const ACTIVE_OR_BACKSLASH = /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\\]/gu;

/** @param {string} segment */
function isSegment(segment) {
  return segment !== '' && segment !== '.' && segment !== '..' && !segment.includes('\0')
    && utf8Size(segment) <= MAX_SEGMENT_SIZE;
}

/**
 * The segments of @path, or null if it breaks the rules.
 * @param {unknown} path
 * @returns {string[] | null}
 */
export function splitPath(path) {
  if (typeof path !== 'string' || path.length > MAX_PATH_SIZE || utf8Size(path) > MAX_PATH_SIZE)
    return null;
  const segments = path.split('/');
  return segments.length <= MAX_SEGMENTS && segments.every(isSegment) ? segments : null;
}

/**
 * Segments with what is active in them turned into '_', and so a dot at the very beginning.
 * @param {string[]} segments
 */
export function makeSafe(segments) {
  const safe = segments.map((segment) => segment.replace(ACTIVE_OR_BACKSLASH, '_'));
  safe[0] = safe[0].replace(/^\./, '_');
  return safe;
}

/**
 * Whether a link may stand at @segments and point to @target: relative, '..' only at its beginning,
 * and not out of its topmost folder.
 * @param {string[]} segments
 * @param {unknown} target
 */
export function isLinkAllowed(segments, target) {
  if (typeof target !== 'string' || segments.length < 2 || utf8Size(target) > MAX_PATH_SIZE)
    return false;
  const parts = target.split('/');
  const climbs = parts.findIndex((part) => part !== '..');
  const rest = climbs < 0 ? [] : parts.slice(climbs);
  return rest.every(isSegment) && parts.length - rest.length <= segments.length - 2;
}

/**
 * @text as it can be shown: what is active is spelled out, the rest is cut to a length.
 * @param {string} text
 */
export function visible(text) {
  const cut = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return cut.replace(ACTIVE, (character) =>
    `‹${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}›`);
}

/**
 * @name with @number before its extension: "photo.jpg" becomes "photo (1).jpg".
 * @param {string} name
 * @param {number} number
 */
export function numberedName(name, number) {
  const dot = name.lastIndexOf('.');
  const at = dot > 0 ? dot : name.length;
  return `${name.slice(0, at)} (${number})${name.slice(at)}`;
}
