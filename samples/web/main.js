// SPDX-License-Identifier: MPL-2.0
// The page: from the address or a choice to a session, and from a session to what is shown.
//
// For tests: <body data-state> is one of start, opening, choose, invite, asking, offered, transfer,
// done, ended. By id:
//   start     start-send, code-input, code-submit, code-error
//   opening   opening-title, opening-text
//   choose    file-input, folder-input, choose-list, choose-sum, send
//   invite    invite-link, invite-copy, invite-code, invite-status, invite-stranger
//   asking    asking-list, asking-sum, asking-note, decline, accept-download, accept-stream
//   transfer  transfer-title, transfer-file, transfer-progress, transfer-bytes, transfer-rate
//   done      done-title, done-text, done-list, done-note, save-again (a link to the download)
//   ended     ended-title, ended-text, ended-detail; <body data-end> is the code of the error
// The path is in <body data-path>: direct or relay; who shows which addresses is in #privacy. Buttons that stop are
// section:not([hidden]) [data-action=stop], those back to the start have data-action=restart.

import { formatCode, generateSecret, parseCode, readInput } from './code.js';
import { formatAmount } from './format.js';
import { startHashWorker } from './hasher.js';
import { forgetDownload, ReceivingFlow } from './receiving.js';
import { SendingFlow } from './sending.js';
import { Session } from './session.js';
import { describePrivacy, explain } from './texts.js';
import { TransferError } from './transfer-error.js';
import { announce, element, setNote, setText, show } from './ui.js';

// What may go better when the same code is tried again.
const RETRIED = ['busy', 'unreachable', 'server-lost', 'lost', 'failed', 'timeout', 'no-room',
                 'full'];

/** @type {Session | null} */
let session = null;
/** @type {ReceivingFlow | SendingFlow | null} */
let flow = null;

function showEnd(error) {
  const { title, text, detail, calm } = explain(error);
  document.body.dataset.end = error.code;
  document.title = 'Floe';
  setText('ended-title', title);
  setNote('ended-text', text);
  setNote('ended-detail', detail);
  element('ended-icon').classList.toggle('calm', calm);
  element('retry').hidden = !history.state?.code
    || !RETRIED.includes(error.code);
  hidePath();
  announce(''); // what was under way is no news any more; the alert speaks
  show('ended');
}

function handleEnd(error) {
  flow?.abort();
  flow = null;
  session = null;
  showEnd(error);
}

function showOpening(title, text) {
  setText('opening-title', title);
  setText('opening-text', text);
  show('opening');
  announce(title);
}

async function showPath() {
  if (session)
    setNote('privacy', describePrivacy(session.privacy));
  const path = await session?.link?.path().catch(() => null);
  if (!path || !session)
    return;
  document.body.dataset.path = path;
  setText('path-text', path === 'direct' ? 'Connected directly, encrypted'
    : 'Connected through a relay, encrypted from end to end');
  element('path').hidden = false;
}

function hidePath() {
  element('path').hidden = true;
  setNote('privacy', '');
}

function handleInterruption(isInterrupted) {
  element('path').classList.toggle('interrupted', isInterrupted);
  if (isInterrupted)
    setText('path-text', 'Connection interrupted; waiting for it to come back');
  else
    showPath();
}

function handleDone() {
  document.title = 'Done · Floe';
  hidePath();
  if (flow instanceof ReceivingFlow)
    session?.endAfterPeer();
  else
    session?.end();
  session = null;
  flow = null;
}

/** Who was invited: takes the role that is left. @param {Uint8Array} secret */
function join(secret) {
  showOpening('Connecting…', 'Looking for the other side');
  session = new Session({
    secret, invites: false, role: null, server: new URL(location.href),
    handlers: {
      onWaiting: () => setText('opening-text', 'Waiting for the other side'),
      onConnecting: () => setText('opening-text', 'Found; opening a connection'),
      onStranger: () => {},
      onProved: (role) => handleProved(role),
      onInterruption: handleInterruption,
      onEnd: handleEnd,
    },
  });
}

function handleProved(role) {
  showPath();
  if (role === 'receive') {
    showOpening('Connected', 'Waiting to hear what there is');
    flow = new ReceivingFlow(session, handleDone);
  } else {
    flow ??= new SendingFlow();
    flow.choose('The other side waits for your files.', () => flow.start(session, handleDone));
  }
}

