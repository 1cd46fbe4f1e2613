# SPDX-License-Identifier: MPL-2.0
"""What takes a connection's paths away while it transfers, and how it goes on."""

import time

from pairs import log as logs

from .journey import await_path, let_direct, meet, servers
from .transfer import Transfer

MESSAGES = 40  # that have to come before, and after

# Relays only: each router gives each destination another port, and a server is there for each.
SYMMETRIC = """
default delay=10ms
router home-a apdm-random tcp=none
router home-b apdm-random tcp=none
host alice behind=home-a
host bob behind=home-b
host turn
host turn2
"""

TWO_NETWORKS = """
default delay=10ms
router wifi eim-apdf
router cell eim-apdf
router home-b eim-apdf
host alice behind=wifi,cell
host bob behind=home-b
host turn
"""


def _finish(peers, transfer):
    transfer.run(MESSAGES)
    fault = transfer.finish()
    for peer in peers:
        peer.end()
    return fault


def lose_path(world, log=logs.Nothing()):
    """(what is wrong or None, seconds until data flowed again) of a direct path that dies under
    load, with a relay in reserve."""
    _, options = servers(world)
    let_direct(world, True)
    peers = meet(world, options, log=log)
    transfer = Transfer(*peers)
    transfer.run(MESSAGES)
    if peers[0].find("path")[1]["to"]["relayed"]:
        await_path(peers[0], False)
    transfer.run(MESSAGES)
    closed = time.monotonic()
    let_direct(world, False)
    transfer.run(MESSAGES)
    gap = transfer.gap(closed, closed + 5)
    return _finish(peers, transfer), gap


def lose_network(world, seconds=10, log=logs.Nothing()):
    """The same of a host whose network is gone for a while."""
    _, options = servers(world)
    let_direct(world, True)
    peers = meet(world, options, log=log)
    transfer = Transfer(*peers)
    transfer.run(MESSAGES)
    world.command("down alice")
    time.sleep(seconds)
    opened = time.monotonic()
    world.command("up alice")
    transfer.run(MESSAGES)
    # What was in flight may have come a moment before.
    after = next((when for when, *_ in transfer.arrivals if when > opened), opened) - opened
    return _finish(peers, transfer), after


def lose_relay(world, log=logs.Nothing()):
    """The same of two peers with a TURN server each, when the sender's dies: then only the
    receiver's is left, which the sender has to find anew."""
    started, options = servers(world, 2)
    half = len(options) // 2
    peers = meet(world, (options[:half], options[half:]), log=log)
    transfer = Transfer(*peers)
    transfer.run(MESSAGES)
    closed = time.monotonic()
    started[0].process.kill()
    started[0].process.wait()
    transfer.run(MESSAGES)
    return _finish(peers, transfer), transfer.gap(closed, closed + 60)


def change_address(world, log=logs.Nothing()):
    """The same of a host with two networks, when the interface that carries is gone."""
    _, options = servers(world)
    peers = meet(world, options, log=log)
    transfer = Transfer(*peers)
    transfer.run(MESSAGES)
    closed = time.monotonic()
    name = world["alice"].interfaces[0].name
    done = world["alice"].run(["ip", "link", "set", name, "down"])
    if done.returncode != 0:
        raise AssertionError(f"ip link: {done.stdout}")
    transfer.run(MESSAGES)
    return _finish(peers, transfer), transfer.gap(closed, closed + 30)
