# SPDX-License-Identifier: MPL-2.0
"""What each privacy level lets out: the tables of docs/guide/privacy.md, and what suite/privacy.py
holds the wire to."""

from typing import NamedTuple

LEVELS = ("open", "default-route", "obfuscated", "no-host", "relay-only")
_WORDS = {True: "yes", False: "no"}


class Row(NamedTuple):
    """For each level whether it may be; `is_certain`: where it may, it is in a connection of the
    laboratory, too."""
    words: str
    levels: tuple
    is_certain: bool = True

    def may(self, level):
        return self.levels[LEVELS.index(level)]


def _up_to(level):
    """Yes for that level and all that hide less."""
    return tuple(LEVELS.index(each) <= LEVELS.index(level) for each in LEVELS)


_ALWAYS, _ONLY_OBFUSCATED = _up_to("relay-only"), tuple(each == "obfuscated" for each in LEVELS)

# Whom packets go to.
DESTINATIONS = {
    "dns": Row("DNS, for the names of servers", _ALWAYS),
    "turn": Row("TURN servers, or the proxy to them", _ALWAYS),
    "stun": Row("STUN servers, and what NAT discovery asks", _up_to("no-host")),
    "mapped": Row("the peer's NAT, or its public IPv4 address", _up_to("no-host")),
    "relay": Row("the peer's relays", _up_to("no-host"), is_certain=False),
    "public": Row("the peer's public address of a family in which this machine's is public, too",
                  _up_to("obfuscated"), is_certain=False),
    "host": Row("private addresses that the peer names", _up_to("obfuscated")),
    "neighbour": Row("among them any on the own link", _up_to("obfuscated")),
    "mdns": Row("the link's multicast group for names (mDNS)", _up_to("obfuscated")),
    "interface": Row("any of them by other interfaces than the default route's", _up_to("open")),
}

# What the peer and the signalling server are told in descriptions and candidates, and the program
# in statistics, events and logs.
SHOWN = {
    "own": Row("addresses of the default route's interface", _up_to("default-route")),
    "own-other": Row("addresses of other interfaces", _up_to("open")),
    "name": Row("a random `.local` name in their place", _ONLY_OBFUSCATED),
    "own-mapped": Row("the public address that a STUN server sees", _up_to("no-host")),
    "own-mapped-other": Row("the one of another interface", _up_to("open"), is_certain=False),
    "own-relay": Row("the address of a relay", _ALWAYS),
    "nat": Row("how the NAT behaves (`a=floe-nat`)", _up_to("default-route"), is_certain=False),
}


def _table(title, rows):
    lines = [[title, *(f"**{level}**" for level in LEVELS)], ["---"] * (len(LEVELS) + 1)]
    lines += [[row.words, *(_WORDS[may] for may in row.levels)] for row in rows.values()]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def markdown():
    """(who is sent packets, what is shown)"""
    return _table("packets go to", DESTINATIONS), _table("told and shown are", SHOWN)
