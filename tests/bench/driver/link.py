# SPDX-License-Identifier: MPL-2.0
"""A stack at work: its one or two processes, and the connections between their ends.

The processes read commands and write events, JSON objects one a line; tests/bench/README.md has them
all. Descriptions and candidates of two processes are carried from one to the other here."""

import json
import os
import selectors
import signal
import subprocess
import tempfile
import time

import usage

NEAR, FAR = 0, 1
NEEDLESS = 77  # the status of a program that can't run here
# "reset" and "echo" have no answer: what they change is in place long before this is over.
SETTLE_S = 0.1


class PeerFailure(Exception):
    """A peer said so, ended, or stayed silent."""


class PeerMissing(Exception):
    """A peer can't run on this machine."""


class Peer:
    """One process."""

    def __init__(self, command):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.errors, start_new_session=True)
        self.output = self.process.stdout.fileno()
        os.set_blocking(self.output, False)
        self.partial = b""

    def send(self, command):
        try:
            self.process.stdin.write(json.dumps(command).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            self.fail()

    def read(self):
        """The events that have come."""
        try:
            data = os.read(self.output, 1 << 20)
        except BlockingIOError:
            return []
        if not data:
            self.fail()
        *lines, self.partial = (self.partial + data).split(b"\n")
        return [self.parse(line) for line in lines if line.strip()]

    @staticmethod
    def parse(line):
        try:
            event = json.loads(line)
        except ValueError:
            event = None
        if not isinstance(event, dict) or "ev" not in event:
            raise PeerFailure(f"wrote what is no event: {line[:80].decode(errors='replace')}")
        return event

    def fail(self):
        """Tells of a process that has ended."""
        try:
            status = self.process.wait(10)
        except subprocess.TimeoutExpired:
            raise PeerFailure("closed its output and stayed") from None
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        if status == NEEDLESS:
            raise PeerMissing(lines[-1] if lines else "it can't run here")
        raise PeerFailure(f"ended with status {status}: {' | '.join(lines[-3:])}")

    def stop(self):
        """Asks it to end, and sees to it."""
        try:
            self.process.stdin.write(b'{"op":"quit"}\n')
            self.process.stdin.close()
        except OSError:
            pass  # it has ended
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # none of its children is left either
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()


class Connection:
    """What is known of one id."""

    def __init__(self, start):
        self.start = start
        self.opened = None  # when the last end was open
        self.open_ends = set()
        self.closed_ends = set()
        self.described = set()  # ends whose description went over
        self.held = ([], [])  # candidates that wait for it
        self.events = {}  # what else came, the latest of each kind


class Link:
    """One or two processes of a stack. A context manager: both have ended after it."""

    def __init__(self, stack, command, mode, bound_s):
        self.stack = stack
        self.deadline = time.monotonic() + bound_s
        self.bound_s = bound_s
        self.mode = mode
        self.connections = {}
        self.ready = []
        self.notes = []  # what a reader of the figures should know
        self.selector = selectors.DefaultSelector()
        self.peers = []
        try:
            for index in range(1 if mode == "one" else 2):
                self.peers.append(Peer(command))
                self.selector.register(self.peers[index].output, selectors.EVENT_READ, index)
            self.wait(lambda: len(self.ready) == len(self.peers), "is not ready")
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.stop()

    def stop(self):
        for peer in self.peers:
            peer.stop()
        self.selector.close()

    @property
    def near(self):
        return self.peers[NEAR]

    @property
    def far(self):
        return self.peers[-1]

    def wait_until(self, end, is_done):
        """Lets events come until @is_done (), at most to @end. Gives whether it is."""
        while not is_done():
            left = end - time.monotonic()
            if left <= 0:
                return False
            for key, _mask in self.selector.select(left):
                now = time.monotonic()
                for event in self.peers[key.data].read():
                    self.take(key.data, event, now)
        return True

    def wait(self, is_done, complaint):
        """Lets events come until @is_done ()."""
        if not self.wait_until(self.deadline, is_done):
            raise PeerFailure(f"{complaint} within {self.bound_s:.0f} s")

    def settle(self, seconds=SETTLE_S):
        """Lets time pass; events are taken."""
        self.wait_until(time.monotonic() + seconds, lambda: False)

    def take(self, end, event, now):
        kind = event["ev"]
        if kind == "ready":
            self.ready.append(event)
            return
        if kind == "error":
            raise PeerFailure(event.get("message", "an error without words"))
        connection = self.connections.get(event["id"])
        if connection is None:
            return  # a late word of one that is closed
        if kind == "description":
            self.carry_description(end, event, connection)
        elif kind == "candidate":
            self.carry_candidate(end, event, connection)
        elif kind == "open":
            connection.open_ends.add(end)
            if len(connection.open_ends) == len(self.peers):
                connection.opened = now
        elif kind == "closed":
            connection.closed_ends.add(end)
        else:
            connection.events[kind] = event

    def carry_description(self, end, event, connection):
        other = self.peers[1 - end]
        other.send({"op": "description", "id": event["id"], "type": event["type"],
                    "sdp": event["sdp"]})
        connection.described.add(end)
        for candidate in connection.held[end]:
            other.send(candidate)
        connection.held[end].clear()

    def carry_candidate(self, end, event, connection):
        if not event["candidate"]:
            return  # all stacks go on without the end of candidates, and not all can be told
        command = {"op": "candidate", "id": event["id"], "candidate": event["candidate"],
                   "mid": event.get("mid") or "0", "index": event.get("index") or 0}
        if end in connection.described:
            self.peers[1 - end].send(command)
        else:
            connection.held[end].append(command)

    def start(self, number):
        """Begins to connect."""
        self.connections[number] = Connection(time.monotonic())
        self.near.send({"op": "pair" if self.mode == "one" else "offer", "id": number})

    def open(self, number):
        """Connects. Gives the seconds from the command to the last end's word."""
        self.start(number)
        connection = self.connections[number]
        self.wait(lambda: connection.opened is not None, f"connection {number} is not open")
        return connection.opened - connection.start

    def begin_close(self, number):
        for peer in self.peers:
            peer.send({"op": "close", "id": number})

    def close(self, number):
        """Closes both ends and waits for it."""
        self.begin_close(number)
        connection = self.connections[number]
        self.wait(lambda: len(connection.closed_ends) == len(self.peers),
                  f"connection {number} is not closed")
        del self.connections[number]

    def transfer(self, number, size, seconds):
        """Sends for so long. Gives the receiver's event, checked against what was sent."""
        events = self.connections[number].events
        self.far.send({"op": "reset", "id": number})
        self.settle()
        for kind in ("sent", "received"):
            events.pop(kind, None)
        self.near.send({"op": "send", "id": number, "size": size, "seconds": seconds})
        self.wait(lambda: "sent" in events, f"messages of {size} are not sent")
        messages = events["sent"]["messages"]
        self.far.send({"op": "expect", "id": number, "messages": messages})
        self.wait(lambda: "received" in events,
                  f"not all of {messages} messages of {size} have come")
        received = events["received"]
        if (received["messages"], received["bytes"]) != (messages, messages * size):
            raise PeerFailure(f"{messages} messages of {size} were sent, {received['messages']} "
                              f"with {received['bytes']} bytes in all came")
        return received

    def ping(self, number, size, count):
        """Sends to and fro, one at a time. Gives the microseconds of each."""
        events = self.connections[number].events
        self.far.send({"op": "echo", "id": number})
        self.settle()
        self.near.send({"op": "ping", "id": number, "size": size, "count": count})
        self.wait(lambda: "rtt" in events, "echoes are missing")
        times = events["rtt"]["us"]
        if len(times) != count:
            raise PeerFailure(f"{len(times)} of {count} echoes came")
        return times

    def get_roots(self):
        return [peer.process.pid for peer in self.peers]

    def get_cpu_seconds(self):
        return usage.get_cpu_seconds(self.get_roots())

    def get_memory(self):
        return usage.get_memory(self.get_roots())
