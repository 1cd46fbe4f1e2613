#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""Watches one connection at a privacy level, and tells what is not as docs/guide/privacy.md says: a
line each, and exit status 1. docs/lab.md tells more."""

import argparse
import os
import sys

sys.dont_write_bytecode = True
from lab import enclosure  # noqa: E402
from privacy import LEVELS, find_faults, markdown, visit  # noqa: E402


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("level", choices=LEVELS, nargs="?", help="of the Floe that is watched")
    parser.add_argument("role", choices=("offering", "answering"), nargs="?", default="offering")
    parser.add_argument("other", choices=("floe", "chromium"), nargs="?", default="floe")
    parser.add_argument("--turn", choices=("udp", "tcp", "tls", "proxy", "dead"),
                        default="udp",
                        help="how the TURN server is reached; dead: not at all")
    parser.add_argument("--move", action="store_true",
                        help="the interface of the default route goes away meanwhile")
    parser.add_argument("--near", action="store_true",
                        help="the other one is in the same network, a Floe at the same level")
    parser.add_argument("--as", choices=LEVELS, dest="held_to", metavar="LEVEL",
                        help="hold it to what that level promises")
    parser.add_argument("--policy", action="store_true",
                        help="the transport policy relay in place of the level")
    parser.add_argument("--show", action="store_true", help="print what was seen")
    parser.add_argument("--table", action="store_true", help="print the tables of the guide")
    arguments = parser.parse_args()
    if not arguments.table and arguments.level is None:
        parser.error("which level?")
    return arguments


def show(left):
    for key, example in left.destinations().items():
        print(f"sent to {key}: {example}")
    for what, text in (("signalled", left.signaled), ("told", left.told), ("logged", left.log)):
        print(f"{what}: {', '.join(sorted(left.shown(text))) or 'nothing'}")
    print(left.signaled + left.told)


def watch(arguments):
    left = visit(arguments.level, arguments.role == "offering", arguments.other,
                 transport=arguments.turn, moves=arguments.move, is_near=arguments.near,
                 policy=arguments.policy)
    left.level = arguments.held_to or left.level
    if arguments.show:
        show(left)
    faults = find_faults(left)
    print("\n".join(faults))
    return 1 if faults else 0


def main():
    arguments = parse_arguments()
    if arguments.table:
        print("\n".join(markdown()))
        return 0
    if enclosure.is_inside():
        enclosure.settle()
        return watch(arguments)
    status, reason = enclosure.enter([os.path.abspath(__file__), *sys.argv[1:]])
    if status is None:
        print(reason)
        return 77
    return status


if __name__ == "__main__":
    sys.exit(main())
