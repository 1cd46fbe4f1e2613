# SPDX-License-Identifier: MPL-2.0
"""What it costs to cross NATs in vain, on the wire: both sides believe that theirs are of a kind that
can be crossed, so that all is tried that there is, while a relay carries."""

import collections

from .foretell import SUMMARIES
from .hard_nats import MAX_PROBES, MAX_RATE, MAX_SOCKETS, busiest, is_public, probes
from .meetings import held, is_check
from .probes import cases, expect

SECONDS = 10
LONG_SECONDS = 30

# A second, of checks between candidates that were told: libnice's, one each 5 ms, and early repeats
# (decision 29).
PLAIN_RATE = 200 + 20 + 100
# Lock step, decisions 22 and 31: rounds, each from a socket of its own, and checks of one.
LOCK_ROUNDS, LOCK_CHECKS = 6, 192
# What is foretold, decision 31: sockets; where each sends to; the check by hand, libnice's five, and
# three that are repeated early (decision 29).
FORETOLD_ROUNDS, FORETOLD_TARGETS, FORETOLD_CHECKS = 8, 8, 1 + 5 + 3
# TCP from both sides, decision 28: 10 s with a connection after 200 ms at the soonest, of each pair
# of addresses; the peer's candidates that are kept; and libnice's connections at a time.
TCP_CONNECTIONS, TCP_CANDIDATES, TCP_AT_A_TIME, TCP_MEETINGS = 10 * 5, 8, 16, 4

# Punching, decision 22: to one address, and from one attempt to the next.
MAX_PROBES_AN_HOUR, PAUSE_SECONDS = 4096, 0.9
BELIEFS = {**SUMMARIES,
           "D": "1 udp-yes nat-yes map-ad filter-ad alloc-random sure-high punch-yes"}
_SYN, _ACK = 2, 16


def is_connection(packet):
    """Whether it asks for a TCP connection; over IPv4, without options."""
    return packet.protocol == "tcp" and packet.raw[20 + 13] & (_SYN | _ACK) == _SYN


def count(packets, key):
    """The most packets that have the same key."""
    return max(collections.Counter(key(packet) for packet in packets).values(), default=0)


def to_peer(left, host, other, packets, rate):
    """Asserts what is so of all: to no third party, at a pace."""
    expect({packet.destination[0] for packet in packets} - left.addresses(other), set(),
           f"whom {host} sends to that is not the other one")
    expect(busiest(packets) <= rate, True, f"{busiest(packets)} packets of {host}'s in a second")


def try_in_vain(kind_a, kind_b, seconds):
    """{host: its probes} of two who are behind random NATs and believe otherwise."""
    options = [["--nat", BELIEFS[kind]] for kind in (kind_a, kind_b)]
    found = {}
    with held(("R", "R"), options=options, patience=seconds) as left:
        expect(left.meeting.last, "relay", f"the path, {left.meeting}")
        turn = left.world["turn"].address()
        for host, other in (("alice", "bob"), ("bob", "alice")):
            to_peer(left, host, other, [packet for packet in left.sent(host) if is_check(packet)
                                        and packet.destination[0] != turn], MAX_RATE + PLAIN_RATE)
            found[host] = probes(left, host, other)
            to_peer(left, host, other, found[host], MAX_RATE)
            expect([packet for packet in found[host] if not is_public(packet.destination[0])], [],
                   f"probes of {host}'s to addresses that are not public")
    return found


def test_lock_step():
    """lock step in vain sends at most 192 checks a round, each from a socket of its own, of six"""
    for host, sent in try_in_vain("S", "S", SECONDS).items():
        expect(len(sent) > 20, True, f"that there was lock step at all, {len(sent)} packets")
        sockets = len({packet.source for packet in sent})
        expect(sockets <= LOCK_ROUNDS, True, f"{sockets} sockets of {host}'s")
        most = count(sent, lambda packet: packet.source)
        expect(most <= LOCK_CHECKS, True, f"{most} packets of {host}'s from one socket")


@cases(("P", "S", "bob"), full=[("S", "P", "alice")])
def test_foretold(kind_a, kind_b, who):
    """ports that {0} and {1} foretell in vain cost {2} eight sockets, and nine checks a candidate"""
    sent = try_in_vain(kind_a, kind_b, SECONDS)[who]
    expect(len(sent) > 0, True, "that a port was foretold at all")
    sockets = {packet.source for packet in sent}
    expect(len(sockets) <= FORETOLD_ROUNDS, True, f"{len(sockets)} sockets")
    targets = max(len({packet.destination for packet in sent if packet.source == socket})
                  for socket in sockets)
    expect(targets <= FORETOLD_TARGETS, True, f"{targets} addresses from one socket")
    most = count(sent, lambda packet: (packet.source, packet.destination))
    expect(most <= FORETOLD_CHECKS, True, f"{most} checks of one candidate")


def attempts(packets):
    """Those of each: there is a pause of a second at least before the next one."""
    found = []
    for packet in packets:
        if not found or packet.time - found[-1][-1].time > PAUSE_SECONDS:
            found.append([])
        found[-1].append(packet)
    return found


@cases(full=[("P", "R"), ("R", "P"), ("D", "R")])
def test_punching(kind_a, kind_b):
    """{} and {} punch in vain with at most 2048 packets an attempt, 250 a second, from 256 sockets"""
    for host, sent in try_in_vain(kind_a, kind_b, LONG_SECONDS).items():
        expect(len(sent) > 100, True, f"that there was punching at all, {len(sent)} packets")
        expect(len(sent) <= MAX_PROBES_AN_HOUR, True, f"{len(sent)} packets of {host}'s")
        for attempt in attempts(sent):
            expect(len(attempt) <= MAX_PROBES, True, f"{len(attempt)} packets of {host}'s at once")
            sockets = len({packet.source for packet in attempt})
            expect(sockets <= MAX_SOCKETS, True, f"{sockets} sockets of {host}'s")


def over_tcp(server):
    user, password = server.credentials()
    return ["--ice-server", server.url("stun"), "--ice-server", server.url("turn", "tcp"),
            "--ice-user", user, "--ice-pass", password]


@cases(("drop",), ("reject",))
def test_tcp(unsolicited):
    """TCP that is opened from both sides in vain, where NATs {} it, is bounded for each address"""
    kind = f"apdm-random udp=none unsolicited={unsolicited}"
    with held((kind, kind), servers=over_tcp, patience=SECONDS) as left:
        expect(left.meeting.last, "relay", f"the path, {left.meeting}")
        for host, other in (("alice", "bob"), ("bob", "alice")):
            sent = [packet for packet in left.sent(host) if is_connection(packet)
                    and packet.destination[0] != left.world["turn"].address()]
            expect(len(sent) > 0, True, f"that {host} has tried at all")
            to_peer(left, host, other, sent, TCP_AT_A_TIME + TCP_MEETINGS * 5)
            most = count(sent, lambda packet: (packet.source, packet.destination))
            expect(most <= TCP_CONNECTIONS, True, f"{most} connections of {host}'s to one address")
            targets = len({packet.destination for packet in sent})
            expect(targets <= TCP_CANDIDATES, True, f"{targets} addresses that {host} tries")
