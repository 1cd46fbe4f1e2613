# SPDX-License-Identifier: MPL-2.0
"""One connection that goes up to a direct path and back to the relay while it transfers."""

import dataclasses
import time

from lab import Coturn
from pairs import log as logs
from pairs.peer import Peer, introduce

from .transfer import PATIENCE, Transfer

# Only a TURN server is reached by UDP, until udp=all.
WORLD = """
default delay=10ms
router home-a eim-apdf udp=3478 tcp=none
router home-b eim-apdf udp=3478 tcp=none
host alice behind=home-a{link}
host bob behind=home-b{link}
host turn
"""
START_SECONDS = 60  # for a browser on a busy machine


@dataclasses.dataclass
class Figures:
    """Seconds, but for the bytes."""
    up_after: float = 0  # from when a direct path was possible until it carried
    up_gap: float = 0
    down_gap: float = 0
    bytes: int = 0
    seconds: float = 0
    fault: str = None


def let_direct(world, is_let):
    for home in ("home-a", "home-b"):
        world.command(f"set {home} udp={'all' if is_let else '3478'}")


def servers(world, count=1, transport="udp"):
    """Options for peers that have this world's TURN servers: of the hosts turn, turn2, ..."""
    options, started = [], []
    for index in range(count):
        server = Coturn(world[f"turn{index + 1 if index else ''}"], tls=False)
        user, password = server.credentials()
        options += ["--ice-server", server.url("turn", transport), "--ice-user", user, "--ice-pass",
                    password]
        started.append(server)
    return started, options


def meet(world, options, receiver="floe", log=logs.Nothing()):
    """(sender, receiver): two peers with an open channel; the sender is a Floe. `options` are both
    peers', or a pair of them."""
    mine, others = options if isinstance(options, tuple) else (options, options)
    one = Peer(world["alice"], "floe", log, "--no-echo", *mine)
    two = Peer(world["bob"], receiver, log, "--no-echo", *others)
    until = time.monotonic() + START_SECONDS
    for peer in (one, two):
        peer.wait("ready", until)
    introduce(one, two, 0.04)
    one.say(cmd="offer", channels=[{"label": "chat"}])
    for peer in (one, two):
        peer.wait("open", time.monotonic() + PATIENCE)
    return one, two


def await_path(peer, relayed):
    """When it was told that the peer's data goes so, from now on."""
    until = time.monotonic() + PATIENCE
    while True:
        when, event = peer.wait("path", until)
        if event["to"]["relayed"] == relayed:
            return when


def travel(world, receiver="floe", size=1000000, message=16000, log=logs.Nothing()):
    """Up and back, with a third of so many bytes before, between and after, at the least."""
    _, options = servers(world)
    one, two = meet(world, options, receiver, log)
    if not one.find("path")[1]["to"]["relayed"]:
        raise AssertionError("a direct path before there may be one")
    began = time.monotonic()
    transfer = Transfer(one, two, message)
    figures = Figures()
    leg = size // (3 * message) + 1
    transfer.run(leg)
    opened = time.monotonic()
    let_direct(world, True)
    moved = await_path(one, False)
    transfer.run(leg)
    figures.up_after = moved - opened
    # The peer moves by itself, a little earlier or later.
    figures.up_gap = transfer.gap(moved - 0.5, moved + 1)
    closed = time.monotonic()
    let_direct(world, False)
    await_path(one, True)
    transfer.run(leg)
    figures.fault = transfer.finish()
    figures.down_gap = transfer.gap(closed, closed + 10)
    figures.bytes, figures.seconds = transfer.bytes(), time.monotonic() - began
    one.end()
    two.end()
    return figures
