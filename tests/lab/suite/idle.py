# SPDX-License-Identifier: MPL-2.0
"""What an idle connection costs, what goes to a peer that has vanished, and that mappings live as
long as the connection does. Counted on the wire."""

import collections
import time

from lab import Coturn, World

from .peers import Peer, connect
from .probes import cases, expect, expect_between
from .servers import need_coturn

WORLD = """
default delay=10ms
router home-a {0}
router home-b {0}
host alice behind=home-a
host bob behind=home-b
host turn
"""

# Seconds until an idle connection has found its pace: 30 s after the last data it is asked less often.
SETTLING = 40
# Packets a minute, both ways: 14 were measured, 5 of them libnice's.
MOST_A_MINUTE = 24
# RFC 7675 section 5.1: "Consent expires after 30 seconds." And so much later a busy machine notices.
CONSENT, LATE = 30, 8
# What is the most seldom of all that is sent: libnice's indications.
KEEPALIVE = 25


def kind_of(payload):
    """What a datagram is by its first byte (RFC 7983)."""
    if payload[:1] and payload[0] < 4:
        return {0x0001: "check", 0x0011: "indication"}.get(int.from_bytes(payload[:2], "big"),
                                                           "answer")
    return "data"


def make_peers(world):
    server = Coturn(world["turn"], tls=False)
    options = ["--no-echo", "--ice-server", server.url("stun")]
    return Peer(world["alice"], *options), Peer(world["bob"], *options)


def count(packets):
    return collections.Counter(kind_of(each.payload) for each in packets if each.protocol == "udp")


@cases(full=[()])
def test_idle():
    """an idle direct connection sends little"""
    need_coturn()
    with World(WORLD.format("eim-apdf")) as world:
        one, two = make_peers(world)
        connect(one, two)
        time.sleep(SETTLING)
        packets = world.capture("alice")
        minutes = 3
        time.sleep(60 * minutes)
        counts = count(packets())
        print(f"    {sum(counts.values()) / minutes:.1f} packets a minute, both ways: {dict(counts)}")
        expect_between(sum(counts.values()), 1, MOST_A_MINUTE * minutes, "packets")
        expect((one.end(), two.end()), (0, 0), "exit statuses")


@cases(full=[()])
def test_silence():
    """30 s after a peer has vanished nothing goes to it any more, but checks from new ports"""
    need_coturn()
    with World(WORLD.format("eim-apdf")) as world:
        one, two = make_peers(world)
        packets = world.capture("alice")
        connect(one, two)
        one.say(cmd="send", label="chat", size=1000)
        two.wait("message")
        alice, bob = world["alice"].address(), world.command("addresses home-b")[0]
        ports = {each.source[1] for each in packets()
                 if each.destination[0] == bob and kind_of(each.payload) == "data"}
        world.command("down home-b")
        time.sleep(CONSENT + LATE)
        before = len(packets())
        time.sleep(KEEPALIVE + LATE)
        late = [each for each in packets()[before:]
                if each.source[0] == alice and each.destination[0] == bob]
        expect([each for each in late if each.source[1] in ports], [], "packets of the old path")
        expect(set(count(late)) - {"check"}, set(), "what goes from new ports")
        one.process.kill()
        two.process.kill()
