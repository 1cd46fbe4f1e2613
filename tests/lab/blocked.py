# SPDX-License-Identifier: MPL-2.0
"""How soon a channel is open where no UDP leaves a network and TURN is reached by TCP or TLS only: a
Markdown table. The rounds are interleaved, so that what else the machine does falls on all rows.

   blocked.py [--rounds N] [--logs DIR]

Run by blocked.sh, which says which programs are used. A line a run goes to standard error."""

import argparse
import os
import statistics
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from lab import Coturn, World, enclosure  # noqa: E402
from pairs import Meeting, describe, log, meet, reports  # noqa: E402
from suite.meetings import over  # noqa: E402

LIMIT_MS = 1000
BLOCKED = "udp-blocked"
PAIRS = ((BLOCKED, "OPEN"), ("OPEN", BLOCKED), (BLOCKED, "P"), ("P", BLOCKED), (BLOCKED, BLOCKED))


class Row:
    """Meetings of one pair with one kind of server."""

    def __init__(self, pair, transport, known):
        self.pair, self.transport, self.known = pair, transport, known
        self.runs = []

    def title(self):
        names = [{BLOCKED: "blocked"}.get(kind, kind) for kind in self.pair]
        return " × ".join(names)

    def run(self, summaries, number, logs):
        """A world of its own: nothing is left of the round before."""
        with World(describe(*self.pair), seed=number) as world:
            server = Coturn(world["turn"], tls=self.transport == "tls")
            options = [[*over(self.transport)(server),
                        *(["--nat", summaries[kind]] if self.known else [])] for kind in self.pair]
            kept = log.Folder(os.path.join(logs, f"{self.title()}, {self.transport}, "
                                           f"{self.known}, {number}")) if logs else None
            meeting = meet(world, Meeting(*self.pair, number), options, log=kept, patience=0)
        print(f"{self.title()}, {self.transport}, {self.known}, {number}: {meeting.outcome()} "
              f"ice {meeting.ice_ms} {meeting.error or ''}", file=sys.stderr, flush=True)
        self.runs.append(meeting)

    def cells(self):
        opened = sorted(run.open_ms for run in self.runs if run.is_connected())
        paths = sorted({run.first for run in self.runs if run.first})
        median = f"{statistics.median(opened):.0f}" if opened else "-"
        most = f"{self.find_most():.0f}" if opened else "-"
        worst = f"{opened[-1]:.0f}" if opened else "-"
        return [self.title(), self.transport.upper(), "yes" if self.known else "no",
                f"{len(opened)}/{len(self.runs)}", median, most, worst, " or ".join(paths)]

    def is_good(self):
        """Only who knows that he is blocked is promised anything."""
        return all(run.is_connected() for run in self.runs) and (
            not self.known or self.find_most() <= LIMIT_MS)

    def find_most(self):
        """What nine of ten runs took at most: a machine may be busy once."""
        opened = sorted(run.open_ms for run in self.runs if run.is_connected())
        return opened[max(0, int(len(opened) * 0.9) - 1)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--logs", help="a folder for what is kept of each run")
    options = parser.parse_args()
    summaries = {kind: reports.discover(kind) for kind in {kind for pair in PAIRS for kind in pair}}
    rows = [Row(pair, transport, known) for transport in ("tcp", "tls") for known in (True, False)
            for pair in (PAIRS if known else PAIRS[2:])]
    for number in range(1, options.rounds + 1):
        for row in rows:
            row.run(summaries, number, options.logs)
    print("| offerer × answerer | TURN over | reports known | open | median, ms | 90 %, ms | "
          "worst, ms | first path |\n|---|---|---|---|---|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row.cells())} |")
    return 0 if all(row.is_good() for row in rows) else 1


if __name__ == "__main__":
    if enclosure.is_inside():
        enclosure.settle()
        sys.exit(main())
    status, reason = enclosure.enter([os.path.abspath(__file__), *sys.argv[1:]])
    if status is None:
        sys.exit(f"blocked.py: {reason}")
    sys.exit(status)
