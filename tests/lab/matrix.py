#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""Two peers behind each ordered pair of NATs: who gets a direct path, who a relay, and when.

The Markdown goes to standard output, a line a run to standard error. docs/lab.md tells more;
matrix.sh builds what this needs."""

import argparse
import contextlib
import dataclasses
import json
import os
import signal
import sys

sys.dont_write_bytecode = True
from lab import coturn, enclosure  # noqa: E402
from pairs import KINDS, goals, record, reports, table, worker  # noqa: E402
from pairs.peer import COMMANDS, find_missing  # noqa: E402

_WORKER = "--worker"
# With --against chromium, whose start alone takes seconds: each method of the outcome matrix, and
# both roles.
_TALL_PAIRS = "OPEN:P,P:OPEN,P:P,CGN2:CGN2,C:R,R:A,A:D,A:S,P:S,S:P,P:R,D:D"


def parse_pairs(text):
    pairs = [tuple(each.split(":")) for each in text.split(",")]
    if any(len(pair) != 2 for pair in pairs):
        raise argparse.ArgumentTypeError(f"'{text}' is not A:B,A:B...")
    return pairs


def parse_peers(text):
    """One name for both, or the offerer's and the answerer's."""
    names = text.split(":")
    for name in names:
        if name not in COMMANDS:
            raise argparse.ArgumentTypeError(f"no peer '{name}', only {', '.join(COMMANDS)}")
    if len(names) > 2:
        raise argparse.ArgumentTypeError(f"'{text}' is not NAME or OFFERER:ANSWERER")
    return [names[0], names[-1]]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1, metavar="N",
                        help="runs of each pair (1); the seed is that of the NATs' ports")
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=list(KINDS),
                        help=f"A,B,...: of {', '.join(KINDS)}, or kinds of lab-router --kinds")
    parser.add_argument("--pairs", type=parse_pairs, help="A:B,...: these only, offerer first")
    parser.add_argument("--no-turn", action="store_true", help="coturn is a STUN server only")
    parser.add_argument("--cached", action="store_true",
                        help="each floe-peer knows the report of its NAT beforehand")
    parser.add_argument("--peer", type=parse_peers, default=["floe", "floe"],
                        help=f"one of {', '.join(COMMANDS)}, or OFFERER:ANSWERER (floe)")
    parser.add_argument("--against", type=parse_peers, default=[], metavar="NAME",
                        help="that peer with itself, Floe with it, it with Floe, and a comparison")
    parser.add_argument("--resume", metavar="FILE",
                        help="write each run there, and hold none that is there already")
    parser.add_argument("--commit", default="unknown", help="what --resume tells runs apart by")
    parser.add_argument("--check", action="store_true",
                        help="end with 'N passed, N failed, N skipped' of what is to be reached")
    parser.add_argument("--json", metavar="FILE", help="all that was measured, an object a run")
    parser.add_argument("--jobs", type=int, default=8, metavar="N",
                        help="runs at a time, of which one connects and the others wait (8)")
    parser.add_argument("--logs", metavar="DIR",
                        help="keep each run's lines, captures, facts and the peers' stderr there")
    arguments = parser.parse_args()
    if arguments.seeds < 1 or arguments.jobs < 1:
        parser.error("--seeds and --jobs begin at 1")
    arguments.against = arguments.against[0] if arguments.against else None
    if arguments.against == "chromium" and not arguments.pairs:
        arguments.pairs = parse_pairs(_TALL_PAIRS)
    return arguments


def find_reason(arguments):
    """Why nothing can be measured here, or None."""
    for name in {*arguments.peer, arguments.against or "floe"}:
        reason = find_missing(name)
        if reason is not None:
            return reason
    if not coturn.is_installed():
        return "turnserver is missing (Debian package coturn)"
    if arguments.cached and not reports.takes_reports():
        return "floe-peer takes no --nat"
    return enclosure.find_way()[1]


class Measurement:
    """Holds meetings with some workers, and keeps what came out."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.record = record.Record(arguments.resume, arguments.commit)
        self.pairs = arguments.pairs or [(a, b) for a in arguments.kinds for b in arguments.kinds]
        self.summaries = None
        self.everything = []

    def _make_tasks(self, peers):
        logs = os.path.abspath(self.arguments.logs) if self.arguments.logs else None
        return [{"a": a, "b": b, "seed": seed, "turn": not self.arguments.no_turn,
                 "peers": peers, "logs": logs,
                 "nats": self.summaries and [self.summaries[a], self.summaries[b]]}
                for seed in range(1, self.arguments.seeds + 1) for a, b in self.pairs]

    @contextlib.contextmanager
    def _workers(self, count):
        command = [sys.executable, os.path.abspath(__file__), _WORKER]
        with contextlib.ExitStack() as stack:
            workers = [worker.Worker(command) for _ in range(count)]
            for each in workers:
                stack.callback(each.end)
                each.start()
            yield workers

    def discover(self):
        """What each kind's host knows of its NAT."""
        self.summaries = {}
        with self._workers(1) as (only,):
            for kind in dict.fromkeys(kind for pair in self.pairs for kind in pair):
                result = only.ask({"discover": kind})
                if "error" in result:
                    raise RuntimeError(f"discovery behind {kind}: {result['error']}")
                self.summaries[kind] = result["summary"]
                print(f"{kind}: {result['summary']}", file=sys.stderr, flush=True)

    def hold(self, peers):
        """The meetings of those peers, in the order of the pairs for each seed."""
        tasks = self._make_tasks(peers)
        meetings = {id(task): self.record.find(task) for task in tasks}
        left = [task for task in tasks if meetings[id(task)] is None]
        done = len(tasks) - len(left)

        def take(task, meeting):
            nonlocal done
            meetings[id(task)] = meeting
            if meeting.error != worker.BROKEN:
                self.record.add(task, meeting)
            done += 1
            print(f"{done:4}/{len(tasks)}  {meeting.a} × {meeting.b}, seed {meeting.seed}: "
                  f"{meeting.outcome()}{'  ' + meeting.error if meeting.error else ''}",
                  file=sys.stderr, flush=True)

        if left:
            with self._workers(min(self.arguments.jobs, len(left))) as workers:
                worker.hold_all(left, workers, take)
        held = [meetings[id(task)] for task in tasks]
        self.everything += [{"peers": peers, **dataclasses.asdict(each)} for each in held]
        return held


