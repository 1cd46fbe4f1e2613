# SPDX-License-Identifier: MPL-2.0
"""What each privacy level lets out: the tables of docs/guide/privacy.md, and what suite/privacy.py
holds the wire to."""

from typing import NamedTuple

LEVELS = ("open", "default-route", "obfuscated", "no-host", "relay-only")
_WORDS = {True: "yes", False: "no"}


class Row(NamedTuple):
    """For each level whether it may be; and at which of them it has to be in a connection of the
    laboratory, if it may: the rest depends on what is quicker."""
    words: str
    levels: tuple
    certain: tuple = LEVELS

    def may(self, level):
        return self.levels[LEVELS.index(level)]

    def must(self, level):
        return self.may(level) and level in self.certain


def _up_to(level):
    """Yes for that level and all that hide less."""
    return tuple(LEVELS.index(each) <= LEVELS.index(level) for each in LEVELS)


_NEVER_CERTAIN, _CERTAIN_ALONE = (), ("relay-only",)
_ALWAYS, _ONLY_OBFUSCATED = _up_to("relay-only"), tuple(each == "obfuscated" for each in LEVELS)

# Whom packets go to.
DESTINATIONS = {
    "dns": Row("DNS, for the names of servers", _ALWAYS),
    "turn": Row("TURN servers, or the proxy to them", _ALWAYS, _CERTAIN_ALONE),
    "stun": Row("STUN servers, and what NAT discovery asks", _up_to("no-host")),
    "public": Row("public addresses that the peer names", _up_to("no-host"), ("no-host",)),
    "relay": Row("among them its relays", _up_to("no-host"), _NEVER_CERTAIN),
    "global": Row("public addresses, from an own one that is public, too", _up_to("obfuscated"),
                  _NEVER_CERTAIN),
    "host": Row("private addresses that the peer names", _up_to("obfuscated"), _NEVER_CERTAIN),
    "neighbour": Row("among them any on the own link", _up_to("obfuscated")),
    "mdns": Row("the link's multicast group for names (mDNS)", _up_to("obfuscated")),
    "interface": Row("any of them by other interfaces than the default route's", _up_to("open")),
}

# What the peer and the signalling server are told in descriptions and candidates, and the program
# in statistics, events and logs.
SHOWN = {
    "own": Row("private addresses of the default route's interface", _up_to("default-route")),
    "name": Row("random `.local` names in place of its addresses", _ONLY_OBFUSCATED),
    "own-global": Row("its public address, where it has one itself", _up_to("obfuscated"),
                      ("open", "default-route")),
    "own-public": Row("the public address of its NAT, which a STUN server sees",
                      _up_to("no-host")),
    "own-other": Row("addresses of other interfaces, private and public", _up_to("open")),
    "own-relay": Row("the address of a relay", _ALWAYS, _CERTAIN_ALONE),
    "nat": Row("how the NAT behaves (`a=floe-nat`)", _up_to("default-route"), _NEVER_CERTAIN),
}

# The kinds of candidates that are signalled; host candidates have names at "obfuscated".
TYPES = {"host": _up_to("obfuscated"), "srflx": _up_to("no-host"), "relay": _ALWAYS}


def may_signal(kind, level):
    """Whether candidates of that type are told at that level."""
    return kind in TYPES and TYPES[kind][LEVELS.index(level)]


def _table(title, rows):
    lines = [[title, *(f"**{level}**" for level in LEVELS)], ["---"] * (len(LEVELS) + 1)]
    lines += [[row.words, *(_WORDS[may] for may in row.levels)] for row in rows.values()]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def markdown():
    """(who is sent packets, what is shown)"""
    return _table("packets go to", DESTINATIONS), _table("told and shown are", SHOWN)
