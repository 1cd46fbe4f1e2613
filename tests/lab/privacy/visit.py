# SPDX-License-Identifier: MPL-2.0
"""One connection of alice's at a privacy level, from before her program starts until after it has
ended, and what was seen of it: on the wire, in what she signalled, and in what she was told."""

import contextlib
import json
import os
import re
import subprocess
import sys
import time

from lab import Coturn, Dns, World
from pairs import log
from pairs.peer import Peer, introduce
from wire import Secret, Watcher, find_secrets

from .places import LATE_ADDRESSES, MDNS_GROUPS, NAMES, WORLD, Places, addresses_in, names_in
from .table import SHOWN, may_signal

PATIENCE = 60
# How long is looked: for tries of other paths, after a change of the network, after the end.
_LOOK_SECONDS, _CHANGE_SECONDS, _END_SECONDS = 2.5, 1.5, 0.3
_MESSAGE_SIZE = 20000
_SIGNALING_SECONDS = 0.02
NOBODYS_NAME = "5e0a27c1-6f1e-4c5a-9d55-0c3e2a1b9f77.local"
_DNS_PORT = 53
_CANDIDATE = re.compile(
    r"(candidate:\S+ \d+ \S+ \d+ (\S+) \d+ typ (\w+)( raddr \S+ rport \d+)?)")
_PROXY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "suite", "connect_proxy.py")
_PROXY_PORT = 3128


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
        asked = frame.asks
        if frame.protocol not in ("arp", "ndp", "mld", "igmp"):
            asked = [frame.destination[0]]
        for address in asked:
            key = self.places.name(address, frame.destination[1])
            if key == "link" or (key is None and self.places.is_of_link(address)):
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

    def strangers(self, text):
        """Addresses that are neither alice's, nor nobody's, nor were given to her."""
        return addresses_in(text) - {"0.0.0.0", "::", "127.0.0.1"} - set(self.places.own) \
            - addresses_in(self.given)

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
        """Answers to questions for names have what the names stand for."""
        return (self.level == "obfuscated" and frame.destination[0] in MDNS_GROUPS
                and self.places.own[str(secret.address)] == "own")

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


def _start_proxy(host):
    process = host.start([sys.executable, _PROXY, str(_PROXY_PORT)], stdout=subprocess.PIPE,
                         text=True)
    host.world.exit_stack.callback(process.stdout.close)
    if process.stdout.readline() != "ready\n":
        raise RuntimeError("the proxy does not start")


def _start_servers(world, transport):
    """(alice's options, bob's)"""
    Coturn(world["stun"], tls=False)
    mine = Coturn(world["turn-a"], tls=transport == "tls")
    theirs = Coturn(world["turn-b"], tls=False)
    dns = Dns(world["dns"], names={name: [world[host].address(family) for family in (4, 6)]
                                   for name, host in NAMES.items()})
    world["alice"].use_dns(dns.address)
    user, password = mine.credentials()
    login = ["--ice-user", user, "--ice-pass", password]
    url = f"turn:turn-a.floe.test:3478?transport={transport}"
    if transport == "tls":
        login += ["--tls-ca", mine.certificate]
        url = "turns:turn-a.floe.test:5349?transport=tcp"
    elif transport == "proxy":
        # By its address: a name would be the proxy's to resolve, and this one knows none.
        _start_proxy(world["proxy"])
        login += ["--proxy", f"http://{world['proxy'].address()}:{_PROXY_PORT}"]
        url = mine.url("turn", "tcp")
    return (["--ice-server", "stun:stun.floe.test:3478", "--ice-server", url, *login],
            ["--ice-server", f"stun:{world['stun'].address()}:3478", "--ice-server",
             theirs.url("turn", "udp"), *login[:4]])


