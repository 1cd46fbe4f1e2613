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
from pairs import KINDS, table, worker  # noqa: E402
from pairs.peer import COMMANDS  # noqa: E402

_WORKER = "--worker"


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
    parser.add_argument("--peer", type=parse_peers, default=["floe", "floe"],
                        help=f"one of {', '.join(COMMANDS)}, or OFFERER:ANSWERER (floe)")
    parser.add_argument("--json", metavar="FILE", help="all that was measured, an object a run")
    parser.add_argument("--jobs", type=int, default=8, metavar="N",
                        help="runs at a time, of which one connects and the others wait (8)")
    parser.add_argument("--logs", metavar="DIR",
                        help="keep each run's lines, captures, facts and the peers' stderr there")
    arguments = parser.parse_args()
    if arguments.seeds < 1 or arguments.jobs < 1:
        parser.error("--seeds and --jobs begin at 1")
    return arguments


def find_missing(arguments):
    """Why nothing can be measured here, or None."""
    for name in set(arguments.peer):
        program = COMMANDS[name][-1]
        if not os.path.exists(program):
            return f"{program} is missing" + ("; sh tests/interop/run.sh --setup builds it"
                                              if name == "pion" else "")
    if not coturn.is_installed():
        return "turnserver is missing (Debian package coturn)"
    return enclosure.find_way()[1]


def make_tasks(arguments):
    pairs = arguments.pairs or [(a, b) for a in arguments.kinds for b in arguments.kinds]
    logs = os.path.abspath(arguments.logs) if arguments.logs else None
    return [{"a": a, "b": b, "seed": seed, "turn": not arguments.no_turn,
             "peers": arguments.peer, "logs": logs}
            for seed in range(1, arguments.seeds + 1) for a, b in pairs]


def measure(tasks, jobs):
    """The meetings of the tasks, in their order."""
    meetings = []

    def take(meeting):
        meetings.append(meeting)
        print(f"{len(meetings):4}/{len(tasks)}  {meeting.a} × {meeting.b}, seed {meeting.seed}: "
              f"{meeting.outcome()}{'  ' + meeting.error if meeting.error else ''}",
              file=sys.stderr, flush=True)

    command = [sys.executable, os.path.abspath(__file__), _WORKER]
    with contextlib.ExitStack() as stack:
        workers = [worker.Worker(command) for _ in range(min(jobs, len(tasks)))]
        for each in workers:
            stack.callback(each.end)
            each.start()
        worker.hold_all(tasks, workers, take)
    order = {(task["a"], task["b"], task["seed"]): at for at, task in enumerate(tasks)}
    return sorted(meetings, key=lambda each: order[each.a, each.b, each.seed])


def work():
    if enclosure.is_inside():
        worker.serve()
        return 0
    status, reason = enclosure.enter([os.path.abspath(__file__), _WORKER])
    if status is None:
        print(f"matrix: {reason}", file=sys.stderr)
        return 77
    return status


def main():
    if sys.argv[1:] == [_WORKER]:
        return work()
    arguments = parse_arguments()
    missing = find_missing(arguments)
    if missing is not None:
        print(f"matrix: {missing}", file=sys.stderr)
        return 77
    # As Ctrl-C does: the workers are ended on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    meetings = measure(make_tasks(arguments), arguments.jobs)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump([dataclasses.asdict(each) for each in meetings], file, indent=1)
    kinds = list(dict.fromkeys(kind for each in meetings for kind in (each.a, each.b)))
    print(table.write(meetings, kinds), end="", flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
