#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""Measures Floe and other WebRTC stacks in turn and prints a table. See docs/benchmark.md."""

import argparse
import os
import resource
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "driver"))
import report  # noqa: E402
from link import Link, PeerFailure, PeerMissing  # noqa: E402
from measures import SMOKE, TRIALS, find_measures  # noqa: E402
from stacks import find_stacks  # noqa: E402

BOUND_S = 90  # of one run, far above what any takes
ATTEMPTS = 3
MODES = ("one", "two")


class Bench:
    """All that was found, and how many cases came to which end."""

    def __init__(self, options):
        self.options = options
        self.places = {"build": os.path.abspath(options.build),
                       "cache": os.path.abspath(options.cache)}
        self.counts = {"ok": 0, "not ok": 0, "skip": 0}
        self.versions = {}  # stack's name: text
        self.modes = {}  # (stack's name, trial's name): {mode: what came out}
        self.chosen = {}  # (stack's name, trial's name): the better mode
        self.values = {}  # (stack's name, reading's name): a value for each round
        self.missing = set()  # names of stacks that can't run here
        self.notes = []
        self.reasons = {}  # (stack's name, reading's name): why there are none

    def tell(self, outcome, case, why=None):
        self.counts[outcome] += 1
        print(f"{outcome} {case}" + (f": {why}" if why else ""), flush=True)

    def run(self, stack, mode, measure, seconds):
        """The readings of one run."""
        with Link(stack, stack.make_command(self.places), mode, BOUND_S) as link:
            self.versions[stack.name] = link.ready[0].get("version", "")
            readings = measure.run(link, seconds)
            self.notes += [f"{stack.name}: {note}" for note in link.notes]
            return readings

    def run_case(self, stack, mode, measure, seconds):
        """The same, or None when it failed; a failure is told and counted.

        Of others' stacks some lose a connection now and then: they get ATTEMPTS, Floe one."""
        case = f"{stack.name} {measure.name} ({mode})"
        for left in reversed(range(1 if stack.name == "floe" else ATTEMPTS)):
            try:
                return self.run(stack, mode, measure, seconds)
            except PeerMissing as why:
                self.leave_out(stack, why)
                return None
            except PeerFailure as failure:
                why = str(failure)
            except KeyError as member:
                why = f"an event has no {member}"
            if left == 0:
                self.tell("not ok", case, why)
                return None
            print(f"again {case}: {why}", flush=True)
            self.notes.append(f"{case} failed and was repeated: {why}")

    def leave_out(self, stack, why):
        """Tells once of a stack that can't run; the smoke run asks for none but Floe."""
        if stack.name in self.missing:
            return
        self.missing.add(stack.name)
        if self.options.smoke and self.options.stacks is None and stack.name != "floe":
            print(f"left out {stack.name}: {why}", flush=True)
        else:
            self.tell("skip", stack.name, why)

    def find_installed(self, stacks):
        """Those whose programs are there."""
        for stack in stacks:
            why = stack.what_is_missing(self.places)
            if why is not None:
                self.leave_out(stack, why)
        return [stack for stack in stacks if stack.name not in self.missing]

    def smoke(self, stacks):
        for stack, mode in ((stack, mode) for stack in stacks for mode in MODES):
            if stack.name in self.missing:
                continue
            begin = time.monotonic()
            if self.run_case(stack, mode, SMOKE, self.options.seconds) is not None:
                self.tell("ok", f"{stack.name} {mode} ({time.monotonic() - begin:.1f} s)")

    def try_modes(self, stacks, trials):
        """Tries each stack in one and in two processes. Gives those that work at all."""
        for trial, mode in ((trial, mode) for trial in trials for mode in MODES):
            for stack in (stack for stack in stacks if stack.name not in self.missing):
                readings = self.run_case(stack, mode, trial, self.options.seconds)
                if readings is not None:
                    tried = self.modes.setdefault((stack.name, trial.name), {})
                    reading = trial.readings[0]
                    tried[mode] = readings[reading.name]
                    print(f"trial {stack.name} {trial.name} ({mode}): "
                          f"{tried[mode]:.{reading.digits}f} {reading.unit}", flush=True)
        for (name, trial), modes in self.modes.items():
            reading = next(each for each in trials if each.name == trial).readings[0]
            best = max if reading.is_higher_better else min
            self.chosen[name, trial] = best(modes, key=modes.get)
        worked = {name for name, _trial in self.chosen}
        return [stack for stack in stacks if stack.name in worked]

    def measure(self, stacks, measures):
        for measure in measures:
            spent = {stack.name: 0.0 for stack in stacks if measure.size <= stack.max_message}
            failed = set()
            rounds = min(self.options.rounds, measure.rounds or self.options.rounds)
            for _round, stack in ((i, stack) for i in range(rounds) for stack in stacks):
                begin = time.monotonic()
                if stack.name not in failed and not self.take(stack, measure):
                    failed.add(stack.name)
                if stack.name in spent:
                    spent[stack.name] += time.monotonic() - begin
            for name in (name for name in spent if name not in failed):
                self.tell("ok", f"{name} {measure.name} ({spent[name]:.1f} s)")

    def take(self, stack, measure):
        """Adds one run's readings."""
        readings = None
        mode = self.chosen.get((stack.name, measure.trial))
        why = "failed"
        if measure.size > stack.max_message:
            why = stack.limit_reason
        elif mode is not None:
            readings = self.run_case(stack, mode, measure, self.options.seconds)
        for reading in measure.readings:
            key = (stack.name, reading.name)
            if readings is None:
                self.reasons[key] = why
            else:
                self.values.setdefault(key, []).append(readings[reading.name])
        return readings is not None or measure.size > stack.max_message


def parse_options(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, help="folder of a build of Floe")
    parser.add_argument("--cache", required=True, help="folder with pion-bench-peer")
    parser.add_argument("--stacks", help="some of them, with commas")
    parser.add_argument("--measures", help="some of them, with commas")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--seconds", type=float, metavar="T", help="of each transfer")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--table", metavar="FILE")
    parser.add_argument("--smoke", action="store_true", help="only whether all work")
    options = parser.parse_args(arguments)
    if options.seconds is None:
        options.seconds = 0.1 if options.smoke else 1.0
    if options.rounds < 1 or options.seconds <= 0:
        parser.error("rounds and seconds are above 0")
    try:
        return options, find_stacks(options.stacks), find_measures(options.measures)
    except ValueError as error:
        parser.error(str(error))


def main(arguments):
    options, stacks, measures = parse_options(arguments)
    # 200 pairs have more sockets than a shell's usual 1,024.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    bench = Bench(options)
    machine = report.describe_machine()
    stacks = bench.find_installed(stacks)
    if options.smoke:
        bench.smoke(stacks)
    else:
        wanted = {measure.trial for measure in measures}
        trials = [trial for trial in TRIALS if trial.name in wanted]
        stacks = bench.try_modes(stacks, trials)
        bench.measure(stacks, measures)
        report.write(bench, [stack.name for stack in stacks], measures, trials, machine)
    counts = bench.counts
    print(f"{counts['ok']} passed, {counts['not ok']} failed, {counts['skip']} skipped")
    return 1 if counts["not ok"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
