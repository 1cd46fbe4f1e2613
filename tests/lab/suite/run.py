# SPDX-License-Identifier: MPL-2.0
"""Runs the laboratory's suite: run.py [PATTERN]. A line a test, and at the end
'N passed, N failed, N skipped'. A test is a function of a suite module whose name begins with
`test_`; its documentation is its name."""

import importlib
import os
import sys
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from lab import enclosure  # noqa: E402
from suite.probes import Skip  # noqa: E402

MODULES = ["kinds", "links", "events", "families", "servers", "peers", "rise", "idle", "late",
           "crosscheck", "discovery", "reports", "nat_report", "nat64", "matrix", "connecting",
           "hard_nats", "budgets", "ice_tcp", "foretell", "punching", "watching", "privacy"]


def find_tests(pattern):
    for name in MODULES:
        module = importlib.import_module("suite." + name)
        for key, value in list(vars(module).items()):
            if key.startswith("test_") and callable(value):
                cases = getattr(value, "cases", [()])
                for case in cases:
                    title = f"{name}: " + value.__doc__.strip().rstrip(".").format(*case)
                    if pattern in title:
                        yield title, value, case


def run_one(title, function, case):
    """'ok', 'not ok' or 'skip', after saying so."""
    began = time.monotonic()
    try:
        function(*case)
    except Skip as reason:
        print(f"skip {title}: {reason}", flush=True)
        return "skip"
    except Exception as error:  # pylint: disable=broad-except
        print(f"not ok {title}: {type(error).__name__}: {error}", flush=True)
        for line in traceback.format_exc().splitlines()[-6:]:
            print(f"    | {line}")
        return "not ok"
    print(f"ok {title} ({time.monotonic() - began:.1f} s)", flush=True)
    return "ok"


def main():
    if not enclosure.is_inside():
        status, reason = enclosure.enter([os.path.abspath(__file__), *sys.argv[1:]])
        if status is None:
            print(f"skip the whole suite: {reason}\n0 passed, 0 failed, 1 skipped")
            return 0
        return status
    enclosure.settle()
    results = [run_one(*test) for test in find_tests(" ".join(sys.argv[1:]))]
    failed = results.count("not ok") + (not results)
    print(f"{results.count('ok')} passed, {failed} failed, {results.count('skip')} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
