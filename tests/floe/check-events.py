# SPDX-License-Identifier: MPL-2.0
"""Checks what a floe printed with --json against docs/schema and against itself.

    check-events.py [--status N] [--running] send|receive|serve|nat FILE

FILE is all of its standard output. --status: what it exited with; --running: it has not ended.
Prints what is wrong, and fails; prints nothing if all is well. For other scripts: check()."""

import argparse
import json
import pathlib
import sys

import jsonschema

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "docs" / "schema"
STATUSES = {"failed": 1, "usage": 2, "refused": 3, "authentication": 4, "integrity": 4, "file": 5,
            "timeout": 6, "interrupted": 130}
# The first interval is not a whole one, and timers are not exact.
PROGRESS_SLACK = 2


def make_validator(command):
    """Both schemas in one: how references to another file resolve differs between versions."""
    text = (SCHEMAS / f"{command}.json").read_text("utf-8")
    schema = json.loads(text.replace('"events.json#/', '"#/'))
    events = json.loads((SCHEMAS / "events.json").read_text("utf-8"))["$defs"]
    schema["$defs"] = {**events, **schema.get("$defs", {})}
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def read(text):
    """The objects of the lines of text; ValueError names the line that is none."""
    if text and not text.endswith("\n"):
        raise ValueError("the last line has no end")
    events = []
    for line in text.splitlines():
        event = json.loads(line)
        if not isinstance(event, dict):
            raise ValueError(f"no object: {line}")
        events.append(event)
    return events


def check_order(events, command, is_running):
    kinds = [event["event"] for event in events]
    for kind in ("ready", "listening", "connected", "done", "error"):
        if kinds.count(kind) > 1:
            yield f"{kind} comes {kinds.count(kind)} times"
    for kind in ("done", "error"):
        if kind in kinds[:-1]:
            yield f"something comes after {kind}"
    if not is_running and (not kinds or kinds[-1] not in ("done", "error")):
        yield "it ends with neither done nor error"
    first = {"send": "ready", "receive": "connected", "serve": "listening"}[command]
    others = [kind for kind in kinds if kind not in ("ready", "error")]
    if command == "receive" and "ready" in kinds[1:]:
        yield "ready is not first"
    if command == "receive" and others and others[0] != first:
        yield f"{others[0]} comes before {first}"
    if command != "receive" and kinds and kinds[0] not in (first, "error"):
        yield f"{kinds[0]} comes before {first}"
    if "path" in kinds and "connected" not in kinds[:kinds.index("path")]:
        yield "path comes before connected"
    if command == "send" and len(others) > 0 and others[0] != "connected":
        yield f"{others[0]} comes before connected"


def check_files(events):
    begun = []
    for event in events:
        if event["event"] == "file":
            begun.append(event)
        if event["event"] != "file-done":
            continue
        same = [file for file in begun if file["name"] == event["name"]]
        if not same:
            yield f"{event['name']} is done without having begun"
            continue
        begun.remove(same[0])
        if same[0]["size"] not in (None, event["bytes"]):
            yield f"{event['name']} has {event['bytes']} bytes and not {same[0]['size']}"


def check_sums(events):
    done = [event for event in events if event["event"] == "done"]
    stored = [event for event in events if event["event"] == "file-done"]
    progress = [event for event in events if event["event"] == "progress"]
    moved = [event["bytes"] for event in progress]
    if moved != sorted(moved):
        yield f"progress goes back: {moved}"
    for event in progress:
        if event["total"] is not None and event["bytes"] > event["total"]:
            yield f"progress of {event['bytes']} out of {event['total']}"
    if len({event["total"] for event in progress}) > 1:
        yield "the total changes"
    if not done:
        return
    if done[0]["files"] != len(stored):
        yield f"{done[0]['files']} files are done, and {len(stored)} were"
    if done[0]["bytes"] != sum(event["bytes"] for event in stored):
        yield f"{done[0]['bytes']} bytes are done, which is not the sum of the files"
    if len(progress) > done[0]["seconds"] * 5 + PROGRESS_SLACK:
        yield f"{len(progress)} times progress in {done[0]['seconds']} s"


def check_nat(events):
    if len(events) != 1:
        yield f"{len(events)} lines and not one"
    for report in events:
        networks = report.get("interfaces", [])
        if networks and any(report[key] != networks[0][key] for key in networks[0]):
            yield "the report is not that of the first of its interfaces"
        for one in [report, *networks]:
            if one.get("nat_type") == "blocked" and one["udp"]:
                yield "UDP is blocked, and works"


def find_nat_status(report):
    if report["udp"]:
        return 0
    return 3 if report["tcp"] or report["tls"] else 4


def check_status(events, status):
    last = events[-1] if events else {"event": "nothing"}
    if last["event"] == "nat":
        expected = find_nat_status(last)
    else:
        expected = 0 if last["event"] == "done" else STATUSES.get(last.get("code"))
    if status != expected:
        yield f"the exit status is {status} after {last}"


def check(text, command, status=None, is_running=False):
    """Yields what is wrong with text, the standard output of floe COMMAND --json."""
    try:
        events = read(text)
    except ValueError as error:
        yield f"a line is not JSON: {error}"
        return
    validator = make_validator(command)
    invalid = False
    for event in events:
        for error in validator.iter_errors(event):
            invalid = True
            reasons = "; ".join(sorted({one.message for one in error.context or [error]}))
            yield f"{json.dumps(event)}: {reasons}"
    if invalid:
        return
    if command == "nat":
        yield from check_nat(events)
    else:
        yield from check_order(events, command, is_running)
    if command in ("send", "receive"):
        yield from check_files(events)
        yield from check_sums(events)
    if status is not None:
        yield from check_status(events, status)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--status", type=int)
    parser.add_argument("--running", action="store_true")
    parser.add_argument("command", choices=("send", "receive", "serve", "nat"))
    parser.add_argument("file", type=pathlib.Path)
    arguments = parser.parse_args()
    text = arguments.file.read_bytes().decode("utf-8", errors="surrogateescape")
    problems = list(check(text, arguments.command, arguments.status, arguments.running))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
