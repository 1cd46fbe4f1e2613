# SPDX-License-Identifier: MPL-2.0
"""Drives two floe-peers against each other: peer.py PATH. Prints a line a test."""

import json
import queue
import signal
import subprocess
import sys
import threading
import time
import zlib

TIMEOUT = 20


class Peer:
    def __init__(self, *options):
        self.process = subprocess.Popen([sys.argv[1], "--include-loopback", *options],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        self.events = []
        self.other = None
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            item = json.loads(line)
            if "event" in item:
                self.lines.put(item)
            elif self.other is not None:
                self.other.write(line)
        self.lines.put(None)

    def write(self, line):
        try:
            self.process.stdin.write(line if line.endswith("\n") else line + "\n")
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass

    def say(self, **command):
        self.write(json.dumps(command))

    def wait(self, event, **members):
        """The next event of this kind with these members."""
        while True:
            item = self.lines.get(timeout=TIMEOUT)
            assert item is not None, f"ended before {event} {members}"
            self.events.append(item)
            if item["event"] == event and all(item.get(k) == v for k, v in members.items()):
                return item

    def wait_any(self, *events):
        """The next event of one of these kinds."""
        while True:
            item = self.lines.get(timeout=TIMEOUT)
            assert item is not None, f"ended before {events}"
            self.events.append(item)
            if item["event"] in events:
                return item

    def end(self):
        self.process.stdin.close()
        status = self.process.wait(timeout=TIMEOUT)
        assert status == 0, f"status {status}"


def payload(size):
    return bytes((31 * i + 7) % 256 for i in range(size))


def connect(offer_channels, *options):
    one, two = Peer("--no-echo", *options), Peer(*options)
    one.other, two.other = two, one
    one.say(cmd="offer", channels=offer_channels)
    return one, two


def test_echoes_text_and_bytes_of_every_size():
    one, two = connect([{"label": "chat"}])
    one.wait("open", label="chat")
    one.say(cmd="send", label="chat", text="grüße")
    assert two.wait("message")["text"] == "grüße"
    assert one.wait("message")["text"] == "grüße"
    for size in (0, 1, 1200, 16384, 65535, 262144):
        one.say(cmd="send", label="chat", size=size)
        echo = one.wait("message", binary=True)
        assert echo["size"] == size, echo
        assert echo["crc32"] == f"{zlib.crc32(payload(size)):08x}", echo
        assert "text" not in echo, echo
    one.say(cmd="send", label="chat", size=262145)
    assert one.wait("error")["name"] == "TypeError"
    one.end()
    two.end()


def test_tells_the_options_of_a_channel_on_both_sides():
    one, two = connect([{"label": "a", "ordered": False, "maxRetransmits": 3, "protocol": "p"},
                        {"label": "b", "maxPacketLifeTime": 500}])
    for peer in (one, two):
        a = peer.wait("open", label="a")
        assert (a["ordered"], a["maxRetransmits"], a["maxPacketLifeTime"], a["protocol"]) \
            == (False, 3, None, "p"), a
        b = peer.wait("open", label="b")
        assert (b["ordered"], b["maxRetransmits"], b["maxPacketLifeTime"]) == (True, None, 500), b
        assert a["id"] != b["id"]
    one.end()
    two.end()


def test_tells_the_pair_that_carries():
    alone = Peer()
    alone.say(cmd="pair")
    assert list(alone.wait("pair").items())[1:] == [
        ("local", None), ("remote", None), ("protocol", None), ("relayProtocol", None),
        ("localCandidate", None), ("remoteCandidate", None)]
    alone.end()
    one, two = connect([{"label": "chat"}])
    for peer in (one, two):
        peer.wait("open", label="chat")
        peer.say(cmd="pair")
        event = peer.wait("pair")
        # With a loopback interface alone, a check can overtake the candidate that it comes from.
        assert event["local"] in ("host", "prflx") and event["remote"] in ("host", "prflx"), event
        assert (event["protocol"], event["relayProtocol"]) == ("udp", None), event
    one.end()
    two.end()


def test_closes_a_channel_and_the_connection():
    one, two = connect([{"label": "x"}, {"label": "y"}])
    for peer in (one, two):
        peer.wait("open", label="x")
        peer.wait("open", label="y")
    one.say(cmd="closeChannel", label="x")
    one.wait("channelclose", label="x")
    two.wait("channelclose", label="x")
    one.say(cmd="send", label="x", text="late")
    one.wait("error", name="InvalidAccessError")
    one.say(cmd="close")
    one.wait("connectionstate", state="closed")
    assert one.process.wait(timeout=TIMEOUT) == 0
    two.wait("channelclose", label="y")
    two.end()


def test_tells_of_a_peer_that_stops_and_of_its_return():
    one, two = connect([{"label": "chat"}])
    one.wait("open", label="chat")
    one.say(cmd="send", label="chat", text="before")
    assert one.wait("message")["text"] == "before"
    two.process.send_signal(signal.SIGSTOP)
    start = time.monotonic()
    try:
        one.wait("connectionstate", state="disconnected")
        waited = time.monotonic() - start
        # Sent now, it waits for the peer to go on.
        one.say(cmd="send", label="chat", text="meanwhile")
    finally:
        two.process.send_signal(signal.SIGCONT)
    # Asked after half a second to 5 s of silence, and 5 s more without an answer; never much sooner.
    assert waited > 4.5, f"disconnected after {waited:.1f} s"
    # Either may be told first: what came is also the sign of life.
    told = [one.wait_any("connectionstate", "message") for _ in range(2)]
    assert {item.get("state", item.get("text")) for item in told} == {"connected", "meanwhile"}, told
    one.say(cmd="send", label="chat", text="after")
    assert one.wait("message")["text"] == "after"
    one.end()
    two.end()


def test_survives_lines_that_make_no_sense():
    peer = Peer()
    peer.wait("ready", peer="floe")
    bad = [("hello", "SyntaxError"), ("[]", "SyntaxError"), ("[" * 5000, "SyntaxError"),
           ('{"cmd":"send","text":"' + "x" * 1048576 + '"}', "SyntaxError"),
           ('{"cmd":"dance"}', "NotSupportedError"), ('{"type":"joined"}', "SyntaxError"),
           ('{"cmd":"send","label":"none","text":"x"}', "InvalidAccessError"),
           ('{"cmd":"offer","iceRestart":true}', "NotSupportedError"),
           ('{"cmd":"offer","channels":[1]}', "TypeError"),
           ('{"cmd":"offer","channels":[{"maxRetransmits":70000}]}', "TypeError")]
    for line, name in bad:
        peer.write(line)
        error = peer.wait("error")
        assert error["name"] == name, (line[:40], error)
    peer.say(type="offer", sdp="nonsense")
    peer.wait("error")
    peer.end()


def main():
    for name, test in list(globals().items()):
        if not name.startswith("test_"):
            continue
        title = "floe-peer " + name[len("test_"):].replace("_", " ")
        try:
            test()
            print(f"ok {title}")
        except (AssertionError, queue.Empty, subprocess.TimeoutExpired) as error:
            print(f"not ok {title}: {type(error).__name__} {error}")
        sys.stdout.flush()


main()