def _lure(peer, world):
    """Candidates as a peer may send them that wants to know who is on alice's link."""
    neighbour = world["neighbour"]
    for number, (protocol, address, more) in enumerate((
            ("udp", neighbour.address(), ""), ("udp", neighbour.address(6), ""),
            ("tcp", neighbour.address(), " tcptype passive"), ("udp", NOBODYS_NAME, ""))):
        candidate = (f"candidate:900{number} 1 {protocol} {2130706431 - number} {address} "
                     f"{5000 + number} typ host{more}")
        peer.say(candidate=candidate, sdpMid="0", sdpMLineIndex=0)


def _converse(caller, called):
    caller.say(cmd="send", label="chat", size=_MESSAGE_SIZE)
    for peer in (called, caller):
        peer.wait("message", time.monotonic() + PATIENCE)


def _ip(host, lines):
    for line in lines:
        done = host.run(["ip", *line.split()])
        if done.returncode != 0:
            raise AssertionError(f"ip {line}: {done.stdout}")


@contextlib.contextmanager
def _late_interface(host, places):
    _ip(host, ["link add late0 type veth peer name late1", "link set late1 up",
               *(f"address add {address}/{'64 nodad' if ':' in address else '24'} dev late0"
                 for address in LATE_ADDRESSES), "link set late0 up"])
    places.look_at(host)
    yield
    _ip(host, ["link delete late0"])


def _lose_default_route(world, places):
    """From now on the other interface has it, and what the level grants is granted for that one."""
    with places.move():
        _ip(world["alice"], [f"link set {places.default_interface} down"])


def _live(world, places, alice, bob, is_offerer, moves):
    """From ready to closed."""
    caller, called = (alice, bob) if is_offerer else (bob, alice)
    until = time.monotonic() + PATIENCE
    for peer in (alice, bob):
        peer.wait("ready", until)
    introduce(caller, called, _SIGNALING_SECONDS)
    _lure(alice, world)
    caller.say(cmd="offer", channels=[{"label": "chat"}])
    for peer in (caller, called):
        peer.wait("open", time.monotonic() + PATIENCE)
    _converse(caller, called)
    time.sleep(_LOOK_SECONDS)
    with _late_interface(world["alice"], places):
        time.sleep(_CHANGE_SECONDS)
        _converse(caller, called)
    if moves:
        _lose_default_route(world, places)
        _converse(caller, called)
    if bob.kind == "chromium":
        # Which Floe refuses so far: see that nothing follows from it.
        bob.say(cmd="offer", iceRestart=True)
        time.sleep(_CHANGE_SECONDS)
    for what in ("pair", "metrics"):
        alice.say(cmd=what)
        alice.wait(what, time.monotonic() + PATIENCE)
    alice.say(cmd="close")
    alice.process.wait(PATIENCE)
    time.sleep(_END_SECONDS)


def visit(level, is_offerer, other="floe", transport="udp", moves=False, policy=False, seed=1):
    """The Visit of a Floe at that level that offers, or answers, with another program, and has a
    TURN server over that transport. With `moves` the interface of its default route goes away, and
    with `policy` the transport policy is relay and the level is open."""
    options = ["--relay-only"] if policy else ["--privacy", level]
    with World(WORLD, seed=seed) as world:
        mine, theirs = _start_servers(world, transport)
        places, lines = Places(world, transport == "proxy"), _Lines(world.folder)
        watcher = Watcher(world["alice"])
        alice = bob = None
        try:
            alice = Peer(world["alice"], "floe", lines, *options,
                         "--verbose", *(["--no-echo"] if is_offerer else []), *mine)
            bob = Peer(world["bob"], other, lines, *([] if is_offerer else ["--no-echo"]), *theirs)
            _live(world, places, alice, bob, is_offerer, moves)
            watcher.end()
        finally:
            for peer in (alice, bob):
                if peer is not None:
                    peer.end()
        # A browser names no private address, and at relay-only nothing but the server is asked for.
        excused = [*(["host"] if other == "chromium" else []),
                   *(["dns"] if transport == "proxy" else [])]
        return Visit(level, places, watcher, lines, excused)
