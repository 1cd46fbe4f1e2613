# SPDX-License-Identifier: MPL-2.0
"""A process with namespaces of its own that holds one meeting after the other, or finds out what a
kind of NAT is like: the next task comes as a line of JSON, the result goes as one; the word `quiet`
before it says that the channel is open, and that the rest is mostly waiting."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading

from lab import Coturn, World, enclosure, system

from . import log as logs, reports
from .meeting import DIRECT_SECONDS, START_SECONDS, Meeting, meet
from .places import describe

BROKEN = "the laboratory hung or broke"  # which says nothing about the peers
_QUIET_SECONDS = 3  # what takes longer to connect than this is no longer in anybody's way
# Ten seconds are for the world and for coturn, each; and the browsers' end takes some.
_HANG_SECONDS = 20 + START_SECONDS + DIRECT_SECONDS + 20


def server_options(server, has_turn):
    """The arguments that name coturn to a peer, as STUN and maybe as TURN server."""
    options = ["--ice-server", server.url("stun")]
    if has_turn:
        user, password = server.credentials()
        options += ["--ice-server", server.url("turn", "udp"), "--ice-user", user, "--ice-pass",
                    password]
    return options


class _Quiet:
    """Says `quiet` once: when told to, or after a while."""

    def __init__(self, output):
        self.output, self.lock, self.is_said = output, threading.Lock(), False
        self.timer = None

    def start(self):
        self.timer = threading.Timer(_QUIET_SECONDS, self.say)
        self.timer.daemon = True
        self.timer.start()

    def say(self):
        with self.lock:
            if not self.is_said:
                print("quiet", file=self.output, flush=True)
            self.is_said = True


def _options(server, task, side):
    """Of the peer on that side: 0 offers, 1 answers."""
    options = server_options(server, task["turn"])
    if task["nats"] is not None and task["peers"][side] == "floe":
        options += ["--nat", task["nats"][side]]
    return options


def _hold(task, output):
    meeting = Meeting(task["a"], task["b"], task["seed"])
    quiet = _Quiet(output)
    log = logs.Nothing()
    if task["logs"]:
        log = logs.Folder(os.path.join(task["logs"], f"{meeting.a}-{meeting.b}-{meeting.seed}"))
    with World(describe(meeting.a, meeting.b), seed=meeting.seed) as world:
        server = Coturn(world["turn"], tls=False)
        options = [_options(server, task, side) for side in (0, 1)]
        quiet.start()
        meet(world, meeting, options, task["peers"], log, quiet.say)
    quiet.say()
    return dataclasses.asdict(meeting)


def _discover(task):
    return {"summary": reports.discover(task["discover"])}


def _handle(task, output):
    return _discover(task) if "discover" in task else _hold(task, output)


def serve(handle=_handle):
    """The work itself, inside the enclosure: `handle` makes a result of a task, and is given where
    to say `quiet`."""
    # It has no terminal's business: its end comes with the end of whoever started it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    enclosure.settle()
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else is printed
    for line in sys.stdin:
        task = json.loads(line)
        try:
            result = handle(task, output)
        except Exception as error:  # pylint: disable=broad-except
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(result), file=output, flush=True)


class Worker:
    """The other side: starts such a process with `command`, again if it hangs."""

    def __init__(self, command, hang_seconds=_HANG_SECONDS):
        self.command, self.hang_seconds, self.process = command, hang_seconds, None

    def start(self):
        # A session of its own: Ctrl-C is for us, and we tell it.
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, text=True,
                                        stdout=subprocess.PIPE, start_new_session=True,
                                        preexec_fn=system.die_with_parent)

    def ask(self, task, on_quiet=lambda: None):
        """The result of `task`, as a dictionary, with `error` if there is none."""
        if self.process is None or self.process.poll() is not None:
            self.start()
        watchdog = threading.Timer(self.hang_seconds, self.process.terminate)
        watchdog.start()
        try:
            self.process.stdin.write(json.dumps(task) + "\n")
            self.process.stdin.flush()
            for line in self.process.stdout:
                if line != "quiet\n":
                    return json.loads(line)
                on_quiet()
        except BrokenPipeError:
            pass
        finally:
            watchdog.cancel()
        # terminate () is enough: its handler kills the namespaces, which are the rest.
        self.process.wait()
        return {"error": BROKEN}

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


class _Floor:
    """Whose turn it is to connect: within it nobody else's, unless it is left before."""

    def __init__(self, semaphore):
        self.semaphore, self.is_held = semaphore, False

    def __enter__(self):
        self.semaphore.acquire()
        self.is_held = True
        return self

    def leave(self):
        if self.is_held:
            self.is_held = False
            self.semaphore.release()

    def __exit__(self, *_):
        self.leave()


def hold_all(tasks, workers, on_meeting):
    """Holds meetings on all workers, of which only one builds a world and connects at a time, so
    that times are true; the others wait for what may become direct later. `on_meeting` is called
    with each task and its Meeting in a thread of a worker."""
    waiting, semaphore = list(tasks), threading.Semaphore(1)

    def run(worker):
        while True:
            with _Floor(semaphore) as floor:
                if not waiting:
                    return
                task = waiting.pop(0)
                result = worker.ask(task, floor.leave)
            on_meeting(task, Meeting(**{**{key: task[key] for key in ("a", "b", "seed")},
                                        **result}))

    threads = [threading.Thread(target=run, args=(worker,), daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.2)  # not for ever, so that signals are heard
