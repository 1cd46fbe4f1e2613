# SPDX-License-Identifier: MPL-2.0
"""How transfers bear a move from relay to direct path and back: two Markdown tables.

Run by rise.sh, which says which programs are used and what the options are. A line a run goes to
standard error."""

import argparse
import os
import signal
import statistics
import sys
import threading

sys.dont_write_bytecode = True
from lab import coturn, enclosure  # noqa: E402
from moves import rounds  # noqa: E402
from pairs import record, worker  # noqa: E402
from pairs.peer import find_missing  # noqa: E402

_WORKER = "--worker"
UP_LIMIT, DOWN_LIMIT = 0.15, 3.0  # seconds; the first at loss 0 only


def parse_list(known):
    def parse(text):
        names = text.split(",")
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"no '{name}', only {', '.join(known)}")
        return [name for name in known if name in names]
    return parse


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--message", type=int, default=16000)
    parser.add_argument("--deaths", type=int, default=20)
    parser.add_argument("--peers", type=parse_list(["floe", "chromium"]),
                        default=["floe", "chromium"])
    parser.add_argument("--parts", type=parse_list(rounds.PARTS), default=rounds.PARTS)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--resume", metavar="FILE")
    parser.add_argument("--commit", default="unknown")
    parser.add_argument("--logs", metavar="DIR", type=os.path.abspath)
    options = parser.parse_args()
    if (min(options.rounds, options.jobs, options.megabytes, options.message) < 1
            or options.deaths < 0):
        parser.error("--rounds, --jobs, --megabytes and --message begin at 1")
    return options


class Measurement:
    """Holds rounds with some workers, and keeps what came out."""

    def __init__(self, options):
        self.options = options
        self.results = record.Results(options.resume, options.commit)
        self.lock = threading.Lock()
        self.done = {}

    def _name(self, task):
        return repr(task)

    def find(self, task):
        return self.done.get(self._name(task))

    def _take(self, task, result):
        if "error" in result:
            result = {"fault": result["error"]}
        with self.lock:
            self.done[self._name(task)] = result
            if result["fault"] != worker.BROKEN:
                self.results.add(task, result)
            figures = ", ".join(f"{key} {value:.3f}" for key, value in result.items()
                                if isinstance(value, float))
            print(f"{rounds.title(task)}, {task['seed']}: {result['fault'] or 'whole'}  {figures}",
                  file=sys.stderr, flush=True)

    def _work(self, waiting):
        each = worker.Worker([sys.executable, os.path.abspath(__file__), _WORKER],
                             rounds.HANG_SECONDS)
        try:
            while True:
                with self.lock:
                    if not waiting:
                        return
                    task = waiting.pop(0)
                self._take(task, each.ask({**task, "logs": self.options.logs}))
        finally:
            each.end()

    def hold(self, tasks, jobs):
        """All of them, but for what is known; so many at a time."""
        waiting = []
        for task in tasks:
            result = self.results.find(task)
            if result is None:
                waiting.append(task)
            else:
                self.done[self._name(task)] = result
        threads = [threading.Thread(target=self._work, args=(waiting,), daemon=True)
                   for _ in range(min(jobs, len(waiting)))]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.2)  # not for ever, so that signals are heard


def describe(values):
    values = sorted(values)
    if not values:
        return "-"
    return f"{statistics.median(values) * 1000:.0f}, {values[-1] * 1000:.0f}"


def write_journeys(rows):
    """The table; whether all is as it should be."""
    is_good = True
    if rows:
        print("| receiver, size | whole | gap up: median, most | at most 150 ms | "
              "gap down: median, most | at most 3 s |\n|---|---|---|---|---|---|")
    for title, part, results in rows:
        whole = [each for each in results if each["fault"] is None]
        ups, downs = ([each[key] for each in whole] for key in ("up_gap", "down_gap"))
        quick = sum(gap <= UP_LIMIT for gap in ups)
        print(f"| {title} | {len(whole)}/{len(results)} | {describe(ups)} ms | "
              f"{quick}/{len(ups)} | {describe(downs)} ms | "
              f"{sum(gap <= DOWN_LIMIT for gap in downs)}/{len(downs)} |")
        is_good = is_good and len(whole) == len(results) \
            and (part == "lossy" or 10 * quick >= 9 * len(ups))
    return is_good


def write_outages(rows):
    is_good = True
    if rows:
        print("| what happens under load | whole | data flows again: median, most |\n|---|---|---|")
    for title, part, results in rows:
        whole = [each["seconds"] for each in results if each["fault"] is None]
        print(f"| {title} | {len(whole)}/{len(results)} | {describe(whole)} ms |")
        is_good = is_good and len(whole) == len(results) \
            and (part != "death" or max(whole) <= DOWN_LIMIT)
    if rows:
        print()
    return is_good


def measure(options):
    """Whether all is as it should be, after the tables were written."""
    measurement = Measurement(options)
    rows = rounds.make(options)
    tasks = [task for row in rows for task in row]
    measurement.hold([task for task in tasks if not rounds.is_busy(task)], options.jobs)
    measurement.hold([task for task in tasks if rounds.is_busy(task)], 1)
    tables = {True: [], False: []}
    for row in rows:
        part = row[0]["part"]
        tables[part in rounds.JOURNEYS].append(
            (rounds.title(row[0]), part, [measurement.find(task) for task in row]))
    return all([write_outages(tables[False]), write_journeys(tables[True])])


def find_reason(options):
    """Why nothing can be measured here, or None."""
    for name in {"floe", *options.peers}:
        reason = find_missing(name)
        if reason is not None:
            return reason
    if not coturn.is_installed():
        return "turnserver is missing (Debian package coturn)"
    return enclosure.find_way()[1]


def work():
    if enclosure.is_inside():
        worker.serve(lambda task, _: rounds.hold(
            {key: value for key, value in task.items() if key != "logs"}, task["logs"]))
        return 0
    status, reason = enclosure.enter([os.path.abspath(__file__), _WORKER])
    if status is None:
        print(f"rise: {reason}", file=sys.stderr)
        return 77
    return status


def main():
    if sys.argv[1:] == [_WORKER]:
        return work()
    options = parse_arguments()
    reason = find_reason(options)
    if reason is not None:
        print(f"rise: {reason}", file=sys.stderr)
        return 77
    # As Ctrl-C does: the workers are ended on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    return 0 if measure(options) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
