#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""Runs a command in a world that a file describes.

   lab.py [--router PATH] [--seed N] [--coturn HOST] WORLD COMMAND...   runs it beside the world
   lab.py in HOST COMMAND...                                           there: on a host of the world
   lab.py tell LINE                                                    there: to the router program

The command finds the facts in $LAB_TRACE, and about coturn $LAB_STUN, $LAB_TURN, $LAB_TURN_USER,
$LAB_TURN_PASSWORD and $LAB_TURN_CERTIFICATE. docs/lab.md tells how to write a world."""

import argparse
import os
import subprocess
import sys

sys.dont_write_bytecode = True
from lab import Coturn, LabError, World, enclosure, system  # noqa: E402


def run_in(host, command):
    with system.network(os.path.join(enclosure.NETNS, enclosure.name(host))):
        return subprocess.run(command, check=False).returncode


def tell(line):
    world = World("", router="")
    world.folder = os.environ["LAB_FOLDER"]
    for answer in world.command(line):
        print(answer)
    return 0


def start_coturn(world, name):
    if name not in world.hosts:
        raise LabError(f"--coturn: the world has no host '{name}'")
    server = Coturn(world[name])
    user, password = server.credentials()
    return {"LAB_STUN": server.url("stun"), "LAB_TURN": server.url("turn"), "LAB_TURN_USER": user,
            "LAB_TURN_PASSWORD": password, "LAB_TURN_CERTIFICATE": server.certificate}


def run_world(arguments):
    with open(arguments.world, encoding="utf-8") as file:
        text = file.read()
    enclosure.settle()
    with World(text, seed=arguments.seed, router=arguments.router) as world:
        environment = {**os.environ, "LAB_FOLDER": world.folder, "LAB_TRACE": world.path("trace")}
        if arguments.coturn is not None:
            environment.update(start_coturn(world, arguments.coturn))
        return subprocess.run(arguments.command, env=environment, check=False,
                              preexec_fn=system.die_with_parent).returncode


def main():
    if len(sys.argv) > 3 and sys.argv[1] == "in":
        return run_in(sys.argv[2], sys.argv[3:])
    if len(sys.argv) > 2 and sys.argv[1] == "tell":
        return tell(" ".join(sys.argv[2:]))
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--router", default=os.environ.get("LAB_ROUTER", "lab-router"))
    parser.add_argument("--coturn", metavar="HOST")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("world")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    if enclosure.is_inside():
        return run_world(arguments)
    status, reason = enclosure.enter([os.path.abspath(__file__), *sys.argv[1:]])
    if status is None:
        print(f"lab: {reason}", file=sys.stderr)
        return 77
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LabError as error:
        sys.exit(f"lab: {error}")
