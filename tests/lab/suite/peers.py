# SPDX-License-Identifier: MPL-2.0
"""floe-peer in worlds: who connects directly, and who by a relay; the wire decides, not they."""

import json
import os
import queue
import subprocess
import threading

from lab import Coturn, World

from .probes import Skip, cases, expect
from .servers import need_coturn

TIMEOUT = 15

WORLD = """
default delay=2ms
router home-a {}
router home-b {}
host alice behind=home-a
host bob behind=home-b
host turn
"""


class Peer:
    """A floe-peer on a host; its signalling goes to the other one."""

    def __init__(self, host, *options):
        program = os.environ.get("LAB_FLOE_PEER", "")
        if not os.access(program, os.X_OK):
            raise Skip("floe-peer is not built")
        self.process = host.start([program, *options], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.events = queue.Queue()
        self.other = None
        self.reader = threading.Thread(target=self._read, daemon=True)

    def _read(self):
        for line in self.process.stdout:
            if "event" in json.loads(line):
                self.events.put(json.loads(line))
            else:
                self.other.write(line)

    def write(self, line):
        try:
            self.process.stdin.write(line)
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass

    def say(self, **command):
        self.write(json.dumps(command) + "\n")

    def wait(self, event):
        """The next event of this kind."""
        seen = []
        while True:
            try:
                item = self.events.get(timeout=TIMEOUT)
            except queue.Empty:
                raise AssertionError(f"no event {event} within {TIMEOUT} s, but {seen}") from None
            seen.append(item)
            if item["event"] == event:
                return item

    def end(self):
        self.process.stdin.close()
        status = self.process.wait(timeout=TIMEOUT)
        self.reader.join()
        self.process.stdout.close()
        return status


def connect(one, two):
    one.other, two.other = two, one
    one.reader.start()
    two.reader.start()
    one.say(cmd="offer", channels=[{"label": "chat"}])
    one.wait("open")
    two.wait("open")


def carriers(world, host, least=10000):
    """The addresses that a host has sent or received so many bytes from."""
    return {remote.rsplit(":", 1)[0] for protocol, _, remote, _, sent, _, received
            in world.flows(host) if sent >= least or received >= least}


def converse(world, kinds, direct):
    server = Coturn(world["turn"], tls=False)
    user, password = server.credentials()
    options = ["--ice-server", server.url("stun")]
    if not direct:
        options = ["--ice-server", server.url("turn", "udp"), "--ice-user", user, "--ice-pass",
                   password]
    one, two = Peer(world["alice"], "--no-echo", *options), Peer(world["bob"], *options)
    connect(one, two)
    one.say(cmd="send", label="chat", size=100000)
    expect(two.wait("message")["size"], 100000, "what bob got")
    expect(one.wait("message")["size"], 100000, "what came back")
    homes = [world.command(f"addresses {home}")[0] for home in ("home-a", "home-b")]
    relay = world["turn"].address()
    expect(carriers(world, "alice"), {homes[1]} if direct else {relay}, f"who carried, {kinds}")
    expect(carriers(world, "bob"), {homes[0]} if direct else {relay}, f"who carried, {kinds}")
    expect((one.end(), two.end()), (0, 0), "exit statuses")


@cases(("eim-apdf", "eim-apdf"), ("eim-eif", "apdm-random"), ("cgn", "eim-adf"))
def test_direct(kind_a, kind_b):
    """two floe-peers behind {} and {} connect directly, with coturn as STUN server"""
    need_coturn()
    with World(WORLD.format(kind_a, kind_b)) as world:
        converse(world, (kind_a, kind_b), True)


@cases(("apdm-random", "apdm-random"))
def test_relayed(kind_a, kind_b):
    """two floe-peers behind {} and {} are relayed by coturn"""
    need_coturn()
    with World(WORLD.format(kind_a, kind_b)) as world:
        converse(world, (kind_a, kind_b), False)


def test_ipv6():
    """two floe-peers that have IPv6 only, behind firewalls, connect directly"""
    need_coturn()
    text = "default family=ipv6 delay=2ms\n" + "\n".join(WORLD.splitlines()[2:])
    with World(text.format("eim-apdf", "eim-apdf")) as world:
        server = Coturn(world["turn"], tls=False)
        options = ["--ice-server", server.url("stun", family=6)]
        one, two = Peer(world["alice"], *options), Peer(world["bob"], "--no-echo", *options)
        connect(one, two)
        two.say(cmd="send", label="chat", size=100000)
        expect(one.wait("message")["size"], 100000, "what alice got")
        expect(carriers(world, "alice"), {f"[{world['bob'].address(6)}]"}, "who carried")
        expect((one.end(), two.end()), (0, 0), "exit statuses")
