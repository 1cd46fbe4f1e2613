# SPDX-License-Identifier: MPL-2.0
"""Privacy levels on the wire: who is sent packets, and what addresses are in them, in what is
signalled, and in what the program is told, equals the tables of docs/guide/privacy.md."""

import os
import subprocess
import sys

from lab import enclosure
from pairs.peer import find_missing
from privacy import LEVELS, markdown

from .meetings import need_peer
from .probes import Skip, cases, expect

_HERE = os.path.dirname(os.path.abspath(__file__))
_GUIDE = os.path.join(_HERE, "..", "..", "..", "docs", "guide", "privacy.md")
_WATCH = os.path.join(_HERE, "..", "watch.py")
_HANG_SECONDS = 400

_ALL = (("offering", "floe"), ("answering", "floe"),
        ("offering", "chromium"), ("answering", "chromium"))


def _start(options):
    # A world of its own each, whose hosts have the same names.
    environment = {key: value for key, value in os.environ.items()
                   if key not in (enclosure.INSIDE, enclosure.SCRATCH)}
    return subprocess.Popen([sys.executable, _WATCH, *options], env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def find_faults(connections):
    """What is not as the tables say in connections that are held beside each other, as most of each
    is waiting: options of watch.py, a tuple each."""
    need_peer()
    if any("chromium" in each for each in connections) and find_missing("chromium") is not None:
        raise Skip(find_missing("chromium"))
    started = [(options, _start(options)) for options in connections]
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


def test_levels():
    """at each level only who may gets packets, and nothing hidden is in them, or in what is told"""
    connections = [(level, "offering", "floe") for level in LEVELS[:-1]]
    expect(find_faults([*connections, ("obfuscated", "offering", "floe", "--near")]), [], "faults")


def test_relays():
    """at relay-only all goes to TURN servers, whoever calls, however they are reached, or not"""
    ways = [("offering", "floe", "--turn", way) for way in ("tls", "proxy", "dead")]
    ways.append(("offering", "floe", "--policy"))
    expect(find_faults([("relay-only", *each) for each in (*_ALL, *ways)]), [], "faults")


@cases(full=LEVELS[:-1])
def test_level(level):
    """at {} likewise, in both roles, with Floe and with Chromium"""
    expect(find_faults([(level, *each) for each in _ALL]), [], "faults")


@cases(full=LEVELS)
def test_near(level):
    """at {} likewise, when the other one is in the same network"""
    expect(find_faults([(level, *each, "--near") for each in _ALL]), [], "faults")


@cases(full=LEVELS)
def test_move(level):
    """at {} likewise, when the default route moves to another interface"""
    moves = [("offering", "floe"), ("answering", "chromium")]
    expect(find_faults([(level, *each, "--move") for each in moves]), [], "faults")


@cases(("open", "relay-only"), full=zip(LEVELS, LEVELS[1:]))
def test_difference(level, promised):
    """what is done at {} is found out where {} is promised"""
    faults = find_faults([(level, "offering", "floe", "--as", promised)])
    expect(len(faults), 1, "connections with faults")
    if (level, promised) == (LEVELS[0], LEVELS[-1]):
        for words in ("sent to", "signalled", "in a packet", "written"):
            expect(words in faults[0], True, f"that something is {words}")
