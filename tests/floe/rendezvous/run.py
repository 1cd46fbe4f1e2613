#!/usr/bin/env python3
# SPDX-License-Identifier: MPL-2.0
"""Attacks the rendezvous, while honest pairs use it. Needs nothing but Python and openssl.

    python3 tests/floe/rendezvous/run.py PATH/TO/rendezvous-server [--sanitized]

--sanitized: memory is not looked at, as sanitizers keep what is freed. The last line is
'N passed, N failed, N skipped'."""

import argparse
import os
import sys
import time
import traceback

import attacks
import patience
import secure
from client import Server
from honest import HonestPairs

MAX_GROWTH = 16 * 1024 * 1024
# Of one exchange of messages, on a machine that does other things too.
MAX_DELAY_S = 3


class Report:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def run(self, title, function, *arguments):
        start = time.monotonic()
        try:
            function(*arguments)
        except Exception as error:  # pylint: disable=broad-except
            self.failed += 1
            print(f"not ok {title}: {type(error).__name__}: {error}")
            traceback.print_exc(limit=-3)
        else:
            self.passed += 1
            print(f"ok {title} ({time.monotonic() - start:.1f} s)")
        sys.stdout.flush()

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed else 0


def check_honest(pairs, longest, failure):
    assert failure is None, failure
    assert pairs >= 3, f"only {pairs} pairs met"
    assert longest < MAX_DELAY_S, f"a message took {longest:.1f} s"
    print(f"  {pairs} honest pairs, and no exchange took more than {longest * 1000:.0f} ms")


def check_memory(server, before):
    grown = server.rss() - before
    print(f"  resident memory grew by {grown // 1024} KiB")
    assert grown < MAX_GROWTH, grown


def attack(report, program, is_sanitized):
    server = Server(program)
    honest = HonestPairs(server.port)
    time.sleep(1)  # what the first pairs take is there to stay
    before = server.rss()
    waiting = patience.Waiting(server.port)
    for title, function in attacks.ATTACKS.items():
        report.run(title, function, server.port)
    for title, data in attacks.BAD_FRAMES.items():
        report.run(title, attacks.bad_frame, server.port, data)
    for title, function in waiting.checks():
        report.run(title, function)
    result = honest.stop()
    report.run("honest pairs met and talked all the while", check_honest, *result)
    if is_sanitized:
        report.skipped += 1
    else:
        report.run("memory is bounded", check_memory, server, before)
    report.run("the server lives and ends in order", check_end, server)


def check_end(server):
    assert server.is_alive()
    status = server.stop()
    assert status == 0, f"exit status {status}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server")
    parser.add_argument("--sanitized", action="store_true")
    options = parser.parse_args()
    # A critical is a bug of ours, whoever provoked it.
    os.environ["G_DEBUG"] = "fatal-criticals"
    report = Report()
    attack(report, options.server, options.sanitized)
    for title, function in {**patience.TESTS, **secure.TESTS}.items():
        report.run(title, function, options.server)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
