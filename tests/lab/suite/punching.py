# SPDX-License-Identifier: MPL-2.0
"""Birthday punching: that nothing is sent unless both sides offer it."""

from lab import Coturn, World
from pairs import Meeting, describe, meet

from .meetings import need_peer, stun_and_turn
from .probes import cases, expect

REPORTS = {
    "P": "1 udp-yes nat-yes map-ei filter-apd alloc-keep sure-high",
    "R": "1 udp-yes nat-yes map-apd filter-apd alloc-random sure-high",
}
PATIENCE_SECONDS = 3  # punching begins half a second after the descriptions
# Plain checks go from a few sockets to a few candidates. The first burst of punching alone has ten
# packets, and meets nobody before it is out.
MAX_PLAIN_FLOWS = 9


def count_flows(offers):
    """How many pairs of ports each host used toward the other one's router, with P and R that offer
    what `offers` says."""
    need_peer()
    with World(describe("P", "R"), seed=7) as world:
        servers = stun_and_turn(Coturn(world["turn"], tls=False))
        options = [[*servers, "--nat", f"{REPORTS[kind]} {offer}".strip()]
                   for kind, offer in zip(("P", "R"), offers)]
        counts = []
        meeting = Meeting("P", "R")
        routers = [world.command(f"addresses home-{name}")[0] for name in ("bob", "alice")]
        meet(world, meeting, options, patience=PATIENCE_SECONDS)
        if meeting.error is not None:
            raise AssertionError(meeting.error)
        for host, router in zip(("alice", "bob"), routers):
            counts.append(sum(remote.rsplit(":", 1)[0] == router and packets > 0 for
                              _, _, remote, packets, *_ in world.flows(host)))
        return counts


@cases(("", ""), ("punch-yes", ""), ("", "punch-yes"))
def test_not_offered(offer_p, offer_r):
    """nothing is punched when P offers '{}' and R '{}'"""
    for count in count_flows((offer_p, offer_r)):
        expect(count <= MAX_PLAIN_FLOWS, True, f"{count} flows to the other one's router")


def test_offered():
    """there is punching when both offer it"""
    for count in count_flows(("punch-yes", "punch-yes")):
        expect(count > MAX_PLAIN_FLOWS, True, f"{count} flows to the other one's router")
