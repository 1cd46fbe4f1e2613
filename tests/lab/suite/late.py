# SPDX-License-Identifier: MPL-2.0
"""Answers and candidates that come late, and in any order: who meets when all is there."""

import random
import threading
import time

from lab import Coturn, World

from .peers import WORLD, Peer
from .probes import cases, expect
from .servers import need_coturn

# Enough for ICE's slowest repetitions, and for a machine that has other things to do.
PATIENCE = 60


class Post:
    """Takes a peer's lines, and hands them to the other one as `arrange` says: (seconds, lines)."""

    def __init__(self, target, arrange):
        self.target, self.arrange = target, arrange
        self.lines = []
        self.lock = threading.Lock()
        self.timer = None

    def write(self, line):
        with self.lock:
            if self.timer is None:
                delay, _ = self.arrange([])
                self.timer = threading.Timer(delay, self._deliver)
                self.timer.daemon = True
                self.timer.start()
            if self.lines is not None:
                self.lines.append(line)
                return
        self.target.write(line)

    def _deliver(self):
        with self.lock:
            _, lines = self.arrange(self.lines)
            self.lines = None
            for line in lines:
                self.target.write(line)


def wait_open(peer, seconds):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            return peer.wait("open")
        except AssertionError:
            continue
    raise AssertionError(f"no channel within {seconds} s")


def converse(kinds, there, back, seconds):
    need_coturn()
    with World(WORLD.format(*kinds)) as world:
        server = Coturn(world["turn"], tls=False)
        options = ["--ice-server", server.url("stun")]
        one, two = Peer(world["alice"], "--no-echo", *options), Peer(world["bob"], *options)
        one.other, two.other = Post(two, there), Post(one, back)
        one.reader.start()
        two.reader.start()
        one.say(cmd="offer", channels=[{"label": "chat"}])
        began = time.monotonic()
        wait_open(one, seconds)
        wait_open(two, PATIENCE)
        print(f"    {'×'.join(kinds)}: open after {time.monotonic() - began:.1f} s")
        one.say(cmd="send", label="chat", size=10000)
        expect(two.wait("message")["size"], 10000, "what bob got")
        expect((one.end(), two.end()), (0, 0), "exit statuses")


def at_once(lines):
    return 0, lines


@cases((8, "eim-apdf", "eim-apdf"), (8, "eim-adf", "apdm-random"),
       full=[(45, "eim-apdf", "eim-apdf"), (45, "open", "eim-apdf"), (45, "eim-adf", "apdm-random")])
def test_late_answer(seconds, kind_a, kind_b):
    """an answer that comes {} s late connects {} and {}"""
    converse((kind_a, kind_b), at_once, lambda lines: (seconds, lines), seconds + PATIENCE)


@cases((1, "eim-adf"), (2, "apdm-random"))
def test_any_order(seed, kind):
    """descriptions and candidates that come together and in any order connect eim-adf and {1} ({0})"""
    chance = random.Random(seed)

    def shuffled(lines):
        lines = list(lines)
        chance.shuffle(lines)
        return 1, lines

    converse(("eim-adf", kind), shuffled, shuffled, PATIENCE)
