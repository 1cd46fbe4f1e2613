# SPDX-License-Identifier: MPL-2.0
"""Privacy levels on the wire: who is sent packets, and what addresses are in them, in what is
signalled, and in what the program is told, equals the tables of docs/guide/privacy.md."""

import os
import subprocess
import sys

from lab import enclosure
from pairs.peer import find_missing
from privacy import LEVELS, markdown

from .meetings import IS_FULL, need_peer
from .probes import Skip, cases, expect

_HERE = os.path.dirname(os.path.abspath(__file__))
_GUIDE = os.path.join(_HERE, "..", "..", "..", "docs", "guide", "privacy.md")
_WATCH = os.path.join(_HERE, "..", "watch.py")
_HANG_SECONDS = 400

# Connections beside each other; most of each is waiting.
_FIRST = (("offering", "floe"),)
_ALL = (*_FIRST, ("answering", "floe"), ("offering", "chromium"), ("answering", "chromium"))
_RELAYS = (*_ALL, ("offering", "floe", "--turn", "tls"), ("offering", "floe", "--turn", "proxy"))
_MOVES = (("offering", "floe", "--move"), ("answering", "chromium", "--move"))


def _start(level, options):
    # A world of its own each, whose hosts have the same names.
    environment = {key: value for key, value in os.environ.items()
                   if key not in (enclosure.INSIDE, enclosure.SCRATCH)}
    return subprocess.Popen([sys.executable, _WATCH, level, *options], env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def find_faults(level, connections):
    """What is not as the table says in any of them."""
    need_peer()
    if any("chromium" in each for each in connections) and find_missing("chromium") is not None:
        raise Skip(find_missing("chromium"))
    started = [(options, _start(level, options)) for options in connections]
    faults = []
    try:
        for options, process in started:
            output, _ = process.communicate(timeout=_HANG_SECONDS)
            if process.returncode != 0:
                faults.append(f"{' '.join(options)}: {output.strip()}")
    finally:
        for _, process in started:
            process.kill()
            process.wait()
    return faults


def test_guide():
    """the guide has the tables that the wire is held to"""
    with open(_GUIDE, encoding="utf-8") as file:
        text = file.read()
    for table in markdown():
        expect(table in text, True, f"that docs/guide/privacy.md has\n{table}")


@cases(*LEVELS)
def test_level(level):
    """at {} nobody but who may gets packets, and nothing hidden is in them, or in what is told"""
    connections = _RELAYS if level == "relay-only" else _ALL if IS_FULL else _FIRST
    expect(find_faults(level, connections), [], level)


@cases(full=LEVELS)
def test_move(level):
    """at {} likewise, when the default route moves to another interface"""
    expect(find_faults(level, _MOVES), [], level)


def test_policy():
    """with the transport policy relay likewise as at relay-only"""
    expect(find_faults("relay-only", [("offering", "floe", "--policy")]), [], "the policy")


@cases(("open", "relay-only"), full=[*zip(LEVELS, LEVELS[1:])])
def test_difference(level, promised):
    """what is done at {} is found out where {} is promised"""
    faults = find_faults(level, [("offering", "floe", "--as", promised)])
    expect(len(faults), 1, "connections with faults")
    if level == "open":
        for words in ("sent to", "signalled", "in a packet", "written"):
            expect(words in faults[0], True, f"that something is {words}")
