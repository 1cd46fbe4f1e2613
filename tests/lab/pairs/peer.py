# SPDX-License-Identifier: MPL-2.0
"""A program that speaks floe-peer's protocol on a host, and the post between two of them."""

import json
import os
import queue
import shutil
import subprocess
import threading
import time

_HERE = os.path.dirname(os.path.abspath(__file__))
_INTEROP = os.path.join(_HERE, "..", "..", "interop", "peers")
_CACHE = os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache"))

# Who may take part, and how each is started. GStreamer's webrtcbin is libnice without Floe.
COMMANDS = {
    "floe": [os.environ.get("LAB_FLOE_PEER", "floe-peer")],
    "pion": [os.environ.get("FLOE_INTEROP_PION",
                            os.path.join(_CACHE, "floe-interop", "pion-peer"))],
    "webrtcbin": ["/usr/bin/python3", os.path.join(_INTEROP, "webrtcbin.py")],
    "aiortc": ["/usr/bin/python3", os.path.join(_INTEROP, "aiortc_peer.py")],
    "chromium": [shutil.which("node") or "node", os.path.join(_INTEROP, "chromium.mjs")],
}
# Those that leave processes of their own behind unless they are asked to end.
_TALL = ("chromium",)
_FAREWELL_SECONDS = 5


def find_missing(name):
    """Why that peer can't take part, or None."""
    program = COMMANDS[name][-1]
    if not os.path.exists(program):
        return f"{program} is missing" + ("; sh tests/interop/run.sh --setup builds it"
                                          if name == "pion" else "")
    if name == "chromium":
        if not os.path.isdir(os.path.join(_INTEROP, "..", "node_modules")):
            return "puppeteer-core is missing; sh tests/interop/run.sh --setup gets it"
        for tool in ("node", "chromium"):
            if shutil.which(tool) is None:
                return f"{tool} is missing (Debian packages nodejs, chromium)"
    return None


class Silence(Exception):
    """A peer did not say what was waited for; in words."""


class Peer:
    """Its events are kept with the time of their arrival here; the rest goes to the other one."""

    def __init__(self, host, kind, log, *options):
        self.name, self.kind, self.log = host.name, kind, log
        self.process = host.start([*COMMANDS[kind], *options], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=log.errors(host.name), text=True)
        self.post = None
        self.described = None  # when its first description left
        self._events = []
        self._taken = 0
        self._has_ended = False
        self._news = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            now = time.monotonic()
            self.log.note(self.name, ">", line)
            try:
                item = json.loads(line)
            except ValueError:
                continue
            if "event" in item:
                with self._news:
                    self._events.append((now, item))
                    self._news.notify()
            elif self.post is not None:
                self.described = self.described or now
                self.post.put((now, line))
        with self._news:
            self._has_ended = True
            self._news.notify()

    def write(self, line):
        self.log.note(self.name, "<", line)
        try:
            self.process.stdin.write(line)
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass

    def say(self, **command):
        self.write(json.dumps(command) + "\n")

    def find(self, event, **members):
        """The first such event ever, with its time, or None."""
        with self._news:
            return next(((when, item) for when, item in self._events if item["event"] == event and
                         all(item.get(key) == value for key, value in members.items())), None)

    def last(self, event):
        """The last such event until now, with its time, or None."""
        with self._news:
            return next(((when, item) for when, item in reversed(self._events)
                         if item["event"] == event), None)

    def count(self, event, **members):
        """How many such events there were."""
        with self._news:
            return sum(item["event"] == event and all(item.get(key) == value for key, value in
                                                      members.items()) for _, item in self._events)

    def wait(self, event, until):
        """(when, event) of the next event of that kind."""
        with self._news:
            while True:
                while self._taken < len(self._events):
                    when, item = self._events[self._taken]
                    self._taken += 1
                    if item["event"] == event:
                        return when, item
                if self._has_ended:
                    raise Silence(f"{self.name}'s peer ended with {self.process.wait()}")
                left = until - time.monotonic()
                if left <= 0:
                    raise Silence(f"no {event} at {self.name}, {self._last_word()}")
                self._news.wait(left)

    def end(self):
        """Ends it without a farewell, where that is possible."""
        if self.kind in _TALL:
            self._leave()
        self.process.kill()
        self.process.wait()
        if self.post is not None:
            self.post.put(None)

    def _leave(self):
        try:
            self.process.stdin.close()
            self.process.wait(_FAREWELL_SECONDS)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            pass

    def _last_word(self):
        states = [item["state"] for _, item in self._events if item["event"] == "connectionstate"]
        errors = [item["message"] for _, item in self._events if item["event"] == "error"]
        return ", ".join([*states[-1:], *errors[-1:]]) or "not a word"


def introduce(one, two, delay, late=(0, 0)):
    """From now on each gets what the other one prints, so many seconds later. With `late` the first
    line of one, or of two, and all after it wait for so long besides."""
    for source, target, patience in ((one, two, late[0]), (two, one, late[1])):
        source.post = queue.Queue()
        threading.Thread(target=_carry, args=(source.post, target, delay, patience),
                         daemon=True).start()


def _carry(post, target, delay, patience):
    opens = None
    for when, line in iter(post.get, None):
        opens = opens or when + patience
        time.sleep(max(0, max(when, opens) + delay - time.monotonic()))
        target.write(line)