def write_table(meetings):
    kinds = list(dict.fromkeys(kind for each in meetings for kind in (each.a, each.b)))
    print(table.write(meetings, kinds), flush=True)


def write_goals(reached):
    print("What was to be reached:\n\n" + goals.write(reached), flush=True)


def measure_pair(measurement, arguments):
    meetings = measurement.hold(arguments.peer)
    write_table(meetings)
    if arguments.peer != ["floe", "floe"] or arguments.no_turn:
        return []
    reached = goals.judge(meetings)
    write_goals(reached)
    return reached


def measure_against(measurement, name):
    print(f"### {name} with itself\n")
    own = measurement.hold([name, name])
    write_table(own)
    reached = []
    for title, peers in ((f"Floe offers, {name} answers", ["floe", name]),
                         (f"{name} offers, Floe answers", [name, "floe"])):
        print(f"### {title}\n")
        meetings = measurement.hold(peers)
        write_table(meetings)
        result = goals.compare(meetings, own)
        write_goals(result)
        reached += result
    return reached


def work():
    if enclosure.is_inside():
        worker.serve()
        return 0
    status, reason = enclosure.enter([os.path.abspath(__file__), _WORKER])
    if status is None:
        print(f"matrix: {reason}", file=sys.stderr)
        return 77
    return status


def measure(arguments):
    """The goals, after all tables were written."""
    measurement = Measurement(arguments)
    if arguments.cached:
        measurement.discover()
    if arguments.against:
        reached = measure_against(measurement, arguments.against)
    else:
        reached = measure_pair(measurement, arguments)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(measurement.everything, file, indent=1)
    return reached


def main():
    if sys.argv[1:] == [_WORKER]:
        return work()
    arguments = parse_arguments()
    reason = find_reason(arguments)
    if reason is not None:
        print(f"matrix: {reason}", file=sys.stderr)
        return 77
    # As Ctrl-C does: the workers are ended on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    met = [is_met for is_met, _ in measure(arguments)]
    if arguments.check:
        print(f"{met.count(True)} passed, {met.count(False)} failed, 0 skipped")
        return int(not all(met))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
