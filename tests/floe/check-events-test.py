# SPDX-License-Identifier: MPL-2.0
"""check-events.py takes what is right, and finds what is wrong."""

import importlib.util
import json
import pathlib
import unittest

HERE = pathlib.Path(__file__).resolve().parent
CODE = "000G40R40M30E209185GR38E1W"
READY = {"event": "ready", "url": f"http://[::1]:81/#{CODE}", "code": CODE}
CONNECTED = {"event": "connected", "ms": 3, "path": "relay", "local_candidate": "relay",
             "remote_candidate": "prflx", "protocol": "tcp"}
FILE = {"event": "file", "name": "a/b", "size": 5}
PROGRESS = {"event": "progress", "bytes": 5, "total": 5}
FILE_DONE = {"event": "file-done", "name": "a/b", "bytes": 5, "sha256": "0" * 64}
DONE = {"event": "done", "files": 1, "bytes": 5, "seconds": 0.25}
ERROR = {"event": "error", "code": "timeout", "message": "Nobody came"}
LISTENING = {"event": "listening", "url": "https://floe.example:8080/"}
GOOD = [READY, CONNECTED, FILE, PROGRESS, FILE_DONE, DONE]


def load():
    spec = importlib.util.spec_from_file_location("check_events", HERE / "check-events.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHECK = load().check


def problems(events, command="send", **more):
    text = "".join(json.dumps(event) + "\n" for event in events)
    return list(CHECK(text, command, **more))


class CheckEvents(unittest.TestCase):
    def test_takes_what_is_right(self):
        self.assertEqual(problems(GOOD, status=0), [])
        self.assertEqual(problems(GOOD[1:], "receive", status=0), [])
        self.assertEqual(problems(GOOD, "receive", status=0), [])
        self.assertEqual(problems([READY, ERROR], status=6), [])
        self.assertEqual(problems([ERROR], "receive", status=6), [])
        self.assertEqual(problems([LISTENING, {**ERROR, "code": "interrupted"}], "serve",
                                  status=130), [])
        self.assertEqual(problems([READY], is_running=True), [])
        self.assertEqual(problems([LISTENING], "serve", is_running=True), [])

    def test_takes_members_that_were_added(self):
        self.assertEqual(problems([{**event, "more": 1} for event in GOOD]), [])

    def test_takes_a_file_that_was_skipped_and_one_of_unknown_size(self):
        skipped = {"event": "file", "name": "c", "size": None}
        self.assertEqual(problems(GOOD[:3] + [skipped] + GOOD[4:]), [])

    def test_finds_each_member_that_is_missing(self):
        for position, event in enumerate(GOOD):
            for member in event:
                events = list(GOOD)
                events[position] = {key: event[key] for key in event if key != member}
                self.assertNotEqual(problems(events), [], f"{event} without {member}")

    def test_finds_values_of_the_wrong_kind(self):
        for position, change in ((0, {"code": CODE.lower()}), (0, {"url": "http://[::1]:81/"}),
                                 (1, {"path": "unknown"}), (1, {"protocol": "sctp"}),
                                 (1, {"ms": -1}), (1, {"local_candidate": "udp"}),
                                 (2, {"size": "5"}), (2, {"name": ""}), (3, {"bytes": 1.5}),
                                 (4, {"sha256": "F" * 64}), (5, {"seconds": None})):
            events = list(GOOD)
            events[position] = {**events[position], **change}
            self.assertNotEqual(problems(events), [], f"{change}")

    def test_finds_events_of_another_command(self):
        self.assertNotEqual(problems([LISTENING] + GOOD), [])
        self.assertNotEqual(problems([LISTENING, READY], "serve", is_running=True), [])

    def test_finds_the_wrong_order(self):
        for events in (GOOD[:-1], GOOD + [ERROR], GOOD + [DONE], [CONNECTED, READY] + GOOD[2:],
                       GOOD[1:], [READY, FILE, CONNECTED] + GOOD[3:], GOOD[:1] + GOOD, []):
            self.assertNotEqual(problems(events), [], f"{events}")
        self.assertNotEqual(problems([CONNECTED, READY] + GOOD[2:], "receive"), [])

    def test_finds_sums_that_do_not_add_up(self):
        for position, change in ((5, {"files": 2}), (5, {"bytes": 4}), (4, {"bytes": 4}),
                                 (4, {"name": "c"}), (3, {"bytes": 6})):
            events = list(GOOD)
            events[position] = {**events[position], **change}
            self.assertNotEqual(problems(events), [], f"{change}")
        back = [{**PROGRESS, "bytes": 4}, {**PROGRESS, "bytes": 3}]
        self.assertNotEqual(problems(GOOD[:3] + back + GOOD[4:]), [])
        self.assertNotEqual(problems(GOOD[:3] + [PROGRESS] * 9 + GOOD[4:]), [])

    def test_finds_another_exit_status(self):
        self.assertNotEqual(problems(GOOD, status=1), [])
        self.assertNotEqual(problems([READY, ERROR], status=0), [])

    def test_finds_what_is_no_json(self):
        for text in ("hello\n", "[]\n", json.dumps(ERROR), json.dumps(ERROR) + "\n\n"):
            self.assertNotEqual(list(CHECK(text, "send")), [], text)


if __name__ == "__main__":
    unittest.main()
