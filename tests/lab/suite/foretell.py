# SPDX-License-Identifier: MPL-2.0
"""NATs that give port after port, a new one to each destination: they are crossed directly, by ports
that are told before or between, when both sides know what they are behind."""

import os

from lab import Coturn, World
from pairs import Meeting, describe, meet
from pairs.worker import server_options

from .probes import Skip, cases, expect
from .servers import need_coturn

SEQUENTIAL = "1 udp-yes nat-yes map-apd filter-apd alloc-seq step-{} sure-high punch-yes"

# What each kind would be found to be, so that nobody waits for discovery.
SUMMARIES = {
    "P": "1 udp-yes nat-yes map-ei filter-apd alloc-keep sure-high punch-yes",
    "firewall": "1 udp-yes nat-no map-ei filter-apd alloc-keep sure-high punch-yes",
    "masquerade-poisoned":
        "1 udp-yes nat-yes map-ei filter-apd alloc-keep poison-yes sure-high punch-yes",
    "R": "1 udp-yes nat-yes map-apd filter-apd alloc-random sure-high punch-yes",
    "S": SEQUENTIAL.format(1),
    "apdm-sequential step=2": SEQUENTIAL.format(2),
    "apdm-sequential step=2 foreign=20": SEQUENTIAL.format(2),
    "adm-adf allocation=sequential":
        "1 udp-yes nat-yes map-ad filter-ad alloc-seq step-1 sure-high punch-yes",
}


def hold(kind_a, kind_b):
    """The meeting of two who know their NATs."""
    need_coturn()
    if not os.access(os.environ.get("LAB_FLOE_PEER", ""), os.X_OK):
        raise Skip("floe-peer is not built")
    with World(describe(kind_a, kind_b)) as world:
        servers = server_options(Coturn(world["turn"], tls=False), True)
        options = tuple([*servers, "--nat", SUMMARIES[kind]] for kind in (kind_a, kind_b))
        meeting = meet(world, Meeting(kind_a, kind_b), options)
        if meeting.error is not None:
            raise AssertionError(meeting.error)
        return meeting


@cases(("P", "S"), ("S", "P"), ("firewall", "S"), ("P", "apdm-sequential step=2 foreign=20"),
       ("adm-adf allocation=sequential", "R"))
def test_foretold(kind_a, kind_b):
    """{} meets {} directly, by a port that lies between two samples"""
    expect(hold(kind_a, kind_b).last, "direct", "the path")


@cases(("S", "masquerade-poisoned"), ("masquerade-poisoned", "S"))
def test_foretold_ahead(kind_a, kind_b):
    """{} meets {} directly, by a port that nobody has yet"""
    expect(hold(kind_a, kind_b).last, "direct", "the path")


@cases(("S", "S"), ("S", "apdm-sequential step=2"))
def test_lock_step(kind_a, kind_b):
    """{} meets {} directly, in lock step"""
    expect(hold(kind_a, kind_b).last, "direct", "the path")
