# SPDX-License-Identifier: MPL-2.0
"""One connection of alice's at a privacy level, from before her program starts until after it has
ended, and what was seen of it: on the wire, in what she signalled, and in what she was told."""

import json
import re

from lab import World
from pairs import log
from pairs.peer import Peer
from wire import Secret, Watcher, find_secrets

from . import acts
from .places import MDNS_GROUPS, WORLD, Places, addresses_in, names_in
from .table import SHOWN, may_signal

_DNS_PORT = 53
_NOBODYS = {"0.0.0.0", "::", "127.0.0.1", "::1"}
_CANDIDATE = re.compile(
    r"(candidate:\S+ \d+ \S+ \d+ (\S+) \d+ typ (\w+)( raddr \S+ rport \d+)?)")


class _Lines(log.Nothing):
    """What alice wrote and was given, and what she logged."""

    def __init__(self, folder):
        self.folder, self.written, self.given = folder, [], []

    def errors(self, name):
        return open(f"{self.folder}/{name}.stderr", "wb")

    def note(self, name, direction, line):
        if name == "alice":
            (self.written if direction == ">" else self.given).append(line)

    def logged(self, name):
        """Floe's part: libnice's debugging messages have addresses whatever Floe does."""
        with open(f"{self.folder}/{name}.stderr", encoding="utf-8", errors="replace") as file:
            return "".join(line for line in file if "libnice" not in line)


class Visit:
    """What is left of it. Sets hold keys of DESTINATIONS and SHOWN; those that are `excused` need
    not be among them."""

    def __init__(self, level, places, watcher, lines, excused=()):
        self.level, self.places, self.excused = level, places, set(excused)
        self._watcher, self._lines = watcher, lines
        messages = [json.loads(line) for line in lines.written]
        self.signaled = "\n".join(line for line, message in zip(lines.written, messages)
                                  if "event" not in message)
        self.told = "\n".join(line for line, message in zip(lines.written, messages)
                              if "event" in message)
        self.log = lines.logged("alice")
        self.given = "\n".join(lines.given)
        # Behind the same NAT the peer has the same public address, and tells it.
        for address in addresses_in(self.given):
            places.own.pop(address, None)

    def destinations(self):
        """{key: an example}; what is not known has a key of its own."""
        found = {}
        for frame in self._watcher.outgoing():
            for key in self._name(frame):
                found.setdefault(key, f"{frame.protocol} by {frame.interface} from {frame.source} "
                                      f"to {frame.destination} {frame.asks} "
                                      f"{frame.payload[:64].hex()}")
        return found

    def _name(self, frame):
        is_of_kernel = frame.protocol in ("arp", "ndp", "mld", "igmp")
        for address in frame.asks if is_of_kernel else [frame.destination[0]]:
            key = self.places.name(address, frame.destination[1])
            if key == "link" or (is_of_kernel and self.places.is_of_link(address)):
                continue
            yield key or f"unknown {address}"
            if not self.places.is_default(frame.interface, frame.time):
                yield "interface"

    def dns_names(self):
        """The names that were asked for."""
        return {_read_question(frame.payload) for frame in self._watcher.outgoing()
                if frame.destination[1] == _DNS_PORT and frame.protocol in ("udp", "tcp")}

    def shown(self, text):
        """The keys of alice's own addresses in it, and of what else of SHOWN is."""
        found = {self.places.own[address] for address in addresses_in(text)
                 if address in self.places.own}
        if names_in(text) - names_in(self.given):
            found.add("name")
        if "floe-nat" in text:
            found.add("nat")
        return found

    def logged_addresses(self):
        """Those that the log has at full length, which it never should."""
        return addresses_in(self.log) - _NOBODYS

    def strangers(self, text):
        """Addresses that are neither alice's, nor nobody's, nor were given to her. She may see
        where the peer's packets come from, unless it has names in place of addresses."""
        hides = names_in(self.given) - {acts.NOBODYS_NAME}
        return (addresses_in(text) - _NOBODYS - set(self.places.own) - addresses_in(self.given)
                - (set() if hides else self.places.peers_own))

    def wrong_candidates(self):
        """Those that were signalled and have what the level hides, by their form."""
        hides = not SHOWN["own"].may(self.level)
        for text, address, kind, related in _CANDIDATE.findall(self.signaled):
            is_named = kind != "host" or not hides or address.endswith(".local")
            is_bare = not hides or related in ("", " raddr 0.0.0.0 rport 9", " raddr :: rport 9")
            if not (may_signal(kind, self.level) and is_named and is_bare):
                yield text

    def _secrets(self):
        return [Secret(SHOWN[key].words, address) for address, key in self.places.own.items()
                if not SHOWN[key].may(self.level)]

    def leaks(self):
        """What the level hides and was in packets, the first of each kind."""
        first = {}
        for leak in self._watcher.leaks(self._secrets(), self._may_hold):
            first.setdefault((leak.secret, leak.form, leak.frame.interface,
                              leak.frame.destination), leak)
        return list(first.values())

    def _may_hold(self, secret, frame):
        """Answers to questions for names have what the names stand for. And what is asked of
        servers may have the address that the packet comes from, if it is public: NAT discovery has
        a TURN server send something there, and above the servers see the same."""
        if self.level == "obfuscated" and frame.destination[0] in MDNS_GROUPS:
            return self.places.own[str(secret.address)] == "own"
        return (self.places.own[str(secret.address)] == "own-global"
                and self.level != "relay-only" and frame.source[0] == str(secret.address)
                and self.places.name(*frame.destination) in ("stun", "turn"))

    def written_leaks(self):
        """The same of what alice wrote and logged, in any form."""
        return [(secret, form, what) for what, text in
                (("signaling", self.signaled), ("events", self.told), ("the log", self.log))
                for secret, form in find_secrets(self._secrets(), text.encode())]


