#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""Reads meson's testlog.json and tells what came of it: skips and failures by name, with the reason,
and a last line 'N passed, N failed, N skipped'. A program of GTest counts by its tests."""

import json
import re
import sys


def gtest_counts(output):
    """(passed, names of the failed, (name, reason) of the skipped), or None: no GTest program, or
    one that did not live to sum up."""
    if not re.search(r"^\[==========\] .* ran\.", output, re.M):
        return None
    passed = re.search(r"^\[  PASSED  \] (\d+) test", output, re.M)
    # The summary names them again, without a time.
    failed = re.findall(r"^\[  FAILED  \] (\S+?),?(?: where .*)? \(\d+ ms\)$", output, re.M)
    skipped = re.findall(r"^\[  SKIPPED \] (\S+) \(\d+ ms\)$", output, re.M)
    reasons = re.findall(r": Skipped\n(.*)$", output, re.M)
    reasons += ["no reason given"] * (len(skipped) - len(reasons))
    return int(passed.group(1)) if passed else 0, failed, list(zip(skipped, reasons))


def last_words(entry):
    lines = [line for line in (entry.get("stdout", "") + "\n" + entry.get("stderr", "")).splitlines()
             if line.strip()]
    return lines[-1].strip() if lines else "no output"


def count(entry):
    """(passed, failed, skipped) of one program, and says what did not pass."""
    name, result = entry["name"], entry["result"]
    gtest = gtest_counts(entry.get("stdout", ""))
    if gtest is not None:
        passed, failed, skipped = gtest
        for test in failed:
            print(f"  failed: {name}: {test}")
        for test, reason in skipped:
            print(f"  skipped: {name}: {test}: {reason}")
        # All tests may pass and the program still fail: a leak, say.
        if result not in ("OK", "SKIP") and not failed:
            print(f"  failed: {name}: {result}: {last_words(entry)}")
            failed = [name]
        return passed, len(failed), len(skipped)
    if result in ("OK", "EXPECTEDFAIL"):
        return 1, 0, 0
    if result == "SKIP":
        print(f"  skipped: {name}: {last_words(entry)}")
        return 0, 0, 1
    print(f"  failed: {name}: {result}: {last_words(entry)}")
    return 0, 1, 0


def main(path):
    totals = [0, 0, 0]
    try:
        with open(path, encoding="utf-8") as file:
            entries = [json.loads(line) for line in file if line.strip()]
    except (OSError, ValueError) as error:
        print(f"  failed: no results: {error}")
        entries = []
    for entry in entries:
        totals = [total + more for total, more in zip(totals, count(entry))]
    if totals == [0, 0, 0]:
        print("  failed: no test ran")
        totals[1] = 1
    print("{} passed, {} failed, {} skipped".format(*totals))


if __name__ == "__main__":
    main(sys.argv[1])
