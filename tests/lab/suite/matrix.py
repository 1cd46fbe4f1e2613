# SPDX-License-Identifier: MPL-2.0
"""Named cells of the matrix of pairs (tests/lab/matrix.py), by their outcomes; and how runs are
counted."""

import os

from lab import Coturn, World
from pairs import Meeting, describe, meet, table
from pairs.meeting import DIRECT_SECONDS
from pairs.worker import server_options

from .probes import Skip, cases, expect
from .servers import need_coturn


def hold(text, server_of, kinds=("", ""), patience=DIRECT_SECONDS):
    """The meeting in that world, with the arguments that `server_of` gives for its coturn."""
    need_coturn()
    if not os.access(os.environ.get("LAB_FLOE_PEER", ""), os.X_OK):
        raise Skip("floe-peer is not built")
    with World(text) as world:
        options = server_of(Coturn(world["turn"], tls=False))
        meeting = meet(world, Meeting(*kinds), (options, options), patience=patience)
        if meeting.error is not None:
            raise AssertionError(meeting.error)
        return meeting


def stun_and_turn(server):
    return server_options(server, True)


def relayed_ends(meeting):
    """How each peer says that it reaches the relay, None where the relay is not its own."""
    return [pair[2] for pair in meeting.pairs]


@cases(("OPEN", "OPEN"), ("P", "P"), ("A", "R"))
def test_direct(kind_a, kind_b):
    """{} meets {} directly in the end, with a relay at hand"""
    meeting = hold(describe(kind_a, kind_b), stun_and_turn, (kind_a, kind_b))
    expect(meeting.last, "direct", f"the path, {meeting}")
    expect(relayed_ends(meeting), [None, None], "what the peers say")


def test_relayed():
    """S and R are connected, by a relay as long as nothing better is found"""
    meeting = hold(describe("S", "R"), stun_and_turn, ("S", "R"), patience=0)
    expect(meeting.first, "relay", "the path")
    expect(meeting.is_connected(), True, "that they are connected")


def test_blocked():
    """a peer that no UDP leaves meets an open one through TURN over TCP"""
    def over_tcp(server):
        user, password = server.credentials()
        return ["--ice-server", server.url("turn", "tcp"), "--ice-user", user, "--ice-pass",
                password]

    meeting = hold(describe("udp-blocked", "OPEN"), over_tcp, ("udp-blocked", "OPEN"), patience=0)
    expect(meeting.last, "relay", "the path")
    expect(relayed_ends(meeting)[0], "tcp", "how the blocked one reaches the relay")


def test_neighbours():
    """two behind the same NAT meet without leaving it"""
    text = "router home eim-apdf delay=10ms\ndefault behind=home\nhost alice\nhost bob\n"
    meeting = hold(text + "default behind=internet\nhost turn delay=10ms\n", stun_and_turn)
    expect(meeting.last, "direct", "the path")
    for local, remote, _ in meeting.pairs:
        expect((local in ("host", "prflx"), remote in ("host", "prflx")), (True, True),
               f"that nothing is reflexive in {meeting.pairs}")


def test_ipv6():
    """two with IPv6 only, behind firewalls, meet directly"""
    def over_ipv6(server):
        return ["--ice-server", server.url("stun", family=6)]

    text = "default family=ipv6\n" + describe("eim-apdf", "eim-apdf")
    expect(hold(text, over_ipv6).last, "direct", "the path")


def test_counting():
    """a pair is direct when nine of ten runs are, and connected when all are"""
    direct = Meeting("P", "R", open_ms=300.2, first="direct", last="direct", direct_ms=301)
    risen = Meeting("P", "R", open_ms=430, first="relay", last="direct", direct_ms=1200)
    relayed = Meeting("P", "R", open_ms=500, first="relay", last="relay")
    fallen = Meeting("P", "R", open_ms=200, first="direct", last="relay")
    failed = Meeting("P", "R", error="silence")
    expect([each.outcome() for each in (direct, risen, relayed, fallen, failed)],
           ["D300", "R430→D1200", "R500", "D200→R", "-"], "outcomes")
    nine, eight = [direct, direct, *[risen] * 7, relayed], [*[direct] * 8, fallen, failed]
    for runs, counts, what in ((nine, (True, True), "nine of ten"),
                               (eight, (False, False), "eight of ten")):
        cell = table.cells(runs)["P", "R"]
        expect((cell.is_direct(), cell.is_connected()), counts, what)
    expect(table.summary(nine).split(" in every")[0],
           "Direct: 1 of 1 ordered pairs. Connected: 1 of 1", "the summary")
    expect(table.Cell([risen] * 2 + [failed]).text(), "R430→D1200 2/3", "a cell")
