# SPDX-License-Identifier: MPL-2.0
"""What happens in a connection that is watched: servers are started, candidates lure, data goes to
and fro, interfaces come and go, and it is closed."""

import contextlib
import os
import subprocess
import sys
import time

from lab import Coturn, Dns
from pairs.peer import introduce

from .places import LATE_ADDRESSES, NAMES

PATIENCE = 60
# How long is looked: for tries of other paths, after a change of the network, after the end.
_LOOK_SECONDS, _CHANGE_SECONDS, _END_SECONDS = 2.5, 1.5, 0.3
_MESSAGE_SIZE = 20000
_SIGNALING_SECONDS = 0.02
NOBODYS_NAME = "5e0a27c1-6f1e-4c5a-9d55-0c3e2a1b9f77.local"
# What no level sends to: a name for DNS, link-local addresses, groups, everybody.
_NEVER = ("tracker.floe.test", "169.254.7.7", "fe80::7", "224.0.0.9", "ff02::9", "255.255.255.255")
_PROXY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "suite", "connect_proxy.py")
_PROXY_PORT = 3128


def _start_proxy(host):
    process = host.start([sys.executable, _PROXY, str(_PROXY_PORT)], stdout=subprocess.PIPE,
                         text=True)
    host.world.exit_stack.callback(process.stdout.close)
    if process.stdout.readline() != "ready\n":
        raise RuntimeError("the proxy does not start")


def start_servers(world, transport):
    """(alice's options, bob's)"""
    Coturn(world["stun"], tls=False)
    mine = Coturn(world["turn-a"], tls=transport == "tls")
    theirs = Coturn(world["turn-b"], tls=False)
    dns = Dns(world["dns"], names={name: [world[host].address(family) for family in (4, 6)]
                                   for name, host in NAMES.items()})
    world["alice"].use_dns(dns.address)
    user, password = mine.credentials()
    login = ["--ice-user", user, "--ice-pass", password]
    url = f"turn:turn-a.floe.test:3478?transport={transport}"
    if transport == "tls":
        login += ["--tls-ca", mine.certificate]
        url = "turns:turn-a.floe.test:5349?transport=tcp"
    elif transport == "dead":
        mine.process.kill()
        url = "turn:turn-a.floe.test:3478?transport=udp"
    elif transport == "proxy":
        # By its address: a name would be the proxy's to resolve, and this one knows none.
        _start_proxy(world["proxy"])
        login += ["--proxy", f"http://{world['proxy'].address()}:{_PROXY_PORT}"]
        url = mine.url("turn", "tcp")
    return (["--ice-server", "stun:stun.floe.test:3478", "--ice-server", url, *login],
            ["--ice-server", f"stun:{world['stun'].address()}:3478", "--ice-server",
             theirs.url("turn", "udp"), *login[:4]])


def _lure(peer, world):
    """Candidates as a peer may send them that wants to know who is on alice's link, or to have
    others flooded."""
    neighbour = world["neighbour"]
    for number, (protocol, address, more) in enumerate((
            ("udp", neighbour.address(), ""), ("udp", neighbour.address(6), ""),
            ("tcp", neighbour.address(), " tcptype passive"), ("udp", NOBODYS_NAME, ""),
            *(("udp", target, "") for target in _NEVER))):
        candidate = (f"candidate:900{number} 1 {protocol} {2130706431 - number} {address} "
                     f"{5000 + number} typ host{more}")
        peer.say(candidate=candidate, sdpMid="0", sdpMLineIndex=0)


def _converse(caller, called):
    caller.say(cmd="send", label="chat", size=_MESSAGE_SIZE)
    for peer in (called, caller):
        peer.wait("message", time.monotonic() + PATIENCE)


def _ip(host, lines):
    for line in lines:
        done = host.run(["ip", *line.split()])
        if done.returncode != 0:
            raise AssertionError(f"ip {line}: {done.stdout}")


@contextlib.contextmanager
def _late_interface(host, places):
    _ip(host, ["link add late0 type veth peer name late1", "link set late1 up",
               *(f"address add {address}/{'64 nodad' if ':' in address else '24'} dev late0"
                 for address in LATE_ADDRESSES), "link set late0 up"])
    places.look_at(host)
    yield
    _ip(host, ["link delete late0"])


def _lose_default_route(world, places):
    """From now on the other interface has it, and what the level grants is granted for that one."""
    with places.move():
        _ip(world["alice"], [f"link set {places.default_interface} down"])


def _call(world, alice, bob, is_offerer):
    """(who calls, who is called)"""
    caller, called = (alice, bob) if is_offerer else (bob, alice)
    until = time.monotonic() + PATIENCE
    for peer in (alice, bob):
        peer.wait("ready", until)
    introduce(caller, called, _SIGNALING_SECONDS)
    _lure(alice, world)
    caller.say(cmd="offer", channels=[{"label": "chat"}])
    return caller, called


def live(world, places, alice, bob, is_offerer, moves):
    """From the offer to what is the last message."""
    caller, called = _call(world, alice, bob, is_offerer)
    for peer in (caller, called):
        peer.wait("open", time.monotonic() + PATIENCE)
    _converse(caller, called)
    time.sleep(_LOOK_SECONDS)
    with _late_interface(world["alice"], places):
        time.sleep(_CHANGE_SECONDS)
        _converse(caller, called)
    if moves:
        _lose_default_route(world, places)
        _converse(caller, called)
    if bob.kind == "chromium":
        # Which Floe refuses so far: see that nothing follows from it.
        bob.say(cmd="offer", iceRestart=True)
        time.sleep(_CHANGE_SECONDS)


def try_in_vain(world, places, alice, bob, is_offerer):
    """The same where nothing comes of it."""
    _call(world, alice, bob, is_offerer)
    time.sleep(_LOOK_SECONDS)
    with _late_interface(world["alice"], places):
        time.sleep(_LOOK_SECONDS)


def end(alice):
    for what in ("pair", "metrics"):
        alice.say(cmd=what)
        alice.wait(what, time.monotonic() + PATIENCE)
    alice.say(cmd="close")
    alice.process.wait(PATIENCE)
    time.sleep(_END_SECONDS)
