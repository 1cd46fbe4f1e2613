# SPDX-License-Identifier: MPL-2.0
"""`floe nat` and coturn's turnutils_natdiscovery, one after the other on the same host behind each
kind of NAT: they must agree wherever coturn's concludes. With LAB_NAT_TABLE=FILE all kinds are
tried, Floe's must be the faster one, and the times are written there, in Markdown."""

import json
import os
import re
import shutil
import time

from lab import Coturn, World, coturn

from .kinds import KINDS
from .probes import Skip, cases, expect

WORLD = """
router home {} delay=10ms
host alice behind=home
host turn addresses=2 delay=10ms
"""
LETTERS = {"i": "endpoint-independent", "a": "address-dependent",
           "p": "address-and-port-dependent"}
WORDS = {"Endpoint Independent": LETTERS["i"], "Address Dependent": LETTERS["a"],
         "Address and Port Dependent": LETTERS["p"]}
QUICK = ("eim-eif", "eim-apdf", "apdm-random")
# Where coturn's takes so long, Floe's takes a quarter at most.
SLOW, TIMES_FASTER = 3, 4


def is_measured():
    return "LAB_NAT_TABLE" in os.environ


def truths():
    """Kind, mapping, filtering of those that the plain probes of kinds.py have proven."""
    found = [(kind, LETTERS[mapping], LETTERS[filtering])
             for kind, mapping, filtering, _ in KINDS if is_measured() or kind in QUICK]
    return found + [("open", LETTERS["i"], LETTERS["i"])] * is_measured()


def timed(host, command):
    began = time.monotonic()
    done = host.run(command)
    return done, time.monotonic() - began


def ask_coturn(host, server):
    """(mapping, filtering, seconds), None for what it does not conclude."""
    done, seconds = timed(host, ["turnutils_natdiscovery", "-m", "-f", server.host.address()])
    said = dict(reversed(found) for found in
                re.findall(r"NAT with (.*?) (Mapping|Filtering)!", done.stdout))
    return WORDS.get(said.get("Mapping")), WORDS.get(said.get("Filtering")), seconds


def ask_floe(host, options):
    """(report, seconds)"""
    done, seconds = timed(host, [os.environ["LAB_FLOE"], "nat", "--json", *options])
    report = json.loads(done.stdout[done.stdout.index("{"):])
    return report, seconds


def write_row(*cells):
    if not is_measured():
        return
    with open(os.environ["LAB_NAT_TABLE"], "a", encoding="utf-8") as file:
        file.write("| " + " | ".join(str(cell) for cell in cells) + " |\n")


def need(*programs):
    for program in programs:
        if shutil.which(program) is None:
            raise Skip(f"{program} is missing (Debian package coturn)")
    if not os.path.exists(os.environ.get("LAB_FLOE", "")):
        raise Skip("no floe to run (run.sh --floe PATH)")


def check_times(theirs, ours):
    """Times are asserted only where they are measured, and nothing else runs."""
    if is_measured() and theirs >= SLOW:
        expect(ours * TIMES_FASTER <= theirs, True, f"{theirs:.2f} s and {ours:.2f} s")


@cases(*truths())
def test_agreement(kind, mapping, filtering):
    """floe nat is right about {}, and coturn's tool does not contradict it"""
    need("turnserver", "turnutils_natdiscovery")
    with World(WORLD.format(kind)) as world:
        server = Coturn(world["turn"], tls=False)
        alice = world["alice"]
        their_mapping, their_filtering, theirs = ask_coturn(alice, server)
        report, ours = ask_floe(alice, ["--stun", server.url("stun")])
        found = report["mapping"], report["filtering"]
        write_row(f"`{kind}`", their_mapping or "-", their_filtering or "-", f"{theirs:.2f}",
                  *found, f"{ours:.2f}", report["ms"], f"{theirs / ours:.1f}")
        expect(found, (mapping, filtering), "what floe nat says")
        for what, their, our in (("mapping", their_mapping, found[0]),
                                 ("filtering", their_filtering, found[1])):
            expect(their in (None, our), True, f"{what}: {their} and {our}")
        check_times(theirs, ours)
