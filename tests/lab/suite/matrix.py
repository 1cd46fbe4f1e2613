# SPDX-License-Identifier: MPL-2.0
"""Named cells of the matrix of pairs (tests/lab/matrix.py), by their outcomes; and how runs are
counted."""

import dataclasses
import os

from lab import enclosure
from pairs import Meeting, describe, goals, record, table

from .meetings import hold, over, relayed_ends, stun_and_turn
from .probes import cases, expect


@cases(("OPEN", "OPEN"), ("C", "C"), ("A", "A"), ("P", "P"), ("CGN2", "CGN2"), ("A", "R"))
def test_direct(kind_a, kind_b):
    """{} meets {} directly in the end, with a relay at hand"""
    meeting = hold((kind_a, kind_b))
    expect(meeting.last, "direct", f"the path, {meeting}")
    expect([kind for pair in meeting.pairs for kind in pair[:2] if kind == "relay"], [],
           f"relays that the peers tell of, {meeting.pairs}")


@cases(("S", "R"), ("R", "R"))
def test_relayed(kind_a, kind_b):
    """{} and {} are connected, by a relay as long as nothing better is found"""
    meeting = hold((kind_a, kind_b), patience=0)
    expect(meeting.first, "relay", "the path")
    expect(meeting.is_connected(), True, "that they are connected")


@cases("tcp", "tls")
def test_blocked(transport):
    """a peer that no UDP leaves meets an open one through TURN over {} alone"""
    # How soon is for tests/lab/blocked.py, which has the machine to itself.
    meeting = hold(("udp-blocked", "OPEN"), patience=0, servers=over(transport), tls=True)
    expect(meeting.last, "relay", "the path")
    expect(relayed_ends(meeting)[0], transport, "how the blocked one reaches the relay")


def test_neighbours():
    """two behind the same NAT meet without leaving it"""
    text = "router home eim-apdf delay=10ms\ndefault behind=home\nhost alice\nhost bob\n"
    text += "default behind=internet\nhost turn delay=10ms\n"
    meeting = hold(("", ""), text=text, servers=stun_and_turn)
    expect(meeting.last, "direct", "the path")
    for local, remote, _ in meeting.pairs:
        expect((local in ("host", "prflx"), remote in ("host", "prflx")), (True, True),
               f"that nothing is reflexive in {meeting.pairs}")


def test_ipv6():
    """two with IPv6 only, behind firewalls, meet directly"""
    def over_ipv6(server):
        return ["--ice-server", server.url("stun", family=6)]

    text = "default family=ipv6\n" + describe("eim-apdf", "eim-apdf")
    expect(hold(("", ""), text=text, servers=over_ipv6).last, "direct", "the path")


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


def test_goals():
    """what is to be reached is judged by pair: an outcome, a median, a share"""
    direct = Meeting("P", "P", open_ms=400, first="direct", last="direct", direct_ms=401)
    slow = dataclasses.replace(direct, b="A", open_ms=600)
    late = Meeting("P", "R", open_ms=400, first="relay", last="direct", direct_ms=7000)
    soon = dataclasses.replace(late, direct_ms=3000)
    hopeless = Meeting("R", "R", open_ms=400, first="relay", last="relay")
    expect([met for met, _ in goals.judge([direct, hopeless, *[soon] * 19, late])], [True] * 4,
           "all goals")
    expect([met for met, _ in goals.judge([slow, hopeless, soon, late])],
           [True, True, False, False], "a slow pair, and a late one")
    lost = dataclasses.replace(direct, last="relay")
    expect([met for met, _ in goals.compare([lost, slow], [direct, slow])], [False, True],
           "a pair that the peer alone reaches")
    expect([met for met, _ in goals.compare([direct, dataclasses.replace(slow, open_ms=701)],
                                            [direct, dataclasses.replace(slow, open_ms=400)])],
           [True, False], "one that is slower")


def test_record():
    """a run that was held counts again only for the same commit, peers and reports"""
    task = {"a": "P", "b": "R", "seed": 3, "turn": True, "peers": ["floe", "pion"], "nats": None,
            "logs": None}
    path = os.path.join(enclosure.scratch(), "record")
    record.Record(path, "one").add(task, Meeting("P", "R", 3, open_ms=5))
    with open(path, "a", encoding="utf-8") as file:
        file.write('{"commit": "one", "ta')
    expect(record.Record(path, "one").find(task), Meeting("P", "R", 3, open_ms=5), "the run")
    expect(record.Record(path, "two").find(task), None, "another commit's run")
    for key, value in (("seed", 4), ("turn", False), ("peers", ["floe", "floe"]), ("nats", ["1"])):
        expect(record.Record(path, "one").find({**task, key: value}), None, f"a run of other {key}")
