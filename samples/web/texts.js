// SPDX-License-Identifier: MPL-2.0
// What the page says when a transfer ended before it was done: by the code of a TransferError.

import { visible } from './paths.js';

/** @type {Record<string, {title: string, text: string, calm?: boolean}>} */
const ENDS = {
  'no-room': {
    title: 'Nobody is waiting here',
    text: 'The code may be mistyped, the link may be an old one, or the other side has left. Ask '
      + 'for a new link. If you wanted to send from here: this server may be open for one transfer '
      + 'only.',
  },
  full: {
    title: 'Somebody else is connected already',
    text: 'This link is for one person, and it is in use. If that was not you, ask for a new link.',
  },
  dismissed: {
    title: 'The other side let you go',
    text: 'The code does not match. Check the link, or ask for a new one.',
  },
  authentication: {
    title: 'The code does not match',
    text: 'Nothing was sent. Check that the whole link was copied, or ask for a new one. If the '
      + 'link is right, somebody between the two of you may be interfering.',
  },
  strangers: {
    title: 'Too many did not know the code',
    text: 'Five came to this link and could not prove that they know the code. Nothing was sent. '
      + 'Make a new link; if it happens again, somebody at the server may be interfering.',
  },
  busy: { title: 'The server is busy', text: 'Wait a minute, then try again.' },
  unreachable: {
    title: 'The server does not answer',
    text: 'The program that made this link may have ended, or the network is down.',
  },
  'server-lost': {
    title: 'The server was lost',
    text: 'It went away before the two of you were connected. Try again, or ask for a new link.',
  },
  refused: {
    title: 'The other side declined', text: 'Nothing was sent.', calm: true,
  },
  declined: { title: 'You declined', text: 'Nothing was received.', calm: true },
  stopped: { title: 'Stopped', text: 'The transfer was stopped here.', calm: true },
  interrupted: { title: 'The other side stopped', text: 'The transfer was not completed.' },
  'too-big': {
    title: 'Too big for this browser',
    text: 'There is more than this browser can take. Receive it with the floe program instead.',
  },
  lost: {
    title: 'The connection was lost',
    text: 'The other side may have closed its window or lost its network.',
  },
  timeout: { title: 'Nothing happened for too long', text: 'Try again with a new link.' },
  integrity: {
    title: 'Something arrived damaged', text: 'It was not kept. Try again with a new link.',
  },
  file: { title: 'A file could not be read or saved', text: '' },
  'no-relay': {
    title: 'There is no relay',
    text: 'This server asks for connections that go through a relay only, so that nobody sees '
      + 'addresses, but names no relay. Tell whoever runs it to give floe serve a --turn.',
  },
  unsupported: {
    title: 'This browser can’t do this',
    text: 'It has no WebRTC, or it is switched off. Use a current Firefox, Chrome, Edge or Safari, '
      + 'or the floe program.',
  },
};

/** What the other side's program shows of its addresses, by its level. @type {Record<string, string>} */
const LEVELS = {
  open: 'all addresses of its device',
  'default-route': 'the addresses that it has on its way to the internet',
  obfuscated: 'its public address, and the others on the same network only',
  'no-host': 'its public address, and none of its own network',
  'relay-only': 'no address, only that of a relay',
};

/**
 * What each end shows the other of its addresses, in words.
 * @param {object} privacy
 * @param {boolean} privacy.isRelayOnly this page uses relays only
 * @param {string | null} privacy.peer the level that the other side has named
 */
export function describePrivacy({ isRelayOnly, peer }) {
  const own = isRelayOnly ? 'Relay only: this browser shows the other side no address.'
    : 'Not relay only: this browser may show the other side its public address.';
  const known = peer !== null && Object.hasOwn(LEVELS, peer);
  return known ? `${own} The other side (${peer}) shows ${LEVELS[peer]}.` : own;
}

const OTHER = { title: 'It did not work', text: 'Try again with a new link.' };

/**
 * @param {import('./transfer-error.js').TransferError} error
 * @returns {{title: string, text: string, detail: string, calm: boolean}}
 */
export function explain(error) {
  const { title, text, calm } = (Object.hasOwn(ENDS, error.code) && ENDS[error.code]) || OTHER;
  const said = visible(error.message);
  const detail = said && error.fromPeer ? `The other side says: ${said}` : said;
  return { title, text, detail, calm: calm ?? false };
}
