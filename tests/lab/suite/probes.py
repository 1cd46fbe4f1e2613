# SPDX-License-Identifier: MPL-2.0
"""What the tests of this suite share: plain UDP, sent and waited for."""

import contextlib
import os
import select
import socket
import time

# A packet that has to come comes within milliseconds, unless the machine is busy; one that must not
# is waited for this long. Where it counts the router program's facts are asked, too.
COMES, STAYS_AWAY = 2, 0.08


class Skip(Exception):
    """Why a test can't run here, in words."""


def cases(*values, full=()):
    """Runs a test once for each value, which its documentation may name as {}. Those of `full`, which
    take long, only with --full."""
    is_full = os.environ.get("LAB_FULL") == "1"

    def mark(function):
        function.cases = [value if isinstance(value, tuple) else (value,)
                          for value in (*values, *(full if is_full else ()))]
        return function
    return mark


def expect(actual, expected, what):
    if actual != expected:
        raise AssertionError(f"{what}: {actual!r}, not {expected!r}")


def expect_between(actual, low, high, what):
    if not low <= actual <= high:
        raise AssertionError(f"{what}: {actual}, not between {low} and {high}")


def seen_from(sender, receiver):
    """Sends one datagram, and returns whom the receiver saw, or None."""
    sender.sendto(b"probe", receiver.getsockname()[:2])
    receiver.settimeout(COMES)
    try:
        return receiver.recvfrom(2048)[1][:2]
    except socket.timeout:
        return None


def arrives(sender, address, receiver, seconds=STAYS_AWAY):
    """Whether a datagram to `address` reaches `receiver`."""
    token = f"{time.monotonic()}".encode()
    sender.sendto(token, address)
    ends = time.monotonic() + seconds
    while True:
        left = ends - time.monotonic()
        if left <= 0 or not select.select([receiver], [], [], left)[0]:
            return False
        with contextlib.suppress(ConnectionError):
            if receiver.recv(2048) == token:
                return True


def drain(receiver):
    """All datagrams that wait."""
    found = []
    while select.select([receiver], [], [], 0)[0]:
        found.append(receiver.recv(2048))
    return found


def await_fact(world, *arguments, seconds=COMES, **fields):
    """The first such fact, as soon as there is one."""
    ends = time.monotonic() + seconds
    while True:
        found = world.facts(*arguments, **fields)
        if found:
            return found[0]
        if time.monotonic() > ends:
            raise AssertionError(f"no fact {arguments} {fields}; there are {world.facts()[-5:]}")
        time.sleep(0.01)
