# SPDX-License-Identifier: MPL-2.0
"""Transfers both ways between two behind NATs that plain ICE can't cross: they begin on a relay as
soon as the channel is open, and go on until some time after both sides have moved to a direct path.
"""

import dataclasses
import time

from pairs import log as logs

from .journey import meet
from .transfer import Transfer

# Seconds until it is direct. After two attempts in vain, some 20 s, there is none for an hour.
PATIENCE = 60
# At full speed both ways a small machine would have no time left for punching.
_SIZE, _WINDOW = 16000, 4
_LEG = 40  # messages, each way
_LOOK_SECONDS = 0.05


class Luck(Exception):
    """The direct path was there before any data was, or plain ICE has met one of the few ports that
    are its own, or two attempts were in vain; what was sent is whole."""


@dataclasses.dataclass
class Crossing:
    """Bytes are those of alice's packets, both ways, seconds are from when the offer left."""
    began: tuple = ()        # each side's first path event
    moved: tuple = ()        # the one that told that its data goes directly
    seconds: tuple = ()      # when that came
    kinds: tuple = ()        # of each side's paths that have carried, in the words of the metrics
    relayed_before: int = 0  # from the first message to the move
    relayed_after: int = 0   # of one leg after it
    direct_after: int = 0
    arrived: int = 0         # in messages of the same leg, both ways
    messages: int = 0        # in all, both ways
    gap: float = 0           # the longest pause in either way's arrivals around the move


def _count(world):
    """(bytes by way of the TURN server, other bytes) of alice's."""
    server, counts = world["turn"].address(), [0, 0]
    for _, _, remote, _, sent, _, received in world.flows("alice"):
        counts[remote.rsplit(":", 1)[0] != server] += sent + received
    return counts


def _paths(peers):
    return [peer.count("path") for peer in peers]


def _run(transfers):
    for transfer in transfers:
        transfer.run(_LEG)


def _rise(peers, transfers):
    """What told both sides that their data goes directly, with its time; it is sent meanwhile."""
    until = time.monotonic() + PATIENCE
    while True:
        last = [peer.last("path") for peer in peers]
        if not any(event["to"]["relayed"] for _, event in last):
            return last
        if time.monotonic() > until:
            raise Luck(f"no direct path, {last}")
        _run(transfers)


def _watch_leg(world, peers, transfers, figures):
    """One leg on the direct path, and what it was on the wire. On a busy machine that path may be
    taken for dead; then it is waited for again."""
    until = time.monotonic() + PATIENCE
    while True:
        _rise(peers, transfers)
        _run(transfers)  # what was under way by the relay is over then
        paths, before = _paths(peers), _count(world)
        had = sum(transfer.bytes() for transfer in transfers)
        _run(transfers)
        figures.arrived = sum(transfer.bytes() for transfer in transfers) - had
        after = _count(world)
        figures.relayed_after, figures.direct_after = (b - a for a, b in zip(before, after))
        if _paths(peers) == paths:
            return
        if time.monotonic() > until:
            raise Luck(f"the path changes all the time, {paths}")


def _ask_kinds(peer):
    """How the paths were tried that data was moved to."""
    peer.say(cmd="metrics")
    until = time.monotonic() + PATIENCE
    while peer.last("metrics") is None:
        if time.monotonic() > until:
            raise AssertionError(f"no metrics at {peer.name}")
        time.sleep(_LOOK_SECONDS)
    metrics = peer.last("metrics")[1]["metrics"]
    numbers = {move["path"] for move in metrics["moves"]}
    return [path["type"] for path in metrics["paths"] if path["number"] in numbers]


def _find_gap(transfers, moves):
    first, last = min(when for when, _ in moves), max(when for when, _ in moves)
    return max(transfer.gap(first - 0.5, last + 1) for transfer in transfers)


def _watch(world, peers, transfers, figures):
    before = _count(world)
    moves = _rise(peers, transfers)
    figures.moved = tuple(event for _, event in moves)
    figures.seconds = tuple(when - peers[0].described for when, _ in moves)
    figures.relayed_before = _count(world)[0] - before[0]
    _watch_leg(world, peers, transfers, figures)
    figures.kinds = tuple(_ask_kinds(peer) for peer in peers)
    figures.gap = _find_gap(transfers, moves)
    if figures.relayed_before < _SIZE or not any("punched" in kinds for kinds in figures.kinds):
        raise Luck(f"{figures.relayed_before} bytes before the move, {figures.kinds}")


def _cross(world, peers, figures):
    figures.began = tuple(peer.find("path")[1] for peer in peers)
    if not all(peer.last("path")[1]["to"]["relayed"] for peer in peers):
        raise Luck("a direct path before the channel")
    transfers = [Transfer(*ends, _SIZE, _WINDOW) for ends in (peers, reversed(peers))]
    try:
        _watch(world, peers, transfers, figures)
    finally:
        # Whatever became of the path.
        faults = [transfer.finish() for transfer in transfers]
        if faults != [None, None]:
            raise AssertionError(f"faults of what came: {faults}")
    figures.messages = sum(transfer.count for transfer in transfers)


def cross(world, options, log=logs.Nothing()):
    """The Crossing of alice and bob, whose options are a pair; raises Luck, and
    AssertionError for a message that is lost, doubled, late or spoiled."""
    peers, figures = meet(world, tuple(options), log=log), Crossing()
    try:
        _cross(world, peers, figures)
    finally:
        for peer in peers:
            peer.end()
    return figures
