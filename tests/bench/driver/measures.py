# SPDX-License-Identifier: MPL-2.0
"""What is measured, and how: each run is on fresh processes and gives one or more readings."""

import statistics
import time
from dataclasses import dataclass
from functools import partial
from typing import Callable

from link import PeerFailure

KIBIBYTE = 1024
WARM_UP_S = 0.3
PINGS = 1000
WARM_UP_PINGS = 50
SEQUENTIAL_OPENS = 50
WINDOW = 8
TRIAL_PINGS = 200
TRIAL_OPENS = 10
IDLE_PAIRS = 200
IDLE_SETTLE_S = 1.0
PATIENCE_S = 10
CPU_SIZE = 64 * KIBIBYTE


@dataclass(frozen=True)
class Reading:
    """A number that a run gives, a row of the table."""

    name: str
    title: str
    unit: str
    is_higher_better: bool
    digits: int = 1


@dataclass(frozen=True)
class Measure:
    """A run on a link that is ready: run (link, seconds) gives {reading's name: value}."""

    name: str
    readings: tuple
    run: Callable
    trial: str  # the name of the trial that tells whether one or two processes are better for it
    size: int = 0  # of its messages
    rounds: int = 0  # at most; 0 for all


def get_percentile(values, percent):
    """The smallest value that @percent of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def measure_transfer(link, size, seconds):
    """Messages and bytes a second at the receiver, and CPU seconds per GB."""
    link.open(1)
    link.transfer(1, size, min(WARM_UP_S, seconds))
    cpu = link.get_cpu_seconds()
    received = link.transfer(1, size, seconds)
    cpu = link.get_cpu_seconds() - cpu
    # The clock starts when the first message is there, so that one does not count.
    elapsed = max(received["last_us"] - received["first_us"], 1) / 1e6
    rate = (received["messages"] - 1) / elapsed
    return {"messages": rate, "goodput": rate * size / 1e6, "cpu": cpu / (received["bytes"] / 1e9)}


def make_goodput(kibibytes):
    size = kibibytes * KIBIBYTE
    readings = [
        Reading(f"goodput-{kibibytes}k", f"goodput, messages of {kibibytes} KiB", "MB/s", True)]
    if size == CPU_SIZE:
        readings.append(Reading(f"cpu-{kibibytes}k",
                                f"CPU of both ends, messages of {kibibytes} KiB", "s/GB", False, 2))

    def run(link, seconds):
        values = measure_transfer(link, size, seconds)
        return {reading.name: values[reading.name.partition("-")[0]] for reading in readings}

    return Measure(f"goodput-{kibibytes}k", tuple(readings), run, "goodput", size)


def run_small(link, seconds):
    return {"messages-64": measure_transfer(link, 64, seconds)["messages"]}


def run_round_trip(link, _seconds, count=PINGS):
    link.open(1)
    link.ping(1, 32, WARM_UP_PINGS)
    del link.connections[1].events["rtt"]
    times = link.ping(1, 32, count)
    return {"rtt-p50": get_percentile(times, 50), "rtt-p99": get_percentile(times, 99)}


def run_open(link, _seconds, count=SEQUENTIAL_OPENS):
    times = []
    for number in range(count + 1):
        times.append(link.open(number) * 1e3)
        link.close(number)
    return {"open": statistics.median(times[1:])}  # the first loads code


def open_many(link, may_start, on_open, patience_s=None):
    """Keeps WINDOW connections on their way as long as may_start (number); numbers begin at 1.

    Those of which none opens in patience_s are given up; without it that is a failure."""
    under_way, number = set(), 1

    def find_opened():
        return {i for i in under_way if link.connections[i].opened is not None}

    while True:
        while len(under_way) < WINDOW and may_start(number):
            link.start(number)
            under_way.add(number)
            number += 1
        if not under_way:
            return
        if patience_s is None:
            link.wait(find_opened, f"none of {len(under_way)} connections is open")
        elif not link.wait_until(time.monotonic() + patience_s, find_opened):
            return
        opened = find_opened()
        under_way -= opened
        for connection in sorted(opened):
            on_open(connection)


def run_rate(link, seconds):
    link.open(0)
    link.close(0)
    opened = []

    def note(number):
        opened.append(link.connections[number].opened)
        link.begin_close(number)  # which takes its share of the machine while others open

    begin = time.monotonic()
    open_many(link, lambda _number: time.monotonic() - begin < seconds, note)
    return {"rate": len(opened) / (max(opened) - begin)}


def run_memory(link, _seconds):
    link.open(0)  # stays open: what all pairs share is there before the count begins
    link.settle(IDLE_SETTLE_S)
    before = link.get_memory()
    opened = []
    open_many(link, lambda number: number <= IDLE_PAIRS, opened.append,
              PATIENCE_S if link.stack.loses_pairs else None)
    link.settle(IDLE_SETTLE_S)
    if len(opened) < IDLE_PAIRS * 9 // 10:
        raise PeerFailure(f"only {len(opened)} of {IDLE_PAIRS} connections open")
    if len(opened) < IDLE_PAIRS:
        link.notes.append(f"{len(opened)} of {IDLE_PAIRS} idle pairs opened: "
                          f"{link.stack.loses_pairs}")
    return {"memory": (link.get_memory() - before) / len(opened) / KIBIBYTE}


def run_smoke(link, seconds):
    """Every command once; the outcome counts, not the time."""
    link.open(1)
    link.transfer(1, 16 * KIBIBYTE, seconds)
    link.ping(1, 32, 5)
    link.open(2)
    link.close(1)
    link.close(2)
    return {}


SMOKE = Measure("smoke", (), run_smoke, "")
RTT_P50 = Reading("rtt-p50", "round trip of 32 bytes, median", "µs", False, 0)
OPEN = Reading("open", f"time to open, median of {SEQUENTIAL_OPENS} in sequence", "ms", False, 2)

MEASURES = (
    make_goodput(1), make_goodput(16), make_goodput(64), make_goodput(256),
    Measure("messages", (Reading("messages-64", "messages of 64 bytes", "1/s", True, 0),),
            run_small, "goodput", 64),
    Measure("rtt", (RTT_P50, Reading("rtt-p99", "round trip of 32 bytes, p99", "µs", False, 0)),
            run_round_trip, "rtt", 32),
    Measure("open", (OPEN,), run_open, "open"),
    Measure("rate", (Reading("rate", f"connections, {WINDOW} at a time", "1/s", True),), run_rate,
            "open"),
    Measure("memory", (Reading("memory", f"memory of an idle pair, of {IDLE_PAIRS}", "KiB", False,
                               0),), run_memory, "open", rounds=1),
)

# The first reading of each decides.
TRIALS = (
    Measure("goodput", make_goodput(64).readings, make_goodput(64).run, "goodput"),
    Measure("rtt", (RTT_P50,), partial(run_round_trip, count=TRIAL_PINGS), "rtt"),
    Measure("open", (OPEN,), partial(run_open, count=TRIAL_OPENS), "open"),
)


def find_measures(names):
    """The measures of a list with commas."""
    if names is None:
        return list(MEASURES)
    wanted = names.split(",")
    unknown = set(wanted) - {measure.name for measure in MEASURES}
    if unknown:
        raise ValueError(f"there is no measure {', '.join(sorted(unknown))}")
    return [measure for measure in MEASURES if measure.name in wanted]
