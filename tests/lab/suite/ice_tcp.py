# SPDX-License-Identifier: MPL-2.0
"""Connections by TCP from peer to peer, where no UDP leaves one of the two networks (RFC 6544)."""

import time

from lab import Coturn, World
from pairs import Meeting, describe, meet
from pairs.peer import find_missing

from .peers import Peer, carriers, connect
from .probes import Skip, cases, expect
from .servers import need_coturn

PATIENCE = 60
SIZE = 250000
COUNT = 12

BLOCKED = """
default delay=10ms
router home udp-blocked
host alice behind=home
host bob
host turn
"""


def await_tcp(peer):
    """Until data goes directly, and how."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        event = peer.wait("path")
        if not event["to"]["relayed"]:
            return event
    raise AssertionError(f"no direct path within {PATIENCE} s")


@cases(("alice", "bob"), ("bob", "alice"))
def test_blocked_to_open(first, second):
    """where no UDP leaves, TCP from peer to peer takes over from the relay ({} offers to {})"""
    need_coturn()
    with World(BLOCKED) as world:
        server = Coturn(world["turn"], tls=False)
        user, password = server.credentials()
        options = ["--no-echo", "--ice-server", server.url("turn", "tcp"), "--ice-user", user,
                   "--ice-pass", password]
        one, two = Peer(world[first], *options), Peer(world[second], *options)
        connect(one, two)
        one.say(cmd="send", label="chat", size=1000)
        expect(two.wait("message")["size"], 1000, "what came over the relay")
        moves = await_tcp(one), await_tcp(two)
        for move in moves:
            expect(move["to"]["protocol"], "tcp", "the protocol")
            expect(move["from"]["relayed"], True, "that a relay carried before")
        for _ in range(COUNT):
            one.say(cmd="send", label="chat", size=SIZE)
            two.say(cmd="send", label="chat", size=SIZE)
        for _ in range(COUNT):
            expect(two.wait("message")["size"], SIZE, "what went over TCP")
            expect(one.wait("message")["size"], SIZE, "what came over TCP")
        bob = world["bob"].address()
        expect(bob in carriers(world, "alice", COUNT * SIZE), True, "the bytes at bob's")
        expect(world["turn"].address() in carriers(world, "alice", SIZE), False,
               "that the relay had them")
        expect((one.end(), two.end()), (0, 0), "exit statuses")


BOTH_BLOCKED = """
default delay=10ms
router home-a {}
router home-b {}
host alice behind=home-a
host bob behind=home-b
host turn
"""


@cases(("udp-blocked", "udp-blocked"), ("udp-blocked", "cgn"),
       ("masquerade udp=none", "masquerade udp=none"),
       ("udp-blocked unsolicited=reject", "udp-blocked unsolicited=reject"))
def test_opened_from_both_sides(kind_a, kind_b):
    """through {} and {} TCP is opened from both sides at once (RFC 6544 section 7.1)"""
    need_coturn()
    with World(BOTH_BLOCKED.format(kind_a, kind_b)) as world:
        server = Coturn(world["turn"], tls=False)
        options = ["--no-echo", "--ice-server", server.url("stun")]
        one, two = Peer(world["alice"], *options), Peer(world["bob"], *options)
        connect(one, two)
        for _ in range(COUNT):
            one.say(cmd="send", label="chat", size=SIZE)
            two.say(cmd="send", label="chat", size=SIZE)
        for _ in range(COUNT):
            expect(two.wait("message")["size"], SIZE, "what went over TCP")
            expect(one.wait("message")["size"], SIZE, "what came over TCP")
        home = world.command("addresses home-b")[0]
        expect(home in carriers(world, "alice", COUNT * SIZE), True, "the bytes at bob's home")
        expect((one.end(), two.end()), (0, 0), "exit statuses")


@cases(("floe", "udp-blocked", "webrtcbin", "OPEN"), ("floe", "OPEN", "webrtcbin", "udp-blocked"),
       ("webrtcbin", "udp-blocked", "floe", "OPEN"), ("floe", "OPEN", "chromium", "udp-blocked"))
def test_other_stacks(one, kind_a, two, kind_b):
    """{} behind {} meets {} behind {} by TCP, without a relay"""
    need_coturn()
    for name in (one, two):
        missing = find_missing(name)
        if missing is not None:
            raise Skip(missing)
    with World(describe(kind_a, kind_b)) as world:
        options = ["--ice-server", Coturn(world["turn"], tls=False).url("stun")]
        meeting = meet(world, Meeting(kind_a, kind_b), (options, options), (one, two))
        expect(meeting.error, None, "the error")
        expect(meeting.last, "direct", "the path")
