# SPDX-License-Identifier: MPL-2.0
"""Namespaces around a whole run, so that whatever happens nothing of it is left in the system: a
process namespace (all end when its first process ends, also by kill -9), a mount namespace (the
names of network namespaces are known inside only), a network namespace, and for who is not root a
user namespace.

Where process namespaces can't be had, each process that is started here ends with the one that has
started it; what those have started themselves may live on."""

import fcntl
import glob
import os
import shutil
import signal
import subprocess
import sys
import tempfile

from . import system

PREFIX = "floe-lab-"
INSIDE = "FLOE_LAB_ID"
SCRATCH = "FLOE_LAB_SCRATCH"
NETNS = "/run/netns"


def is_inside():
    return INSIDE in os.environ


def remove_leftovers():
    """Scratch folders whose owners are dead: those held a lock as long as they lived."""
    for path in glob.glob(os.path.join(tempfile.gettempdir(), PREFIX + "*")):
        try:
            lock = os.open(path, os.O_RDONLY)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
        except OSError:
            pass
        finally:
            os.close(lock)


def make_scratch():
    """A folder, and the descriptor that holds its lock."""
    while True:
        path = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")
        # Another run may take it for a leftover before it is locked.
        try:
            lock = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.isdir(path):
            return path, lock
        os.close(lock)


def find_way():
    """(arguments of unshare, None), or (None, why there is no way)."""
    if shutil.which("ip") is None:
        return None, "ip is missing (Debian package iproute2)"
    owners = [["--user", "--map-root-user"]]
    if os.geteuid() == 0:
        owners.insert(0, [])
    processes = ["--pid", "--fork", "--mount-proc", "--kill-child"]
    said = ""
    for owner in owners:
        for more in (processes, []):
            way = [*owner, "--net", "--mount", *more]
            tried = subprocess.run(["unshare", *way, "ip", "link", "add", "w0", "type", "veth"],
                                   capture_output=True, text=True, check=False)
            if tried.returncode == 0:
                return way, None
            said = tried.stderr.strip().splitlines()[-1:] or [f"status {tried.returncode}"]
    return None, f"this account may not make network namespaces: {said[0]}"


def enter(arguments):
    """Runs this Python with `arguments` inside, and returns its exit status; (None, reason) where
    that can't be had."""
    way, reason = find_way()
    if way is None:
        return None, reason
    remove_leftovers()
    scratch, lock = make_scratch()
    environment = {**os.environ, INSIDE: str(os.getpid()), SCRATCH: scratch, "TMPDIR": scratch,
                   "PYTHONDONTWRITEBYTECODE": "1"}
    child = subprocess.Popen(["unshare", *way, sys.executable, *arguments], env=environment,
                             preexec_fn=system.die_with_parent)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # unshare ignores all but KILL while it waits, and its end is the end of all within.
        signal.signal(number, lambda *_: child.kill())
    try:
        return child.wait(), None
    finally:
        child.kill()
        shutil.rmtree(scratch, ignore_errors=True)
        os.close(lock)


def settle():
    """To be called first of all inside: gives names of network namespaces a place of their own."""
    system.die_with_parent()
    place = NETNS
    try:
        os.makedirs(place, exist_ok=True)
    except OSError:
        place = "/run"
    subprocess.run(["mount", "-t", "tmpfs", "lab", place], check=True)
    os.makedirs(NETNS, exist_ok=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def scratch():
    return os.environ[SCRATCH]


def name(host):
    """The network namespace of a host: with the number of the process that all this belongs to."""
    return f"lab-{os.environ[INSIDE]}-{host}"
