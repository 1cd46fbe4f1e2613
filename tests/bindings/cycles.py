#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""Connects, sends and closes again and again, and looks at what stays.

    python3 cycles.py COUNT

A third of the pairs is closed, the others are dropped in any order, as garbage collection would.
"""

import gc
import os
import random
import sys

from floe_pair import Floe, GLib, Pair, settle, wait

# What the allocator and the caches of the libraries below take while they warm up.
WARM_UP = 10
# Resident memory moves by this much for reasons of its own; a leak of one pair is 100 KiB and more.
SLACK_KIB = 4096


def cycle(number, random, alive):
    pair = Pair()
    for name, connection in (("alice", pair.alice), ("bob", pair.bob)):
        alive.add((number, name))
        connection.weak_ref(alive.discard, (number, name))
    pair.meet()
    pair.channel.send_text(f"text {number}")
    pair.theirs.send_bytes(GLib.Bytes.new(bytes([number % 256]) * 1000))
    assert pair.first("bob", "message-text")[2] == f"text {number}"
    assert pair.first("alice", "message-bytes")[2].get_size() == 1000
    if number % 3 == 0:
        pair.close()
        return
    # Whoever is dropped first, handlers and all.
    for connection in (pair.alice, pair.bob):
        connection.disconnect_by_func(pair.on_candidate)
    held = ["alice", "bob", "channel", "theirs"]
    random.shuffle(held)
    for name in held:
        setattr(pair, name, None)
        gc.collect()


def resident_kib():
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE") // 1024


def descriptors():
    return len(os.listdir("/proc/self/fd"))


def main(count):
    seeded = random.Random(7)
    alive = set()
    before = None
    for number in range(count + WARM_UP):
        cycle(number, seeded, alive)
        settle()
        if number == WARM_UP - 1:
            before = resident_kib(), descriptors()
    wait(lambda: settle() or not alive or GLib.usleep(1000))
    # The network side ends what it has in its own thread.
    wait(lambda: descriptors() <= before[1] or GLib.usleep(1000))
    grown = resident_kib() - before[0]
    limit = SLACK_KIB + 4 * count
    print(f"{count} cycles, {grown} KiB grown, at most {limit}")
    if grown > limit:
        sys.exit(f"{grown} KiB more than after {WARM_UP} cycles, more than {limit}")


main(int(sys.argv[1]))