def _read_question(message):
    labels, place = [], 12
    while place < len(message) and message[place] != 0:
        labels.append(message[place + 1:place + 1 + message[place]].decode("ascii", "replace"))
        place += 1 + message[place]
    return ".".join(labels).lower()


def visit(level, is_offerer, other="floe", transport="udp", moves=False, is_near=False,
          policy=False):
    """The Visit of a Floe at that level that offers, or answers, with another program, and has a
    TURN server over that transport. With `moves` the interface of its default route goes away;
    with `is_near` the other one is in the same network, and a Floe at the same level; and with
    `policy` the transport policy is relay and the level is open."""
    options = ["--relay-only"] if policy else ["--privacy", level]
    with World(WORLD.format("wifi" if is_near else "home-b")) as world:
        mine, theirs = acts.start_servers(world, transport)
        if is_near and other == "floe":
            theirs += options
        places, lines = Places(world, transport == "proxy"), _Lines(world.folder)
        watcher = Watcher(world["alice"])
        alice = bob = None
        try:
            alice = Peer(world["alice"], "floe", lines, *options,
                         "--verbose", *(["--no-echo"] if is_offerer else []), *mine)
            bob = Peer(world["bob"], other, lines, *([] if is_offerer else ["--no-echo"]), *theirs)
            if transport == "dead":
                acts.try_in_vain(world, places, alice, bob, is_offerer)
            else:
                acts.live(world, places, alice, bob, is_offerer, moves)
            acts.end(alice)
            watcher.end()
        finally:
            for peer in (alice, bob):
                if peer is not None:
                    peer.end()
        # The proxy is reached by its address, from a dead server no relay comes, and who is near is
        # found before others are tried.
        excused = {"proxy": ["dns"], "dead": ["own-relay"]}.get(transport, [])
        excused += ["neighbour", "public", "own-public"] if is_near else []
        return Visit(level, places, watcher, lines, excused)
