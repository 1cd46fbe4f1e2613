# SPDX-License-Identifier: MPL-2.0
"""How transfers bear a move from relay to direct path and back: a Markdown table.

   rise.py [--rounds N] [--megabytes N] [--deaths N]

Run by rise.sh, which says which programs are used. A line a run goes to standard error."""

import argparse
import os
import statistics
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from lab import World, enclosure  # noqa: E402
from moves import journey, outages  # noqa: E402

UP_LIMIT, DOWN_LIMIT = 0.15, 3.0  # seconds; the first at loss 0 only
LOSSY = " loss=2%"


def rows(options):
    """(title, receiver, link, bytes)"""
    whole = options.megabytes * 1000000
    for receiver in options.peers.split(","):
        yield f"{receiver}, {options.megabytes} MB, loss 0", receiver, "", whole
        yield f"{receiver}, {options.megabytes / 10:g} MB, loss 2 %", receiver, LOSSY, whole // 10


def attempt(title, number, run):
    """What a run returns, or the error in words; a line of it is printed."""
    try:
        result = run(number)
    except Exception as error:  # pylint: disable=broad-except
        result = f"{type(error).__name__}: {error}"
    print(f"{title}, {number}: {result}", file=sys.stderr, flush=True)
    return result


def repeat(title, count, run):
    return [attempt(title, number, run) for number in range(1, count + 1)]


def describe(values):
    values = sorted(values)
    if not values:
        return "-"
    return f"{statistics.median(values) * 1000:.0f}, {values[-1] * 1000:.0f}"


def measure_journeys(options):
    is_good = True
    print("| receiver, size | whole | gap up: median, most | at most 150 ms | gap down: median, most |")
    print("|---|---|---|---|---|")
    for title, receiver, link, size in rows(options):
        def run(number, receiver=receiver, link=link, size=size):
            with World(journey.WORLD.format(link=link), seed=number) as world:
                return journey.travel(world, receiver, size)
        runs = repeat(title, options.rounds, run)
        whole = [run for run in runs if isinstance(run, journey.Figures) and run.fault is None]
        ups = [run.up_gap for run in whole]
        print(f"| {title} | {len(whole)}/{len(runs)} | {describe(ups)} ms | "
              f"{sum(gap <= UP_LIMIT for gap in ups)}/{len(ups)} | "
              f"{describe([run.down_gap for run in whole])} ms |", flush=True)
        is_good = is_good and len(whole) == len(runs) \
            and (link or sum(gap > UP_LIMIT for gap in ups) <= len(ups) // 10)
    return is_good


def measure_outages(options):
    is_good = True
    print("\n| what happens under load | whole | data flows again: median, most |\n|---|---|---|")
    for title, disaster, text, limit in (
            ("a direct path dies", outages.lose_path, journey.WORLD.format(link=""), DOWN_LIMIT),
            ("no network for 10 s (from its return)", outages.lose_network,
             journey.WORLD.format(link=""), None),
            ("the interface goes, another is there", outages.change_address,
             outages.TWO_NETWORKS, None),
            ("one of two relays dies", outages.lose_relay, outages.SYMMETRIC, None)):
        def run(number, disaster=disaster, text=text):
            with World(text, seed=number) as world:
                return disaster(world)
        runs = repeat(title, options.deaths, run)
        whole = [run[1] for run in runs if isinstance(run, tuple) and run[0] is None]
        print(f"| {title} | {len(whole)}/{len(runs)} | {describe(whole)} ms |", flush=True)
        is_good = is_good and len(whole) == len(runs) and (not limit or max(whole) <= limit)
    return is_good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--deaths", type=int, default=20)
    parser.add_argument("--peers", default="floe,chromium")
    options = parser.parse_args()
    good = [measure_outages(options), measure_journeys(options)]
    return 0 if all(good) else 1


if __name__ == "__main__":
    if enclosure.is_inside():
        enclosure.settle()
        sys.exit(main())
    status, reason = enclosure.enter([os.path.abspath(__file__), *sys.argv[1:]])
    if status is None:
        sys.exit(f"rise.py: {reason}")
    sys.exit(status)
