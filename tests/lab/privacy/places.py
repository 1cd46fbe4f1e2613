# SPDX-License-Identifier: MPL-2.0
"""The world that connections are watched in, and what each of its addresses is to alice."""

import contextlib
import ipaddress
import json
import math
import re
import time

# alice has two networks, a neighbour on the first of them, which has the default route, and public
# IPv6 addresses in both.
WORLD = """
default family=dual delay=4ms
router wifi eim-apdf
router cell eim-apdf
router home-b eim-apdf
host alice behind=wifi,cell
host neighbour behind=wifi
host bob behind={}
host stun addresses=2
host turn-a addresses=2
host turn-b
host proxy
host dns
"""
NAMES = {"stun.floe.test": "stun", "turn-a.floe.test": "turn-a"}
_SERVICE_PORTS = range(0, 49152)  # of turn-a; above are its relays
MDNS_GROUPS = ("224.0.0.251", "ff02::fb")
# An interface that comes while alice is connected.
LATE_ADDRESSES = ("10.77.0.5", "2001:db8:77::5")

_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9a-fA-F]{1,4}:|:){2,}[0-9a-fA-F:]*(?:\.\d+)*(?![\w])")
_NAME = re.compile(r"[\w-]+\.local\b")


def addresses_in(text):
    """All addresses in it, as they are written by the ipaddress module."""
    found = set()
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            try:
                found.add(str(ipaddress.ip_address(match[0])))
            except ValueError:
                continue
    return found


def names_in(text):
    """All names of mDNS in it."""
    return set(_NAME.findall(text))


def _all_addresses(interfaces):
    return [address.split("/")[0] for interface in interfaces for address in interface.addresses]


class Places:
    """`own` is {address: which of SHOWN it is}, of alice's own ones. With `has_proxy` her TURN
    server is the proxy, as far as the wire tells."""

    def __init__(self, world, has_proxy=False):
        alice = world["alice"]
        self._classes = {}
        self._add("dns", _all_addresses(world["dns"].interfaces))
        self._add("stun", _all_addresses(world["stun"].interfaces))
        self._add("stun", _all_addresses(world["turn-a"].interfaces))
        server = world["proxy" if has_proxy else "turn-a"]
        self._turn = {server.address(family) for family in (4, 6)}
        self._add("relay", _all_addresses(world["turn-b"].interfaces))
        for router in ("home-b", "wifi"):  # that the peer may be behind
            self._add("public", world.command(f"addresses {router}"))
        for host, private in (("bob", "host"), ("neighbour", "neighbour")):
            self._add(private, [world[host].address()])
            self._add("global", [world[host].address(6)])
        self.peers_own = set(_all_addresses(world["bob"].interfaces))
        self._add("mdns", MDNS_GROUPS)
        self._add("link", [gateway for interface in alice.interfaces
                           for gateway in interface.gateways])
        first, second = alice.interfaces
        self.default_interface, self._second = first.name, second
        self._move_began = self._move_ended = math.inf
        self.own = {}
        self._own("own", [first.address()])
        self._own("own-global", [first.address(6)])
        self._own("own-public", world.command("addresses wifi"))
        self._second_public = world.command("addresses cell")
        self._own("own-other", [*_all_addresses([second]), *self._second_public, *LATE_ADDRESSES])
        self._own("own-relay", _all_addresses(world["turn-a"].interfaces))
        self.look_at(alice)

    def _add(self, name, addresses):
        for address in addresses:
            self._classes.setdefault(str(ipaddress.ip_address(address)), name)

    def _own(self, name, addresses):
        for address in addresses:
            self.own.setdefault(str(ipaddress.ip_address(address)), name)

    def look_at(self, alice):
        """Whatever addresses her interfaces have now, those that the kernel chose included."""
        for interface in json.loads(alice.run(["ip", "-json", "address"]).stdout):
            key = "own" if interface["ifname"] == self.default_interface else "own-other"
            if interface["ifname"] != "lo":
                self._own(key, [address["local"] for address in interface["addr_info"]])

    @contextlib.contextmanager
    def move(self):
        """After it the default route is the second interface's, whose addresses are as good as the
        first one's were."""
        self._move_began = time.monotonic()
        yield
        self._move_ended = time.monotonic()
        self.own[self._second.address()] = "own"
        self.own[self._second.address(6)] = "own-global"
        for address in self._second_public:
            self.own[str(ipaddress.ip_address(address))] = "own-public"

    def is_default(self, interface, when):
        """Whether it had the default route then."""
        return (interface == self.default_interface and when <= self._move_ended
                or interface == self._second.name and when >= self._move_began)

    def name(self, address, port=0):
        """Which of DESTINATIONS it is, `link` for what the kernel does by itself, or None."""
        if address in self._turn and port in _SERVICE_PORTS:
            return "turn"
        if address in self._classes:
            return self._classes[address]
        return "link" if address in self.own else None

    def is_of_link(self, address):
        """What the kernel joins or looks for by itself: nodes, solicited nodes, routers."""
        return address in ("ff02::1", "ff02::2", "ff02::16", "224.0.0.22", "224.0.0.1") \
            or address.startswith("ff02::1:ff") or address.startswith("fe80:")
