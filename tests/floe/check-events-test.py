# SPDX-License-Identifier: MPL-2.0
"""check-events.py takes what is right, and finds what is wrong."""

import importlib.util
import json
import pathlib
import re
import unittest

HERE = pathlib.Path(__file__).resolve().parent
CODE = "000G40R40M30E209185GR38E1W"
READY = {"event": "ready", "url": f"http://[::1]:81/#{CODE}", "code": CODE}
CONNECTED = {"event": "connected", "ms": 3, "path": "relay", "local_candidate": "relay",
             "remote_candidate": "prflx", "protocol": "tcp", "strategy": None,
             "local_nat": "SYMMETRIC", "remote_nat": "UNKNOWN"}
PATH = {"event": "path", "ms": 900, "from": "relay", "path": "direct", "local_candidate": "srflx",
        "remote_candidate": "srflx", "protocol": "udp", "strategy": "TURN_FALLBACK",
        "local_nat": "SYMMETRIC", "remote_nat": "OPEN", "reason": "better"}
FILE = {"event": "file", "name": "a/b", "size": 5}
PROGRESS = {"event": "progress", "bytes": 5, "total": 5}
FILE_DONE = {"event": "file-done", "name": "a/b", "bytes": 5, "sha256": "0" * 64}
DONE = {"event": "done", "files": 1, "bytes": 5, "seconds": 0.25}
ERROR = {"event": "error", "code": "timeout", "message": "Nobody came"}
LISTENING = {"event": "listening", "url": "https://floe.example:8080/"}
ASPECTS = ("udp", "mapping", "filtering", "allocation", "hairpin", "carrier", "poisoning",
           "rewriting", "tcp", "tls", "lifetime", "fragments")
NAT = {"event": "nat", "interface": "eth0", "family": "ipv4", "address": "192.168.0.10",
       "external": ["203.0.113.1"], "udp": True, "tcp": None, "tls": None, "translation": True,
       "mapping": "endpoint-independent", "filtering": "unknown", "nat_type": "unknown",
       "allocation": "sequential", "allocation_step": 2, "hairpin": False, "carrier": None,
       "poisoning": None, "rewriting": None, "fragments": True, "udp_limited": False, "proxy": None,
       "lifetime_s": None, "confidence": {key: "high" for key in ASPECTS},
       "servers": [{"url": "stun:a", "address": None, "rtt_ms": 1.5, "fault": "none"}],
       "complete": True, "ms": 412, "packets": 40, "time": "2026-11-21T10:00:00Z"}
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

    def test_takes_changes_of_the_path_after_the_connection_only(self):
        first = {**PATH, "from": None, "reason": "first"}
        self.assertEqual(problems(GOOD[:3] + [PATH, first] + GOOD[3:]), [])
        self.assertNotEqual(problems(GOOD[:1] + [PATH] + GOOD[1:]), [])
        self.assertNotEqual(problems(GOOD[:3] + [{**PATH, "reason": "whim"}] + GOOD[3:]), [])

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

    def test_takes_a_report_about_a_nat(self):
        network = {key: value for key, value in NAT.items() if key != "event"}
        other = {**network, "family": "ipv6", "udp": False}
        self.assertEqual(problems([NAT], "nat", status=0), [])
        self.assertEqual(problems([{**NAT, "interfaces": [network, other]}], "nat", status=0), [])
        self.assertEqual(problems([{**NAT, "udp": False, "tls": True}], "nat", status=3), [])
        self.assertEqual(problems([{**NAT, "udp": False, "tcp": False}], "nat", status=4), [])
        self.assertEqual(problems([{**ERROR, "code": "usage"}], "nat", status=2), [])

    def test_finds_what_is_wrong_with_a_report_about_a_nat(self):
        network = {key: value for key, value in NAT.items() if key != "event"}
        for change in ({"udp": None}, {"mapping": "cone"}, {"nat_type": "eim"}, {"hairpin": "no"},
                       {"servers": [{}]}, {"confidence": {}}, {"interfaces": [network]},
                       {"interfaces": [{**network, "udp": False}, network]}, {"ms": -1},
                       {"nat_type": "blocked"}, {"event": "report"}, {"time": "now"}):
            self.assertNotEqual(problems([{**NAT, **change}], "nat"), [], f"{change}")
        for member in NAT:
            if member != "allocation_step":
                without = {key: value for key, value in NAT.items() if key != member}
                self.assertNotEqual(problems([without], "nat"), [], member)
        self.assertNotEqual(problems([NAT, NAT], "nat"), [])
        self.assertNotEqual(problems([], "nat"), [])
        self.assertNotEqual(problems([NAT], "nat", status=3), [])
        self.assertNotEqual(problems([NAT], "send"), [])

    def test_knows_the_same_names_as_the_library(self):
        root = HERE.parents[1]
        header = (root / "include" / "floe" / "floe-nat-enums.h").read_text("utf-8")
        schema = json.loads((root / "docs" / "schema" / "nat.json").read_text("utf-8"))["$defs"]
        network = schema["network"]["properties"]
        aspects = network["confidence"]["properties"]
        for name, known in (("BEHAVIOUR", network["mapping"]["enum"]),
                            ("BEHAVIOUR", network["filtering"]["enum"]),
                            ("TYPE", network["nat_type"]["enum"]),
                            ("ALLOCATION", network["allocation"]["enum"]),
                            ("CONFIDENCE", aspects["udp"]["enum"]), ("ASPECT", list(aspects)),
                            ("FAULT", schema["server"]["properties"]["fault"]["enum"])):
            found = re.findall(rf"^  FLOE_NAT_{name}_(\w+),$", header, re.MULTILINE)
            self.assertEqual([nick.lower().replace("_", "-") for nick in found], known)

    def test_finds_what_is_no_json(self):
        for text in ("hello\n", "[]\n", json.dumps(ERROR), json.dumps(ERROR) + "\n\n"):
            self.assertNotEqual(list(CHECK(text, "send")), [], text)


if __name__ == "__main__":
    unittest.main()
