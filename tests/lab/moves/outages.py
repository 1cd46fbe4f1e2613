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

NO_UDP = """
default delay=10ms
router home-a udp-blocked
host alice behind=home-a
host bob
host turn
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

# The world's router knows both addresses; the host has one of them at a time.
RENUMBERED = """
default delay=10ms
router home-a eim-apdf
router home-b eim-apdf
host alice behind=home-a addresses=2
host bob behind=home-b
host turn
"""


def _finish(peers, transfer):
    transfer.run(MESSAGES)
    fault = transfer.finish()
    for peer in peers:
        peer.end()
    return fault


def lose_path(world, log=logs.Nothing(), peer="floe", is_sender=False):
    """(what is wrong or None, seconds until data flowed again) of a direct path that dies under
    load, with a relay in reserve, between a Floe and `peer`, which answers."""
    _, options = servers(world)
    let_direct(world, True)
    peers = meet(world, options, peer, log)
    transfer = Transfer(*(reversed(peers) if is_sender else peers))
    transfer.run(MESSAGES)
    if peers[0].last("path")[1]["to"]["relayed"]:
        await_path(peers[0], False)
    transfer.run(MESSAGES)
    closed = time.monotonic()
    let_direct(world, False)
    transfer.run(MESSAGES)
    gap = transfer.gap(closed, closed + 5)
    return _finish(peers, transfer), gap


def _lose_network(world, peers, seconds):
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


def lose_network(world, log=logs.Nothing(), seconds=10):
    """The same of a host whose network is gone for a while."""
    _, options = servers(world)
    let_direct(world, True)
    return _lose_network(world, meet(world, options, log=log), seconds)


def lose_tcp(world, log=logs.Nothing(), seconds=10):
    """The same where data goes by TCP from peer to peer."""
    _, options = servers(world, transport="tcp")
    peers = meet(world, options, log=log)
    await_path(peers[0], False)
    return _lose_network(world, peers, seconds)


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


def _run(host, *commands):
    for command in commands:
        done = host.run(["ip", *command.split()])
        if done.returncode != 0:
            raise AssertionError(f"ip {command}: {done.stdout}")


def renumber(world, log=logs.Nothing()):
    """The same of a host whose only interface gets another address, as of a network that was left
    for another: with the address go its routes."""
    alice = world["alice"]
    link = alice.interfaces[0]
    old, new = link.addresses[:2]
    way = f"route replace default via {link.gateways[0]} dev {link.name} onlink"
    _run(alice, f"address del {new} dev {link.name}", way)
    _, options = servers(world)
    peers = meet(world, options, log=log)
    transfer = Transfer(*peers)
    transfer.run(MESSAGES)
    closed = time.monotonic()
    _run(alice, f"address del {old} dev {link.name}", f"address add {new} dev {link.name}", way)
    transfer.run(MESSAGES)
    return _finish(peers, transfer), transfer.gap(closed, closed + 30)
