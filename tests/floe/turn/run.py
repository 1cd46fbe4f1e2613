# SPDX-License-Identifier: MPL-2.0
"""Runs the cases: run.py FLOE-TURN [NAME...]. Prints a line a case."""

import inspect
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

import cases
from world import Failure, World


def run(world, case):
    """Passed, failed or skipped."""
    title = case.__doc__
    for program, package in getattr(case, "wants", ()):
        if shutil.which(program) is None:
            print(f"skip {title}: {program} is missing (Debian package {package})")
            return "skipped"
    try:
        case(world)
    except Failure as failure:
        print(f"not ok {title}: {failure}")
        return "failed"
    except Exception:  # a fault of the test is a failure of it
        print(f"not ok {title}: " + traceback.format_exc().replace("\n", "\n    "))
        return "failed"
    finally:
        world.stop_all()
    print(f"ok {title}")
    return "passed"


def main():
    names = sys.argv[2:]
    found = [case for name, case in inspect.getmembers(cases, inspect.isfunction)
             if name.startswith("case_") and (not names or name in names)]
    found.sort(key=lambda case: case.__code__.co_firstlineno)
    for address in ("25.0.0.1/24", "25.0.0.9/24", "2600:77::1/64"):
        family = "-6" if ":" in address else "-4"
        extra = ["nodad"] if ":" in address else []
        subprocess.run(["ip", family, "address", "add", address, "dev", "floe0", *extra],
                       check=True)
    # Sockets of the check's own are on no port that a relay may have.
    with open("/proc/sys/net/ipv4/ip_local_port_range", "w", encoding="ascii") as file:
        file.write("20000 40000")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        world = World(os.path.abspath(sys.argv[1]), folder)
        results = [run(world, case) for case in found]
    counts = [results.count(word) for word in ("passed", "failed", "skipped")]
    print("{} passed, {} failed, {} skipped".format(*counts))
    return 1 if counts[1] else 0


if __name__ == "__main__":
    sys.exit(main())
