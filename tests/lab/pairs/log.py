# SPDX-License-Identifier: MPL-2.0
"""What is kept of a meeting for whoever looks into it: each line said, captures, facts."""

import contextlib
import os
import shutil
import subprocess
import time


class Nothing:
    """Keeps nothing."""

    def begin(self, world):
        pass

    def errors(self, _name):
        return subprocess.DEVNULL

    def note(self, name, direction, line):
        pass

    def end(self):
        pass


class Folder:
    """Keeps it in a folder: lines.txt with milliseconds, HOST.stderr, HOST.pcap, the trace, and
    coturn.log."""

    def __init__(self, path):
        self.path = path
        os.makedirs(path, exist_ok=True)
        self.began = time.monotonic()
        self.world = None
        self.lines = self._open("lines.txt")

    def _open(self, name):
        # Each line goes out at once: a run may be killed.
        return open(os.path.join(self.path, name), "w", buffering=1, encoding="utf-8")

    def begin(self, world):
        self.world = world
        for host in ("alice", "bob"):
            world.capture(host)

    def errors(self, name):
        return self._open(name + ".stderr")

    def note(self, name, direction, line):
        milliseconds = (time.monotonic() - self.began) * 1000
        self.lines.write(f"{milliseconds:8.0f} {name:5} {direction} {line.rstrip()}\n")

    def end(self):
        self.world.command("time")  # what was captured is written when it answers
        for source, name in (("capture-alice.pcap", "alice.pcap"), ("capture-bob.pcap", "bob.pcap"),
                             ("trace", "trace"), ("coturn-turn/log", "coturn.log")):
            if os.path.exists(self.world.path(source)):
                shutil.copy(self.world.path(source), os.path.join(self.path, name))


@contextlib.contextmanager
def kept(log, world):
    """What happens in that world meanwhile is kept."""
    log.begin(world)
    try:
        yield log
    finally:
        log.end()
