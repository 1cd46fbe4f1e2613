# SPDX-License-Identifier: MPL-2.0
"""Runs the laboratory's suite: run.py [--jobs N] [PATTERN]. A line a test, and at the end
'N passed, N failed, N skipped'. A test is a function of a suite module whose name begins with
`test_`; its documentation is its name. With more jobs than one that many tests run at a time, each
job in an enclosure of its own, but those whose subject is time itself, or this machine's."""

import argparse
import collections
import contextlib
import importlib
import io
import os
import signal
import sys
import threading
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from lab import enclosure  # noqa: E402
from pairs import worker  # noqa: E402
from suite.probes import Skip  # noqa: E402

MODULES = ["kinds", "links", "events", "families", "servers", "peers", "rise", "idle", "late",
           "crosscheck", "discovery", "reports", "nat_report", "nat64", "matrix", "connecting",
           "hard_nats", "budgets", "ice_tcp", "foretell", "punching", "watching", "privacy",
           "names"]
# Delays and lifetimes of tenths of a second are measured there; together they take half a minute.
ALONE = ["kinds", "links", "events", "crosscheck"]
# These have the longest tests, which nobody should wait for at the end.
LONG = ["rise", "ice_tcp", "idle", "connecting", "budgets", "privacy", "late"]
_WORKER = "--worker"


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


def sum_up(results):
    failed = results.count("not ok") + (not results)
    print(f"{results.count('ok')} passed, {failed} failed, {results.count('skip')} skipped")
    return 1 if failed else 0


def run_inside(pattern):
    """All in this one enclosure."""
    enclosure.settle()
    return sum_up([run_one(*test) for test in find_tests(pattern)])


def serve():
    """A job: runs tests by their numbers."""
    tests = list(find_tests(""))

    def handle(task, _output):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            result = run_one(*tests[task["test"]])
        return {"result": result, "said": said.getvalue()}

    worker.serve(handle)
    return 0


class Jobs:
    """Workers that take the next test as soon as they are through with one."""

    def __init__(self, count):
        command = [sys.executable, os.path.abspath(__file__), _WORKER]
        # Only what hangs for good is ended: tests have limits of their own.
        patience = 3600 if os.environ.get("LAB_FULL") == "1" else 600
        self.workers = [worker.Worker(command, patience) for _ in range(count)]
        self.results, self.lock = [], threading.Lock()

    def run(self, tests, count):
        """`tests` are numbers and titles; `count` of the workers share them."""
        left = collections.deque(tests)

        def take(each):
            with contextlib.suppress(IndexError):
                while True:
                    self._run_one(each, *left.popleft())

        threads = [threading.Thread(target=take, args=(each,), daemon=True)
                   for each in self.workers[:count]]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.2)  # not for ever, so that signals are heard

    def _run_one(self, each, number, title):
        answer = each.ask({"test": number})
        if "error" in answer:
            answer = {"result": "not ok", "said": f"not ok {title}: {answer['error']}\n"}
        with self.lock:
            self.results.append(answer["result"])
            print(answer["said"], end="", flush=True)

    def end(self):
        for each in self.workers:
            each.end()


def module_of(title):
    return title.split(":")[0]


def run_side_by_side(pattern, count):
    tests = [(number, title) for number, (title, _, _) in enumerate(find_tests(""))
             if pattern in title]
    alone = [test for test in tests if module_of(test[1]) in ALONE]
    others = [test for test in tests if test not in alone]
    others.sort(key=lambda test: module_of(test[1]) not in LONG)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    jobs = Jobs(count)
    try:
        # A worker's process ends with the thread that has started it, and threads end here with
        # their part: so this one starts them.
        for each in jobs.workers:
            each.start()
        jobs.run(alone, 1)
        jobs.run(others, count)
    finally:
        jobs.end()
    return sum_up(jobs.results)


def main():
    if enclosure.is_inside():
        return serve() if sys.argv[1:] == [_WORKER] else run_inside(" ".join(sys.argv[1:]))
    if sys.argv[1:] == [_WORKER]:
        return enclosure.enter([os.path.abspath(__file__), _WORKER])[0] or 0
    parser = argparse.ArgumentParser(description=__doc__.split(":", maxsplit=1)[0])
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="tests at a time (1)")
    parser.add_argument("pattern", nargs="*", help="part of the names of tests")
    arguments = parser.parse_args()
    pattern = " ".join(arguments.pattern)
    _, reason = enclosure.find_way()
    if reason is not None:
        print(f"skip the whole suite: {reason}\n0 passed, 0 failed, 1 skipped")
        return 0
    if arguments.jobs > 1:
        return run_side_by_side(pattern, arguments.jobs)
    return enclosure.enter([os.path.abspath(__file__), pattern])[0]


if __name__ == "__main__":
    sys.exit(main())
