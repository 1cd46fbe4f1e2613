# SPDX-License-Identifier: MPL-2.0
"""NATs that plain ICE can't cross, met by foretelling, lock step and punching; and on the wire, what
that costs. Both sides know the reports of their NATs beforehand."""

import collections
import ipaddress

from .meetings import held, hold, is_check
from .probes import cases, expect

# What one side may send for one attempt: docs/decisions/0022.
MAX_PROBES, MAX_RATE, MAX_SOCKETS = 2048, 250, 256
# What the program takes for a second may be one hundredth less on the wire, where packets queue.
_WINDOW_SECONDS = 0.99


# P with R and D with D are below.
@cases(("P", "S"), ("S", "P"), ("S", "S"), ("R", "P"))
def test_hard(kind_a, kind_b):
    """{} meets {} directly in the end"""
    meeting = hold((kind_a, kind_b), cached=True)
    expect(meeting.last, "direct", f"the path, {meeting}")


@cases(("OPEN", "P"), ("P", "P"), ("A", "R"))
def test_no_allocation(kind_a, kind_b):
    """{} and {} know that they meet directly, and ask the TURN server for nothing"""
    with held((kind_a, kind_b), cached=True) as left:
        expect((left.meeting.first, left.meeting.last), ("direct", "direct"), "the paths")
        expect(left.allocations(), 0, "allocations in coturn's log")


def test_no_allocation_control():
    """the same look at coturn's log finds the allocations of a pair that needs them"""
    with held(("R", "R"), cached=True, patience=0) as left:
        expect(left.allocations() >= 2, True, f"that there are some, {left.allocations()}")


def probes(left, host, other):
    """The checks of a host toward the other one that are no plain ICE between candidates that were
    told: from other sockets, or to other ports."""
    turn = left.world["turn"].address()
    own = {port for _, port in left.candidates(host)}
    told = left.candidates(other)
    return [packet for packet in left.sent(host)
            if is_check(packet) and packet.destination[0] != turn
            and (packet.source[1] not in own or packet.destination not in told)]


def busiest(packets):
    """The most packets of any second."""
    window, most = collections.deque(), 0
    for packet in packets:
        window.append(packet.time)
        while window[0] < packet.time - _WINDOW_SECONDS:
            window.popleft()
        most = max(most, len(window))
    return most


def is_public(address):
    """Addresses of documentation are the laboratory's Internet."""
    return not any(ipaddress.ip_address(address) in ipaddress.ip_network(network) for network in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8",
        "169.254.0.0/16", "224.0.0.0/3", "0.0.0.0/8"))


@cases(("P", "R"), ("D", "D"))
def test_budgets(kind_a, kind_b):
    """{} and {} meet directly by at most 2048 packets a side, 250 a second, from 256 sockets"""
    with held((kind_a, kind_b), cached=True) as left:
        expect(left.meeting.last, "direct", f"the path, {left.meeting}")
        both = 0
        for host, other in (("alice", "bob"), ("bob", "alice")):
            sent = probes(left, host, other)
            both += len(sent)
            expect(len(sent) <= MAX_PROBES, True, f"{len(sent)} packets of {host}'s")
            expect(busiest(sent) <= MAX_RATE, True, f"{busiest(sent)} packets in a second")
            sockets = len({packet.source for packet in sent})
            expect(sockets <= MAX_SOCKETS, True, f"{sockets} sockets of {host}'s")
            strange = {packet.destination[0] for packet in sent} - left.addresses(other)
            expect(strange, set(), "addresses that are not the other one's")
            inner = [packet for packet in sent if not is_public(packet.destination[0])]
            expect(inner, [], "packets to addresses that are not public")
        # Two sockets and two ports would be luck.
        expect(both > 20, True, f"that there was punching at all, {both} packets")
