# SPDX-License-Identifier: MPL-2.0
"""An address in bytes, in whatever form: as text in each spelling, as hexadecimal digits or base64,
as bytes in either order, inverted, and XORed as STUN does it (RFC 8489 section 14.2).

Four bytes turn up by chance in random ones: once in 2^32 places. So these forms are not looked for
where bytes are random by their meaning: in transaction ids, keyed hashes and tie-breakers of STUN,
and in what DTLS and TLS have encrypted. All other forms are looked for everywhere."""

import base64
import ipaddress
import re
import struct

_COOKIE = bytes.fromhex("2112a442")
# MESSAGE-INTEGRITY, its SHA-256, FINGERPRINT, ICE-CONTROLLED, -CONTROLLING.
_RANDOM_ATTRIBUTES = (0x0008, 0x001c, 0x8028, 0x8029, 0x802a)
_DTLS_RECORD = re.compile(rb"[\x14-\x19]\xfe[\xfd\xff](..)......(..)", re.DOTALL)
_TLS_RECORD = re.compile(rb"\x17\x03[\x01-\x03](..)", re.DOTALL)
_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/_-]{6,}")
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")


def _xor(data, key):
    return bytes(a ^ b for a, b in zip(data, key))


def _spell_v4(address):
    parts = str(address).split(".")
    backwards = parts[::-1]
    return {".".join(parts), "-".join(parts), ".".join(backwards), "-".join(backwards),
            ".".join(f"{int(part):03d}" for part in parts), str(int(address))}


def _spell_v6(address):
    padded = address.exploded.split(":")
    spellings = set()
    for groups in (padded, [group.lstrip("0") or "0" for group in padded]):
        spellings |= {":".join(groups), "-".join(groups)}
        for first in range(8):
            for last in range(first + 1, 9):
                if all(int(group, 16) == 0 for group in groups[first:last]):
                    spellings.add(":".join(groups[:first]) + "::" + ":".join(groups[last:]))
    nibbles = "".join(padded)
    return spellings | {".".join(nibbles[::-1]), str(int(address))}


def _alone(text):
    """A pattern of it where it is no part of a longer number."""
    digit = b"[0-9a-f:]" if ":" in text else b"[0-9]"
    return b"(?<!" + digit + b")" + re.escape(text.encode()) + b"(?!" + digit.replace(
        b":", b"") + b")"


class Secret:
    """An address that must not be seen, with words for it."""

    def __init__(self, name, address):
        self.name = name
        self.address = ipaddress.ip_address(address)
        raw = self.address.packed
        spell = _spell_v4 if self.address.version == 4 else _spell_v6
        self._texts = re.compile(b"|".join(map(_alone, sorted(spell(self.address)))),
                                 re.IGNORECASE)
        digits = raw.hex().encode()
        pairs = [digits[at:at + 2] for at in range(0, len(digits), 2)]
        self._digits = re.compile(b"|".join([digits, *(re.escape(mark).join(pairs)
                                                       for mark in (b":", b" ", b"-"))]),
                                  re.IGNORECASE)
        self._bytes = {"bytes": raw, "reversed bytes": raw[::-1],
                       "inverted bytes": _xor(raw, b"\xff" * 16)}
        if len(raw) == 4:
            self._bytes["bytes XORed with the cookie"] = _xor(raw, _COOKIE)

    def __repr__(self):
        return f"{self.name} ({self.address})"

    def find(self, data, masked, cookies):
        """The names of the forms in which it is in `data`; see find_secrets ()."""
        raw = self.address.packed
        found = []
        if self._texts.search(data):
            found.append("text")
        if self._digits.search(data):
            found.append("hexadecimal digits")
        haystack = masked if len(raw) == 4 else data
        found += [form for form, needle in self._bytes.items() if needle in haystack]
        if len(raw) == 16 and any(_xor(raw, data[at:at + 16]) in data for at in cookies
                                  if at + 16 <= len(data)):
            found.append("bytes XORed with cookie and transaction id")
        return found

    def is_in_base64(self, decoded):
        return self.address.packed in decoded


def _mask_stun(data, masked, at):
    """Blanks what is random in the STUN message whose cookie is at `at`."""
    masked[at + 4:at + 16] = bytes(len(masked[at + 4:at + 16]))
    if at < 4:
        return
    ends = min(at + 16 + struct.unpack_from("!H", data, at - 2)[0], len(data))
    place = at + 16
    while place + 4 <= ends:
        kind, size = struct.unpack_from("!HH", data, place)
        if kind in _RANDOM_ATTRIBUTES and place + 4 + size <= ends:
            masked[place + 4:place + 4 + size] = bytes(size)
        place += 4 + (size + 3) // 4 * 4


def _mask_records(data, masked):
    for record in _DTLS_RECORD.finditer(data):
        epoch, size = (int.from_bytes(record[number], "big") for number in (1, 2))
        if epoch != 0:
            masked[record.end():record.end() + size] = bytes(len(masked[record.end():
                                                                         record.end() + size]))
    for record in _TLS_RECORD.finditer(data):
        ends = record.end() + int.from_bytes(record[1], "big")
        masked[record.end():ends] = bytes(len(masked[record.end():ends]))


def _decode_runs(data):
    """What the data would be if it were base64, from each place on."""
    for run in _BASE64_RUN.finditer(data):
        text = run[0].translate(_TO_STANDARD)
        for skip in range(min(4, len(text))):
            rest = text[skip:]
            rest += b"A" * (-len(rest) % 4)
            yield base64.b64decode(rest)


def find_secrets(secrets, data):
    """[(secret, form)] of all that are in these bytes."""
    cookies, at = [], data.find(_COOKIE)
    masked = bytearray(data)
    _mask_records(data, masked)
    while at >= 0:
        cookies.append(at)
        _mask_stun(data, masked, at)
        at = data.find(_COOKIE, at + 1)
    masked = bytes(masked)
    found = [(secret, form) for secret in secrets for form in secret.find(data, masked, cookies)]
    decoded = b"\0\0\0".join(_decode_runs(masked))
    return found + [(secret, "base64") for secret in secrets if secret.is_in_base64(decoded)]
