# SPDX-License-Identifier: MPL-2.0
"""What a host behind a kind of NAT tells its peer of it: floe nat's report in the words of
src/sdp/floe-nat-summary-codec-private.h, as floe-peer --nat takes them."""

import json
import os
import subprocess

from lab import Coturn, World

from .places import place

_VERSION = "1"
_ANSWERS = {True: "yes", False: "no"}
_BEHAVIOURS = {"endpoint-independent": "ei", "address-dependent": "ad",
               "address-and-port-dependent": "apd"}
_MAPPINGS = {**_BEHAVIOURS, "endpoint-dependent": "ed"}
_ALLOCATIONS = {"port-preserving": "keep", "sequential": "seq", "random": "random",
                "port-block": "block"}
_CONFIDENCES = ("none", "low", "medium", "high")


def _confidence(report):
    """The lesser one of what the class depends on; an axis that is unknown is told as that."""
    sure = report["confidence"]
    if report["filtering"] == "unknown":
        return sure["mapping"]
    return min(sure["mapping"], sure["filtering"], key=_CONFIDENCES.index)


def summarize(report):
    """The summary of a line of floe nat --json, with punching offered."""
    is_udp_proven = report["udp"] or report["confidence"]["udp"] != "none"
    allocation = _ALLOCATIONS.get(report["allocation"])
    words = [("udp", _ANSWERS[report["udp"]] if is_udp_proven else None),
             ("nat", _ANSWERS.get(report["translation"])),
             ("map", _MAPPINGS.get(report["mapping"])),
             ("filter", _BEHAVIOURS.get(report["filtering"])),
             ("alloc", allocation),
             ("step", allocation == "seq" and report["allocation_step"] or None),
             ("pool", allocation == "block" and report["block_size"] or None),
             ("poison", _ANSWERS.get(report["poisoning"])),
             ("sure", _confidence(report)),
             ("punch", "yes")]
    return " ".join([_VERSION, *(f"{name}-{word}" for name, word in words
                                 if word not in (None, "none"))])


def discover(kind):
    """The summary of a host behind that kind, from discovery in a world of its own."""
    text = "\n".join([*place("alice", kind), "host turn delay=10ms",
                      "host stun addresses=2 delay=10ms"])
    with World(text + "\n") as world:
        turn, stun = Coturn(world["turn"], tls=False), Coturn(world["stun"], tls=False)
        user, password = turn.credentials()
        done = world["alice"].run([os.environ["LAB_FLOE"], "nat", "--json", "--turn", turn.url(),
                                   "--turn-user", user, "--turn-password", password, "--stun",
                                   stun.url("stun")], stderr=subprocess.DEVNULL)
    return summarize(json.loads(done.stdout))


def takes_reports():
    """Whether floe-peer can be told them."""
    said = subprocess.run([os.environ["LAB_FLOE_PEER"], "--help"], capture_output=True, text=True,
                          check=False).stdout
    return "--nat=" in said
