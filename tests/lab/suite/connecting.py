# SPDX-License-Identifier: MPL-2.0
"""How two floe-peers come together, on the wire: what is not sent, what is asked of coturn, who is
late, whose router is spoiled by packets that come too early, and what is left when nothing works."""

import time

from lab import Coturn, World
from pairs import describe
from pairs.log import Nothing
from pairs.meeting import SIGNALING_SECONDS
from pairs.peer import Peer, introduce

from .meetings import IS_FULL, held, hold, need_peer, over, stun_and_turn
from .probes import cases, expect

# How long the offer or the answer is on its way: a person who lets it ring.
LATE_SECONDS = 150 if IS_FULL else 8
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
    def test_all_fails():
        """where no path works, each peer says so once and in time"""
        need_peer()
        with World(describe("R", "R")) as world:
            server = Coturn(world["turn"], tls=False,
                            options=["denied-peer-ip=0.0.0.0-255.255.255.255"])
            pair = Pair(world, stun_and_turn(server))
            pair.await_state("failed", FAIL_SECONDS)
            expect(server.log().count("ALLOCATE processed, success") > 0, True,
                   "that relays were tried")
            expect(pair.counts("failed"), [1, 1], "how often it failed")
            expect(pair.counts("connected"), [0, 0], "how often it was connected")
            expect(pair.end(), [0, 0], "exit statuses")
