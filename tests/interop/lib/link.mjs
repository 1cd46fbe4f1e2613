// SPDX-License-Identifier: MPL-2.0
// The signalling between two peers: carries descriptions and candidates, and can hold, reorder
// and change them on the way.

import { withCandidates } from './sdp.mjs';

const isDescription = (event) => event.type === 'offer' || event.type === 'answer';
const isCandidate = (event) => typeof event.candidate === 'string';
const isEnd = (event) => isCandidate(event) && event.candidate === '';

const GATHERING_MS = 3000; // browsers may keep the end of candidates to themselves
const LATE_MS = 700;

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** How one direction delivers; each gets the events of the source and a function to pass on. */
const ORDERS = {
  /* as they come: the description first, candidates one by one */
  trickle: () => (event, pass) => pass(event),

  /* RFC 8838 section 12 allows a signalling channel that lets candidates overtake */
  candidatesFirst: (source) => {
    let description = null;
    return (event, pass) => {
      if (!isDescription(event))
        return pass(event);
      if (description)
        return pass(event);
      description = event;
      source.waitFor(isEnd, { what: 'end of candidates', ms: GATHERING_MS })
        .catch(() => {}).then(() => pass(description));
    };
  },

  /* all candidates well after the description */
  late: () => {
    let held = null;
    return (event, pass) => {
      if (isDescription(event)) {
        held ??= later(LATE_MS);
        return pass(event);
      }
      held ??= later(LATE_MS);
      held.then(() => pass(event));
    };
  },

  /* no trickle at all: everything inside the description */
  inside: (source) => {
    let done = false;
    return (event, pass) => {
      if (done)
        return pass(event);
      if (!isDescription(event))
        return;
      source.waitFor(isEnd, { what: 'end of candidates', ms: GATHERING_MS }).catch(() => {})
        .then(() => {
          done = true;
          pass({ ...event, sdp: withCandidates(event.sdp, source.events.filter(isCandidate)) });
        });
    };
  },
};

const same = (text) => text;

function carry(source, target, { order = 'trickle', change = same, changeCandidate = same }) {
  const deliver = ORDERS[order](source);
  const pass = (event) => target.send(
    isDescription(event) ? { ...event, sdp: change(event.sdp, event.type) }
      : isEnd(event) ? event
      : { ...event, candidate: changeCandidate(event.candidate) });
  return source.listen((event) => {
    if (isDescription(event) || isCandidate(event))
      deliver(event, pass);
  });
}

/**
 * Links two peers and lets @offerer begin. @toOfferer and @toAnswerer say how the signalling in
 * that direction delivers: { order, change, changeCandidate }.
 */
export function link(offerer, answerer, { offer = {}, toOfferer = {}, toAnswerer = {} } = {}) {
  const ends = [carry(offerer, answerer, toAnswerer), carry(answerer, offerer, toOfferer)];
  offerer.send({ cmd: 'offer', channels: [{ label: 'first' }], ...offer });
  return () => ends.forEach((end) => end());
}

export const opened = (label) => (event) => event.event === 'open' && event.label === label;

const failure = (event) => event.event === 'error'
  || (event.event === 'connectionstate' && event.state === 'failed');

/** Waits for @label to be open at both ends; gives both events, the offerer's first. */
export function openAtBoth(peers, label, ms = 15000) {
  return Promise.all(peers.map(async (peer) => {
    const fits = opened(label);
    const event = await peer.waitFor((one) => fits(one) || failure(one),
      { what: `open event of "${label}"`, ms });
    if (failure(event) && !peer.find(fits))
      throw new Error(`${peer.name} failed to open "${label}": ${event.message ?? event.state}`);
    return peer.find(fits);
  }));
}
