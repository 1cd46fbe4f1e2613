#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""Compares what Floe offers to compiled programs and to bindings with the lists beside this file.

    abi.py check|update LIBRARY [GIR]

floe-1.0.symbols names what the library exports. floe-1.0.interface, for which a GIR is needed, has
the signatures, the values of enumerations, the members of structs, properties and signals. `update`
writes them. Ends with 0 when nothing differs, with 1 when something does."""

import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
import interface  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
SYMBOLS = "floe-1.0.symbols"
INTERFACE = "floe-1.0.interface"
ADVICE = """
What was added on purpose: ninja -C BUILD update-abi, and commit tests/abi with the change.
What was taken away or changed breaks programs that were built against it: keep the old form beside
the new one if you can. If it must go, CONTRIBUTING.md, "The interface", says what else changes."""


def exported(library):
    """The names that a shared library defines for others, with their kind where it is no function."""
    run = subprocess.run(["nm", "-D", "--defined-only", "--format=posix", library], text=True,
                         check=True, stdout=subprocess.PIPE)
    rows = [line.split() for line in run.stdout.splitlines()]
    return sorted(name if kind == "T" else f"{name} ({kind})" for name, kind, *_ in rows)


def differences(expected, found):
    """What is missing and what is new, as lines of a report."""
    expected, found = set(expected), set(found)
    return ([f"- {line}" for line in sorted(expected - found)]
            + [f"+ {line}" for line in sorted(found - expected)])


def measure(library, gir):
    lists = {SYMBOLS: exported(library)}
    if gir is not None:
        lists[INTERFACE] = interface.describe(pathlib.Path(gir).read_text("utf-8"))
    return lists


def check(lists, folder):
    failed = False
    for name, found in lists.items():
        path = folder / name
        expected = path.read_text("utf-8").splitlines() if path.exists() else []
        lines = differences(expected, found)
        print(f"{name}: {len(found)} lines, {len(lines)} differences")
        print("\n".join(lines), end="\n" if lines else "")
        failed = failed or bool(lines)
    if failed:
        print(ADVICE)
    return not failed


def update(lists, folder):
    for name, found in lists.items():
        (folder / name).write_text("\n".join(found) + "\n", "utf-8")
        print(f"{name}: {len(found)} lines")


def main(arguments):
    if len(arguments) not in (2, 3) or arguments[0] not in ("check", "update"):
        print(__doc__, file=sys.stderr)
        return 2
    lists = measure(arguments[1], arguments[2] if len(arguments) == 3 else None)
    if arguments[0] == "update":
        update(lists, HERE)
        return 0
    return 0 if check(lists, HERE) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
