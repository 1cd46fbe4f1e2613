// SPDX-License-Identifier: MPL-2.0
// What a signalling channel can do to a description on its way: forge fingerprints, choose DTLS
// roles, carry the candidates inside.

const lines = (sdp) => sdp.split(/\r?\n/).filter((line) => line !== '');
const join = (list) => list.join('\r\n') + '\r\n';
const isFingerprint = (line) => /^a=fingerprint:/i.test(line);

const eachFingerprint = (change) => (sdp) =>
  join(lines(sdp).flatMap((line) => (isFingerprint(line) ? change(line) : [line])));

const withHash = (name, size) => eachFingerprint(() => {
  const digits = Array.from({ length: size }, (_, i) => (i * 7 + 3).toString(16).padStart(2, '0'));
  return [`a=fingerprint:${name} ${digits.join(':').toUpperCase()}`];
});

const flipDigit = (line) => line.replace(/ ([0-9a-f])/i, (_, digit) =>
  ' ' + (Number.parseInt(digit, 16) ^ 1).toString(16).toUpperCase());

/** Forgeries after which no connection may open (RFC 8122 section 5, RFC 8827 section 6.5). */
export const FORGERIES = {
  'flipped digit': eachFingerprint((line) => [flipDigit(line)]),
  'no fingerprint': eachFingerprint(() => []),
  'md5 only': withHash('md5', 16),
  'sha-1 only': withHash('sha-1', 20),
  'unknown hash only': withHash('foo-1', 32),
};

/** Changes that must do no harm: RFC 8122 section 5 allows several fingerprints. */
export const HARMLESS = {
  'unknown hash beside the right one': eachFingerprint(
    (line) => ['a=fingerprint:foo-1 01:02:03:04', line]),
  'second certificate beside the right one': eachFingerprint(
    (line) => [flipDigit(line), line]),
};

/** The a=setup values of a description's sections, without repeats. */
export function setupRoles(sdp) {
  return [...new Set(lines(sdp).filter((line) => line.startsWith('a=setup:'))
    .map((line) => line.slice('a=setup:'.length)))];
}

/** Turns the offer's actpass into @role, which leaves the answerer the other one. */
export function forceSetup(sdp, role) {
  return sdp.replaceAll('a=setup:actpass', `a=setup:${role}`);
}

const NAT = 'udp-yes nat-yes map-apd filter-apd alloc-seq step-2 sure-high punch-yes';

/** Adds what Floe tells of its NAT (decision 21): to a candidate, or to a session and all in it. */
export const tellNatBeside = (candidate) => `${candidate} floe-nat 1.${NAT.replaceAll(' ', '.')}`;
export const tellNat = (sdp) => sdp.replace(/^m=/m, `a=floe-nat:1 ${NAT}\r\nm=`)
  .replace(/^a=candidate:.*$/gm, tellNatBeside);

/** Media sections as { kind, port, mid }, in order. */
export function sections(sdp) {
  const found = [];
  for (const line of lines(sdp)) {
    const media = /^m=(\w+) (\d+)/.exec(line);
    if (media)
      found.push({ kind: media[1], port: Number(media[2]), mid: null, direction: null });
    else if (line.startsWith('a=mid:') && found.length)
      found.at(-1).mid = line.slice('a=mid:'.length);
  }
  return found;
}

/** Puts trickled candidates and the end mark into the sections that they belong to. */
export function withCandidates(sdp, candidates) {
  const parts = sdp.split(/(?=^m=)/m);
  const mids = sections(sdp).map((section) => section.mid);
  for (const { candidate, sdpMid, sdpMLineIndex } of candidates) {
    const index = sdpMid == null ? sdpMLineIndex : mids.indexOf(sdpMid);
    if (candidate && parts[index + 1])
      parts[index + 1] += `a=${candidate.replace(/^a=/, '')}\r\n`;
  }
  return parts.map((part, index) =>
    (index === 1 ? part + 'a=end-of-candidates\r\n' : part)).join('');
}
