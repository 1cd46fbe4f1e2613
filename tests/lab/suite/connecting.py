# SPDX-License-Identifier: MPL-2.0
"""How two floe-peers come together, on the wire: what is not sent, what is asked of coturn, who is
late, whose router is spoiled by packets that come too early, and what is left when nothing works."""

import contextlib
import os
import re
import time

from lab import Coturn, World
from pairs import describe
from pairs.log import Nothing
from pairs.meeting import SIGNALING_SECONDS
from pairs.peer import Peer, introduce

from .meetings import IS_FULL, PATIENCE, held, hold, need_peer, over, stun_and_turn
from .probes import cases, expect

# How long the offer or the answer is on its way: a person who lets it ring.
LATE_SECONDS = 150 if IS_FULL else 8
# Later than ICE-TCP begins.
QUICK_FAIL_SECONDS = 6
# Longer than libnice takes from one keepalive to the next.
SILENCE_SECONDS = 35 if IS_FULL else 3
# The time of RFC 8863, and what a machine may be late.
FAIL_SECONDS = 39.5 + 20
# For what takes a moment, on any machine.
LIMIT_SECONDS = 60


def touched(left, host, other):
    """The packets of a host that went to any address of the other one."""
    there = left.addresses(other)
    return [packet for packet in left.sent(host) if packet.destination[0] in there]


@cases(("P", "OPEN"), ("OPEN", "P"))
def test_relay_policy(kind_a, kind_b):
    """a peer behind {} that is to use relays only sends nothing to the addresses of one behind {}"""
    kinds, relay_only = (kind_a, kind_b), (["--relay-only"], [])
    with held(kinds, options=relay_only, patience=3) as left:
        expect(left.meeting.last, "relay", "the path")
        expect(touched(left, "alice", "bob"), [], "packets to the peer")
        expect({packet.destination[0] for packet in left.sent("alice")},
               {left.world["turn"].address()}, "whom it has sent to at all")
        expect(touched(left, "bob", "alice"), [], "packets of the peer, who knows no address of it")


def test_relay_policy_control():
    """without that policy the same look at the wire finds packets to the peer's addresses"""
    with held(("P", "OPEN"), patience=3) as left:
        expect(len(touched(left, "alice", "bob")) > 0, True, "that some go to the peer")
        expect(len(touched(left, "bob", "alice")) > 0, True, "that some come from the peer")


@cases((LATE_SECONDS, 0), (0, LATE_SECONDS))
def test_late(offer, answer):
    """two behind P meet directly though the offer is {} s late, the answer {} s"""
    meeting = hold(("P", "P"), late=(offer, answer))
    expect(meeting.last, "direct", f"the path, {meeting}")


@cases(*[(kinds, seed) for kinds in (("masquerade-poisoned", "P"), ("P", "masquerade-poisoned"))
         for seed in (1, 2)])
def test_poisoned(kinds, seed):
    """{0} meet directly at once, though early packets spoil ports at one; seed {1}"""
    meeting = hold(kinds, seed=seed, cached=True)
    expect((meeting.first, meeting.last), ("direct", "direct"), f"the paths, {meeting}")


class Pair:
    """Two peers that are left alone, and what becomes of them."""

    def __init__(self, world, options):
        self.peers = [Peer(world[host], "floe", Nothing(), *options) for host in ("alice", "bob")]
        for peer in self.peers:
            peer.wait("ready", time.monotonic() + 20)
        self.before = [opened(peer) for peer in self.peers]
        introduce(*self.peers, SIGNALING_SECONDS)
        self.peers[0].say(cmd="offer", channels=[{"label": "chat"}])

    def await_state(self, state, seconds):
        until = time.monotonic() + seconds
        for peer in self.peers:
            while peer.wait("connectionstate", until)[1]["state"] != state:
                pass

    def counts(self, state):
        """How often each has said that it is in that state now."""
        return [peer.count("connectionstate", state=state) for peer in self.peers]

    def end(self):
        """What the programs end with."""
        for peer in self.peers:
            peer.process.stdin.close()
        return [peer.process.wait(20) for peer in self.peers]

    def await_end(self, seconds):
        """Until each has what it had open before it was asked to connect, and nothing else."""
        until = time.monotonic() + seconds
        while True:
            left = [opened(peer) - before for peer, before in zip(self.peers, self.before)]
            if not any(left):
                return
            if time.monotonic() > until:
                raise AssertionError(f"descriptors that are left: {left}")
            time.sleep(0.1)


def opened(peer):
    """What the process has open: files, and sockets by their numbers."""
    folder, found = f"/proc/{peer.process.pid}/fd", set()
    for number in os.listdir(folder):
        with contextlib.suppress(FileNotFoundError):
            found.add(os.readlink(os.path.join(folder, number)))
    return found


def sessions(log, what):
    """Those of coturn's sessions of which its log says so."""
    return set(re.findall(r"session (\d+): [^\n]*" + what, log))


def fail(options, seconds):
    """Where no path works: what each peer says of that within `seconds`, and what is left of it."""
    need_peer()
    with World(describe("R", "R")) as world:
        server = Coturn(world["turn"], tls=False,
                        options=["denied-peer-ip=0.0.0.0-255.255.255.255"])
        pair = Pair(world, [*stun_and_turn(server), *options])
        captures = [world.capture(host) for host in ("alice", "bob")]
        pair.await_state("failed", seconds)
        pair.await_end(PATIENCE)
        packets, log = [len(each()) for each in captures], server.log()
        requests = log.count("incoming packet")
        expect(min(packets) > 20, True, f"that something was tried, {packets} packets")
        given = sessions(log, "ALLOCATE processed, success")
        expect(len(given) >= 2, True, f"that relays were tried, {given}")
        time.sleep(SILENCE_SECONDS)
        expect([len(each()) for each in captures], packets, "packets some time later")
        log = server.log()
        expect(given - sessions(log, "(?:refreshed, .*lifetime=0$|delete: )"), set(),
               "allocations that were not given back")
        expect(log.count("incoming packet"), requests, "requests to coturn")
        expect(pair.counts("failed"), [1, 1], "how often it failed")
        expect(pair.counts("connected"), [0, 0], "how often it was connected")
        expect(pair.end(), [0, 0], "exit statuses")


def test_all_fails():
    """where no path works, each peer says so once, and is silent and has nothing open from then on"""
    fail(["--fail-after", f"{QUICK_FAIL_SECONDS * 1000}"], QUICK_FAIL_SECONDS + PATIENCE)


@cases("udp", "tcp", "tls")
def test_farewell(transport):
    """who closes a connection and ends its program at once has given its relay over {} back"""
    need_peer()
    with World(describe("R", "R")) as world:
        server = Coturn(world["turn"], tls=transport == "tls")
        pair = Pair(world, [*over(transport)(server), "--relay-only"])
        pair.await_state("connected", LIMIT_SECONDS)
        expect(pair.end(), [0, 0], "exit statuses")
        given = server.log().count("ALLOCATE processed, success")
        expect(given >= 2, True, f"that relays were given, {given}")
        until = time.monotonic() + LIMIT_SECONDS
        while server.log().count("lifetime=0") < given and time.monotonic() < until:
            time.sleep(0.1)
        expect(server.log().count("lifetime=0"), given, "how many were given back")


if IS_FULL:  # it is all waiting
    def test_all_fails_in_time():
        """the same within the time that the strategies state"""
        fail([], FAIL_SECONDS)
