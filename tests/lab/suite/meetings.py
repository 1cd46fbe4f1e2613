# SPDX-License-Identifier: MPL-2.0
"""Meetings of two floe-peers for tests, and what is left of them to look at: the lines that they
exchanged, their packets, and coturn's log."""

import contextlib
import functools
import json
import os
import re

from lab import Coturn, World
from pairs import Meeting, describe, log, meet, reports
from pairs.worker import server_options

from .probes import Skip
from .servers import need_coturn

# Outcomes are what is looked at: a machine may be busy.
PATIENCE = 60
IS_FULL = os.environ.get("LAB_FULL") == "1"
_STUN_REQUEST = b"\x00\x01"
_STUN_COOKIE = b"\x21\x12\xa4\x42"


def need_peer():
    need_coturn()
    if not os.access(os.environ.get("LAB_FLOE_PEER", ""), os.X_OK):
        raise Skip("floe-peer is not built")


@functools.lru_cache(maxsize=None)
def summary(kind):
    """What a host behind that kind of NAT knows of it; asked outside of any world."""
    return reports.discover(kind)


def stun_and_turn(server):
    return server_options(server, True)


def stun_only(server):
    return server_options(server, False)


def over(transport):
    """TURN over TCP or TLS, and nothing else."""
    def options(server):
        user, password = server.credentials()
        scheme = "turns" if transport == "tls" else "turn"
        return ["--ice-server", server.url(scheme, "tcp"), "--ice-user", user, "--ice-pass",
                password, *(["--tls-ca", server.certificate] if transport == "tls" else [])]
    return options


class _Lines(log.Nothing):
    """What each peer printed, parsed."""

    def __init__(self):
        self.said = {"alice": [], "bob": []}

    def note(self, name, direction, line):
        if direction == ">":
            with contextlib.suppress(ValueError):
                self.said[name].append(json.loads(line))


class Held:
    """A meeting that is over, in a world that is still there."""

    def __init__(self, world, server, meeting, lines, captures):
        self.world, self.server, self.meeting = world, server, meeting
        self.said, self._captures = lines.said, captures

    def sent(self, host):
        """The packets that left that host."""
        own = {address.split("/")[0] for interface in self.world[host].interfaces
               for address in interface.addresses}
        return [packet for packet in self._captures[host]() if packet.source[0] in own]

    def addresses(self, host):
        """All that the other side may take that host for: its own, and those of its routers."""
        found = {address.split("/")[0] for interface in self.world[host].interfaces
                 for address in interface.addresses}
        for router in ("home", "carrier"):
            if f"router {router}-{host} " in self.world.text:
                found |= set(self.world.command(f"addresses {router}-{host}"))
        return found

    def candidates(self, host):
        """{(address, port)} that the host has told the other one."""
        texts = [item.get("candidate") or "" for item in self.said[host] if "event" not in item]
        texts += [line for item in self.said[host] for line in item.get("sdp", "").splitlines()]
        found = (re.search(r"candidate:\S+ \d+ \S+ \d+ (\S+) (\d+) typ", text) for text in texts)
        return {(each[1], int(each[2])) for each in found if each}

    def allocations(self):
        """How often coturn was asked for a relay and gave one."""
        return self.server.log().count("ALLOCATE processed, success")


def is_check(packet):
    """Whether it is a STUN Binding request."""
    return (packet.protocol == "udp" and packet.payload[:2] == _STUN_REQUEST
            and packet.payload[4:8] == _STUN_COOKIE)


@contextlib.contextmanager
def held(kinds, servers=stun_and_turn, text=None, options=((), ()), cached=False, seed=1, tls=False,
         patience=PATIENCE, **how):
    """What is left of a meeting behind those kinds of NAT, or in the world `text`. With `cached`
    both know the reports of their NATs, `servers` makes both sides' options of coturn, `how` is
    meet ()'s."""
    need_peer()
    known = [["--nat", summary(kind)] if cached else [] for kind in kinds]
    with World(text or describe(*kinds), seed=seed) as world:
        server = Coturn(world["turn"], tls=tls)
        lines, captures = _Lines(), {host: world.capture(host) for host in ("alice", "bob")}
        meeting = meet(world, Meeting(*kinds, seed), [[*servers(server), *nat, *own] for nat, own in
                                                      zip(known, options)],
                       log=lines, patience=patience, limit=PATIENCE, **how)
        if meeting.error is not None:
            raise AssertionError(meeting.error)
        yield Held(world, server, meeting, lines, captures)


def hold(kinds, **how):
    """The Meeting alone."""
    with held(kinds, **how) as left:
        return left.meeting


def relayed_ends(meeting):
    """How each peer says that it reaches the relay, None where the relay is not its own."""
    return [pair[2] for pair in meeting.pairs]