/** Who invites: has chosen what to send, and makes a code. @param {SendingFlow} sending */
function invite(sending) {
  const secret = generateSecret();
  const code = formatCode(secret);
  let isShown = false;
  const showInvitation = () => {
    setText('invite-amount', formatAmount(sending.source));
    setText('invite-status', 'Waiting for the other side…');
    element('invite-link').value = `${location.origin}/#${code}`;
    setText('invite-code', code);
    show('invite');
    if (!isShown)
      announce('The link is ready');
    isShown = true;
  };
  showOpening('Making a link…', '');
  setNote('invite-stranger', '');
  session = new Session({
    secret, invites: true, role: 'send', server: new URL(location.href),
    handlers: {
      onWaiting: showInvitation,
      onConnecting: () => setText('invite-status', 'Somebody is here; connecting…'),
      onStranger: (count) => {
        showInvitation();
        setNote('invite-stranger', count === 1 ? 'Somebody came who did not know the code, and was '
          + 'let go.' : `${count} came who did not know the code, and were let go.`);
      },
      onProved: () => {
        showPath();
        sending.start(session, handleDone);
      },
      onInterruption: handleInterruption,
      onEnd: handleEnd,
    },
  });
}

function showStart() {
  delete document.body.dataset.end;
  delete document.body.dataset.path;
  hidePath();
  document.title = 'Floe';
  show('start');
}

function stop() {
  if (session)
    session.fail(new TransferError('stopped', ''));
  else
    restart();
}

function restart() {
  forgetDownload();
  history.replaceState(null, '', location.pathname);
  flow = null;
  showStart();
}

/** @param {string} message */
function showCodeError(message) {
  setText('code-error', message);
  element('code-input').setAttribute('aria-invalid', String(message !== ''));
}

function handleCode() {
  const { secret, link } = readInput(element('code-input').value);
  if (!secret) {
    showCodeError('This is no code: a code has 26 letters and digits. Check that all were copied.');
  } else if (link && link.origin !== location.origin) {
    showCodeError(`This link belongs to another server: open it at ${link.host} instead.`);
  } else {
    showCodeError('');
    begin(formatCode(secret));
  }
}

/* The code stays with this entry of the tab's history, so that loading again works, but not in the
 * address bar, where it would be read over a shoulder or copied by mistake. */
function begin(code) {
  const secret = parseCode(code);
  history.replaceState({ code }, '', location.pathname);
  if (secret)
    join(secret);
  else {
    showStart();
    element('code-input').value = code;
    showCodeError('The link has no proper code in it. Check that all of it was copied.');
  }
}

async function copyLink() {
  const field = element('invite-link');
  field.select();
  // The clipboard API is missing on plain HTTP.
  const isCopied = navigator.clipboard
    ? await navigator.clipboard.writeText(field.value).then(() => true, () => false)
    : document.execCommand('copy');
  setText('invite-copy', isCopied ? 'Copied' : 'Copy');
  announce(isCopied ? 'Copied' : 'Press Control and C to copy the link');
  setTimeout(() => setText('invite-copy', 'Copy'), 2000);
}

function wire() {
  element('start-send').onclick = () => {
    const sending = new SendingFlow();
    flow = sending;
    sending.choose('', () => invite(sending));
  };
  element('code-form').onsubmit = (event) => {
    event.preventDefault();
    handleCode();
  };
  element('invite-link').onfocus = () => element('invite-link').select();
  element('invite-copy').onclick = copyLink;
  element('invite-share').hidden = !navigator.share;
  element('invite-share').onclick = () =>
    navigator.share({ url: element('invite-link').value }).catch(() => {});
  element('retry').onclick = () => location.reload();
  for (const button of document.querySelectorAll('[data-action="stop"]'))
    button.onclick = stop;
  for (const button of document.querySelectorAll('[data-action="restart"]'))
    button.onclick = restart;
  addEventListener('beforeunload', (event) => {
    if (!['invite', 'offered', 'transfer'].includes(document.body.dataset.state))
      return;
    event.preventDefault();
    event.returnValue = true; // browsers that do not look at preventDefault()
  });
  addEventListener('pagehide', () => session?.leave());
  addEventListener('hashchange', () => {
    if (!session && location.hash.length > 1)
      begin(location.hash.slice(1));
  });
}

function start() {
  const code = location.hash.slice(1) || history.state?.code;
  wire();
  if (typeof RTCPeerConnection === 'undefined' || typeof WebSocket === 'undefined') {
    showEnd(new TransferError('unsupported', ''));
    return;
  }
  startHashWorker();
  if (code)
    begin(code);
  else
    showStart();
}

start();
