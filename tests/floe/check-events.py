# SPDX-License-Identifier: MPL-2.0
"""Checks what one floe printed with --json: check-events.py FILE NAME SIZE SHA256.

Prints what is wrong; nothing if all is well."""

import json
import sys


def check(events, name, size, sha256):
    kinds = [event.get("event") for event in events]
    order = [kind for kind in kinds if kind != "progress"]
    if order != ["ready", "connected", "done"]:
        yield f"the events are {order}"
        return
    ready, connected, done = (events[kinds.index(kind)] for kind in order)
    if not ready["address"].startswith("http://") or "#" not in ready["address"]:
        yield f"the address is {ready['address']}"
    if connected["path"] != "direct" or not 0 <= connected["ms"] < 20000:
        yield f"connected is {connected}"
    for side in ("local_candidate", "remote_candidate"):
        if connected[side] not in ("host", "prflx"):
            yield f"connected is {connected}"
    if (done["name"], done["bytes"], done["sha256"]) != (name, size, sha256):
        yield f"done is {done}"
    if not 0 <= done["seconds"] < 600:
        yield f"done is {done}"
    progress = [event for event in events if event["event"] == "progress"]
    if len(progress) > done["seconds"] * 5 + 1:
        yield f"{len(progress)} progress events in {done['seconds']} s"
    moved = [event["bytes"] for event in progress]
    if moved != sorted(moved) or any(not 0 <= one <= size for one in moved):
        yield f"progress went {moved}"
    if any(event["total"] != size for event in progress):
        yield "progress has another total"


def main():
    path, name, size, sha256 = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        try:
            events = [json.loads(line) for line in file]
        except ValueError as error:
            print(f"a line is no JSON: {error}")
            return
    for problem in check(events, name, int(size), sha256):
        print(problem)


main()
