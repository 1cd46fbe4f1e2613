# SPDX-License-Identifier: MPL-2.0
"""What an idle connection costs, what goes to a peer that has vanished, and that mappings live as
long as the connection does. Counted on the wire."""

import collections
import os
import time

from lab import Coturn, World

from .peers import TIMEOUT, Peer, connect
from .probes import cases, expect, expect_between
from .servers import need_coturn

IS_FULL = os.environ.get("LAB_FULL") == "1"

WORLD = """
default delay=10ms
router home-a {0}
router home-b {0}
host alice behind=home-a
host bob behind=home-b
host turn
"""

# Seconds until an idle connection has found its pace: liveness asks less and less often.
SETTLING = 60
# RFC 7675 section 5.1: "Consent expires after 30 seconds." And so much later at most.
CONSENT, LATE = 30, 8
# libnice's keepalives, which are the most seldom of all that is sent.
KEEPALIVE = 25


def kind_of(payload):
    """What a datagram is by its first byte (RFC 7983)."""
    if payload[:1] and payload[0] < 4:
        return {0x0001: "check", 0x0011: "indication"}.get(int.from_bytes(payload[:2], "big"),
                                                           "answer")
    return "data"


def make_peers(world, *options):
    server = Coturn(world["turn"], tls=False)
    options = [*options, "--no-echo", "--ice-server", server.url("stun")]
    return Peer(world["alice"], *options), Peer(world["bob"], *options)


def count(packets):
    return collections.Counter(kind_of(each.payload) for each in packets if each.protocol == "udp")


def settle(one, two):
    """Two peers that are connected, and idle for a while."""
    connect(one, two)
    time.sleep(SETTLING)


def test_idle():
    """an idle direct connection sends little"""
    need_coturn()
    with World(WORLD.format("eim-apdf")) as world:
        one, two = make_peers(world)
        settle(one, two)
        packets = world.capture("alice")
        duration = 120
        time.sleep(duration)
        counts = count(packets())
        per_minute = sum(counts.values()) * 60 / duration
        print(f"    {per_minute:.1f} packets a minute, both ways: {dict(counts)}")
        expect((one.end(), two.end()), (0, 0), "exit statuses")
