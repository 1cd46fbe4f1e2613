# SPDX-License-Identifier: MPL-2.0
"""Two floe-peers on one link that hide their addresses behind mDNS names, with and without
multicast, and beside Avahi, which has the port first."""

import json
import os
import re
import socket
import subprocess
import time

from lab import World

from .peers import Peer, connect
from .probes import Skip, expect

WORLD = "host alice\nhost bob\n"
AVAHI = "/usr/sbin/avahi-daemon"
AVAHI_SECONDS = 30
GOODBYE_SECONDS = 10
LINK = "10.99.0."  # the network of the link, for which there is nothing in between
NAME = re.compile(r"[\w-]+\.local\b")

GROUP = ("224.0.0.251", 5353)
MDNS_RULE = "udp dport 5353 drop"
AVAHI_CONFIGURATION = """
[server]
host-name={name}
use-ipv6=no
allow-interfaces=lan
enable-dbus=no
[publish]
publish-hinfo=no
publish-workstation=no
"""


class Told(Peer):
    """One that remembers every line that it said, and what it hears may be changed on the way."""

    def __init__(self, host, *options, change=None):
        self.said = []
        self.change = change
        super().__init__(host, "--interface", "lan", *options)

    def _read(self):
        for line in self.process.stdout:
            self.said.append(line)
            if "event" in json.loads(line):
                self.events.put(json.loads(line))
            else:
                self.other.write(self.other.change(line) if self.other.change else line)

    def ask_pair(self):
        self.say(cmd="pair")
        return self.wait("pair")


def make_link(world):
    """A cable between the two, that the default route leads over."""
    alice, bob = world["alice"], world["bob"]
    alice.run(["ip", "link", "add", "lan", "type", "veth", "peer", "name", "lan", "netns",
               bob.namespace])
    for number, host in enumerate((alice, bob), 1):
        for command in (f"ip address add {LINK}{number}/24 dev lan", "ip link set lan up",
                        "ip route flush default", "ip route add default dev lan"):
            done = host.run(command.split())
            expect(done.returncode, 0, f"{command}: {done.stdout}")


def drop_multicast(host):
    rules = f"table inet floe {{ chain out {{ type filter hook output priority 0; {MDNS_RULE}; }}; }}"
    done = host.run(["nft", rules])
    expect(done.returncode, 0, done.stdout)


def listen(host):
    """All that is multicast on the link, as another responder hears it."""
    with host.inside():
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind(("", GROUP[1]))
        made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                        socket.inet_aton(GROUP[0]) + socket.inet_aton(host_address(host)))
    made.settimeout(0.5)
    host.world.exit_stack.callback(made.close)
    return made


def host_address(host):
    return LINK + ("1" if host.name == "alice" else "2")


def await_goodbye(listener, name):
    """Until a record of that name comes whose time to live is 0."""
    label = name.split(".")[0].encode()
    wire = bytes([len(label)]) + label + b"\5local\0" + b"\0\1\x80\1" + bytes(4)
    until = time.monotonic() + GOODBYE_SECONDS
    while time.monotonic() < until:
        try:
            if wire in listener.recv(9000):
                return
        except TimeoutError:
            pass
    raise AssertionError(f"no farewell of a name within {GOODBYE_SECONDS} s")


def names_of(peer):
    return {name for line in peer.said if "event" not in json.loads(line)
            for name in NAME.findall(line)}


def check_hidden(*peers):
    for peer in peers:
        told = [line for line in peer.said if LINK in line]
        expect(told, [], "what was told with an address of the link")


def test_hidden():
    """two that hide their addresses connect host to host by names, and withdraw those at the end"""
    with World(WORLD) as world:
        make_link(world)
        listener = listen(world["bob"])
        one, two = (Told(world[name], "--privacy", "obfuscated") for name in ("alice", "bob"))
        connect(one, two)
        pairs = one.ask_pair(), two.ask_pair()
        expect([pair["local"] for pair in pairs], ["host", "host"], "our candidates")
        expect("host" in [pair["remote"] for pair in pairs], True, f"a name was found, {pairs}")
        (name,) = names_of(one)
        expect(one.end(), 0, "the exit status")
        await_goodbye(listener, name)
        expect(two.end(), 0, "the exit status")
        check_hidden(one, two)


def test_no_multicast():
    """one that hides its address connects without multicast to one that does not, and stays hidden"""
    with World(WORLD) as world:
        make_link(world)
        for name in ("alice", "bob"):
            drop_multicast(world[name])
        hidden = Told(world["alice"], "--privacy", "obfuscated")
        open_one = Told(world["bob"])
        connect(hidden, open_one)
        pair = open_one.ask_pair()
        expect(pair["remote"], "prflx", "the hidden one, as the other sees it")
        expect(f"{LINK}1" in "".join(open_one.said), False, "that its address is told")
        expect(f"{LINK}1" in "".join(hidden.said), False, "that it tells its own")
        expect((hidden.end(), open_one.end()), (0, 0), "exit statuses")


def start_avahi(host, name):
    if not os.access(AVAHI, os.X_OK):
        raise Skip("avahi-daemon is not installed")
    path = host.world.path(f"avahi-{name}.conf")
    log = host.world.path(f"avahi-{name}.log")
    with open(path, "w", encoding="ascii") as file:
        file.write(AVAHI_CONFIGURATION.format(name=name))
    # Two of them would share one file for their process id: each gets a /run of its own.
    with open(log, "w", encoding="utf-8") as file:
        host.start(["unshare", "--mount", "sh", "-c",
                    "mount -t tmpfs tmpfs /run && exec "
                    f"{AVAHI} --no-drop-root --no-chroot --no-rlimits --no-proc-title -f {path}"],
                   stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    until = time.monotonic() + AVAHI_SECONDS
    while time.monotonic() < until:
        with open(log, encoding="utf-8") as file:
            text = file.read()
        if "Server startup complete" in text:
            return
        time.sleep(0.1)
    raise AssertionError(f"Avahi is not ready within {AVAHI_SECONDS} s: {text}")


def test_avahi():
    """beside Avahi on both machines two that hide their addresses connect by names"""
    with World(WORLD) as world:
        make_link(world)
        for name in ("alice", "bob"):
            start_avahi(world[name], f"{name}-avahi")
        one, two = (Told(world[name], "--privacy", "obfuscated") for name in ("alice", "bob"))
        connect(one, two)
        expect("host" in [peer.ask_pair()["remote"] for peer in (one, two)], True, "a name is found")
        expect((one.end(), two.end()), (0, 0), "exit statuses")
        check_hidden(one, two)


def test_avahi_names():
    """a name that Avahi answers for is found, and Avahi is not kept from answering"""
    with World(WORLD) as world:
        make_link(world)
        for name in ("alice", "bob"):
            start_avahi(world[name], f"{name}-avahi")
        # Bob hears of alice by Avahi's name for her machine only; she hears of nobody.
        one = Told(world["alice"], "--privacy", "obfuscated",
                   change=lambda line: NAME.sub("nobody.local", line))
        two = Told(world["bob"], "--privacy", "obfuscated",
                   change=lambda line: NAME.sub("alice-avahi.local", line))
        connect(one, two)
        pair = two.ask_pair()
        expect((pair["local"], pair["remote"]), ("host", "host"), "the pair")
        expect("alice-avahi.local" in pair["remoteCandidate"], True, "that it has the name")
        expect((one.end(), two.end()), (0, 0), "exit statuses")
        check_hidden(one, two)
