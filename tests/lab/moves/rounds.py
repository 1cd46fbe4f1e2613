# SPDX-License-Identifier: MPL-2.0
"""What rise.py measures: tasks, dictionaries of words and numbers, and what comes out of one."""

import dataclasses
import os

from lab import World
from pairs import log as logs

from . import journey, outages

_LOSSY = " loss=2%"
HANG_SECONDS = 1200  # each of some waits may take more than a minute; 100 MB at loss do, too

_DISASTERS = {
    "death": ("a direct path dies, {}", outages.lose_path, journey.WORLD.format(link="")),
    "outage": ("no network for 10 s (from its return)", outages.lose_network,
               journey.WORLD.format(link="")),
    "tcp": ("likewise, over TCP from peer to peer", outages.lose_tcp, outages.NO_UDP),
    "interface": ("the interface goes, another is there", outages.change_address,
                  outages.TWO_NETWORKS),
    "address": ("the only interface gets another address", outages.renumber, outages.RENUMBERED),
    "relay": ("one of two relays dies", outages.lose_relay, outages.SYMMETRIC),
}
# In the order of the page.
PARTS = [*_DISASTERS, "clean", "lossy"]
JOURNEYS = ("clean", "lossy")


def title(task):
    if task["part"] in _DISASTERS:
        way = f"{task['peer']} to floe" if task.get("is_sender") else f"floe to {task.get('peer')}"
        return _DISASTERS[task["part"]][0].format(way)
    return (f"{task['receiver']}, {task['size'] / 1e6:g} MB, "
            f"loss {'2 %' if task['part'] == 'lossy' else '0'}")


def is_busy(task):
    """It takes a whole processor: two of them at a time would measure each other."""
    return task["part"] == "clean"


def _kinds(part, options):
    """What an outage's tasks have besides: who takes part, and who sends."""
    if part != "death":
        return [{}]
    return [{"peer": peer, "is_sender": is_sender} for peer in options.peers
            for is_sender in (False, True) if peer != "floe" or not is_sender]


def make(options):
    """The tasks in the order of the page, a list for each of its rows."""
    rows = []
    for part in options.parts:
        if part not in JOURNEYS:
            rows += [[{"part": part, **kind, "seed": seed}
                      for seed in range(1, options.deaths + 1)] for kind in _kinds(part, options)]
            continue
        size = options.megabytes * 1000000 // (10 if part == "lossy" else 1)
        rows += [[{"part": part, "receiver": receiver, "size": size, "message": options.message,
                   "seed": seed}
                  for seed in range(1, options.rounds + 1)] for receiver in options.peers]
    return [row for row in rows if row]


def hold(task, folder=None):
    """What came of it: `fault`, in words or None, and seconds; of a journey those of
    journey.Figures, of the rest `seconds` until data flowed again."""
    log = logs.Nothing() if folder is None else logs.Folder(
        os.path.join(folder, "-".join(str(value) for value in task.values())))
    if task["part"] in JOURNEYS:
        text = journey.WORLD.format(link=_LOSSY if task["part"] == "lossy" else "")
        with World(text, seed=task["seed"]) as world, logs.kept(log, world):
            return dataclasses.asdict(journey.travel(world, task["receiver"], task["size"],
                                                     task["message"], log))
    _, disaster, text = _DISASTERS[task["part"]]
    with World(text, seed=task["seed"]) as world, logs.kept(log, world):
        details = {key: task[key] for key in task if key not in ("part", "seed")}
        fault, seconds = disaster(world, log=log, **details)
    return {"fault": fault, "seconds": seconds}
