# SPDX-License-Identifier: MPL-2.0
"""Each named kind behaves as it says, on a wire, for plain UDP."""

import socket
import time

from lab import World

from .probes import COMES, arrives, await_fact, cases, expect, seen_from

WORLD = """
router home {}
host alice behind=home
host other behind=home
host server addresses=2
"""

# Kind, mapping, filtering (i: endpoint-independent, a: address, p: address and port), and the port:
# k: kept, o: another.
KINDS = [
    ("firewall", "i", "p", "k"), ("eim-eif", "i", "i", "k"), ("eim-adf", "i", "a", "k"),
    ("eim-apdf", "i", "p", "k"), ("adm-adf", "a", "a", "o"), ("apdm-preserve", "p", "p", "k"),
    ("apdm-sequential", "p", "p", "o"), ("apdm-random", "p", "p", "o"),
    ("apdm-block", "p", "p", "o"), ("masquerade", "i", "p", "k"),
    ("masquerade-random", "p", "p", "o"), ("cgn", "i", "i", "o"), ("cgn-filtering", "i", "p", "o"),
    ("cgn-symmetric", "p", "p", "o"), ("alg", "i", "p", "k"),
]


def make_servers(world):
    """Sockets at address 1 port 1, address 1 port 2, address 2 port 1."""
    server = world["server"]
    first = server.udp(3478)
    return first, server.udp(3479), server.udp(3478, server.address(index=1))


def mapping_of(seen):
    if seen[1] != seen[0]:
        return "p"
    return "i" if seen[2] == seen[0] else "a"


@cases(*KINDS)
def test_kind(kind, mapping, filtering, port):
    """{} maps {} and filters {}, the port {}"""
    with World(WORLD.format(kind)) as world:
        servers = make_servers(world)
        alice = world["alice"].udp()
        seen = [seen_from(alice, server) for server in servers]
        expect(mapping_of(seen), mapping, f"mapping, {seen}")
        expect("k" if seen[0][1] == alice.getsockname()[1] else "o", port, "port")
        expect(seen[0][0] == world["alice"].address(), kind == "firewall", "untranslated")
        fresh = world["alice"].udp()
        external = seen_from(fresh, servers[0])
        expect(arrives(servers[0], external, fresh, COMES), True, "whom it wrote to gets in")
        expect(arrives(servers[1], external, fresh), filtering in "ai", "another port gets in")
        expect(arrives(servers[2], external, fresh), filtering == "i", "a stranger gets in")
        filtered = world.facts("dropped", "home", reason="filtered")
        expect(len(filtered), {"i": 0, "a": 1, "p": 2}[filtering], "packets filtered")


def test_open():
    """open lets everybody in and translates nothing"""
    with World(WORLD.format("open")) as world:
        servers = make_servers(world)
        alice = world["alice"].udp(5000)
        expect(arrives(servers[0], alice.getsockname(), alice, COMES), True, "unsolicited")
        expect(seen_from(alice, servers[0]), alice.getsockname(), "address")


def test_sequential_steps():
    """apdm-sequential counts by its step, also over the ports of others"""
    with World(WORLD.format("apdm-sequential step=2")) as world:
        server = world["server"]
        alice = world["alice"].udp()
        ports = [seen_from(alice, server.udp(port))[1] for port in range(4000, 4008)]
        steps = {after - before for before, after in zip(ports, ports[1:])}
        expect(steps, {2}, f"steps of {ports}")


def test_block():
    """apdm-block keeps a host within its block, and drops what does not fit"""
    with World(WORLD.format("apdm-block block=8")) as world:
        server = world["server"]
        alice = world["alice"].udp()
        ports = [seen_from(alice, server.udp(port))[1] for port in range(4000, 4008)]
        expect(max(ports) - min(ports), 7, f"span of {ports}")
        expect(arrives(alice, (server.address(), 4008), server.udp(4008)), False, "the ninth")
        await_fact(world, "dropped", "home", reason="no-port")


@cases("none", "internal", "external")
def test_hairpin(kind):
    """hairpin={}"""
    with World(WORLD.format(f"eim-eif hairpin={kind}")) as world:
        server = make_servers(world)[0]
        alice, other = world["alice"].udp(), world["other"].udp()
        external = seen_from(alice, server)
        other_external = seen_from(other, server)
        other.sendto(b"hairpin", external)
        if kind == "none":
            await_fact(world, "dropped", "home", reason="hairpin")
            return
        expected = {"internal": other.getsockname(), "external": other_external}[kind]
        expect(alice.recvfrom(2048), (b"hairpin", expected), "what came round")


@cases(("out", False), ("both", True))
def test_lifetime(refresh, survives):
    """a mapping lives as long as its lifetime says, refresh={}"""
    with World(WORLD.format(f"eim-apdf lifetime=1s refresh={refresh}")) as world:
        server = make_servers(world)[0]
        alice = world["alice"].udp()
        external = seen_from(alice, server)
        time.sleep(0.6)
        expect(arrives(server, external, alice), True, "while it lives")
        time.sleep(0.6)
        expect(arrives(server, external, alice), survives, "0.6 s after one from outside")
        if not survives:
            age = (world.facts("expired", "home")[0]["time"]
                   - world.facts("mapped", "home")[0]["time"])
            expect(age >= 1, True, f"age at its end, {age}")


@cases(("udp-blocked", False, False), ("udp-53-443", False, True), ("web-only", False, False),
       ("tls-only", False, False), ("proxy-only", False, False))
def test_blocked(kind, passes_3478, passes_443):
    """{}: UDP to 3478 {}, to 443 {}"""
    with World(WORLD.format(kind)) as world:
        server = world["server"]
        alice = world["alice"].udp()
        for port, expected in ((3478, passes_3478), (443, passes_443)):
            target = server.udp(port)
            expect(arrives(alice, target.getsockname(), target, COMES if expected else 0.05),
                   expected, f"UDP to {port}")
        expect(len(world.facts("dropped", "home", reason="blocked")),
               2 - passes_3478 - passes_443, "blocked")


def test_table():
    """a full table takes no new flow until an old one is over"""
    with World(WORLD.format("tiny table=4 lifetime=500ms")) as world:
        server = world["server"].udp(3478)
        for _ in range(4):
            expect(seen_from(world["alice"].udp(), server) is not None, True, "a flow")
        late = world["alice"].udp()
        expect(arrives(late, server.getsockname(), server), False, "the fifth")
        time.sleep(0.5)
        expect(arrives(late, server.getsockname(), server, COMES), True, "the fifth, later")


def test_poison():
    """a poisoned masquerade gives another port toward who knocked before"""
    with World(WORLD.format("masquerade-poisoned")) as world:
        first, _, second = make_servers(world)
        alice = world["alice"].udp(5000)
        home = world.command("addresses home")[0]
        first.sendto(b"knock", (home, 5000))
        await_fact(world, "poisoned", "home")
        expect(seen_from(alice, second), (home, 5000), "toward others")
        expect(seen_from(alice, first)[1] != 5000, True, "another port toward who knocked")


def test_alg():
    """an ALG rewrites its own address in a payload, and spares other bytes"""
    with World(WORLD.format("alg")) as world:
        server = make_servers(world)[0]
        alice = world["alice"].udp(5000)
        home = world.command("addresses home")[0]
        inner = b"\x13\x88" + socket.inet_aton(world["alice"].address())
        outer = b"\x13\x88" + socket.inet_aton(home)
        alice.sendto(b"ab" + inner + b"yz", server.getsockname())
        expect(server.recv(100), b"ab" + outer + b"yz", "going out")
        server.sendto(outer + b"yz", (home, 5000))
        expect(alice.recv(100), inner + b"yz", "coming in")


CHAIN = """
router carrier cgn
router home {} behind=carrier
router neighbour eim-apdf behind=carrier
host alice behind=home
host other behind=neighbour
host server addresses=2
"""


@cases(("eim-eif", "i", "i"), ("eim-apdf", "i", "p"), ("apdm-random", "p", "p"))
def test_chain(home, mapping, filtering):
    """behind a carrier, {} is as strict as the worse box: maps {} and filters {}"""
    with World(CHAIN.format(home)) as world:
        servers = make_servers(world)
        alice = world["alice"].udp()
        seen = [seen_from(alice, server) for server in servers]
        expect(mapping_of(seen), mapping, f"mapping, {seen}")
        fresh = world["alice"].udp()
        external = seen_from(fresh, servers[0])
        expect(arrives(servers[1], external, fresh), filtering in "ai", "another port gets in")
        expect(arrives(servers[2], external, fresh), filtering == "i", "a stranger gets in")


def test_chain_hairpin():
    """two homes behind one carrier meet by its hairpin"""
    with World(CHAIN.format("eim-apdf")) as world:
        server = make_servers(world)[0]
        alice, other = world["alice"].udp(), world["other"].udp()
        outside = seen_from(alice, server), seen_from(other, server)
        alice.sendto(b"opens the way", outside[1])
        expect(arrives(other, outside[0], alice, COMES), True, "through carrier and home")


@cases(("paired", 1), ("arbitrary", 3))
def test_pool(pool, count):
    """a NAT with three addresses and pool={} shows a host under {}"""
    with World(WORLD.format(f"apdm-random addresses=3 pool={pool}")) as world:
        server = world["server"]
        alice = world["alice"].udp()
        seen = {seen_from(alice, server.udp(port))[0] for port in range(4000, 4030)}
        expect(len(seen), count, f"addresses {seen}")
        expect(seen <= set(world.command("addresses home")), True, "of its own")


def test_isolated():
    """hosts of one network reach each other, but not where they are isolated"""
    for is_isolated in (False, True):
        with World(WORLD.format("eim-apdf" + " isolated=yes" * is_isolated)) as world:
            alice, other = world["alice"].udp(), world["other"].udp()
            expect(arrives(alice, other.getsockname(), other, COMES if not is_isolated else 0.1),
                   not is_isolated, "a neighbour's packet")


def test_swallowed():
    """what no host owns is swallowed, and no error comes back"""
    with World(WORLD.format("eim-apdf")) as world:
        for host in ("alice", "server"):
            made = world[host].udp()
            for address in ("10.99.99.99", "192.0.2.200", "169.254.7.7"):
                made.sendto(b"x", (address, 9))
                made.sendto(b"y", (address, 9))  # an error would be reported here
        expect(len(world.facts("dropped", reason="no-route")) >= 12, True, "swallowed packets")


def test_icmp():
    """an error about a closed port reaches the socket that it is about"""
    with World(WORLD.format("apdm-random")) as world:
        alice, other = world["alice"].udp(), world["alice"].udp()
        for made in (alice, other):
            made.connect((world["server"].address(), 9 if made is alice else 3478))
        server = world["server"].udp(3478)
        other.send(b"x")
        server.settimeout(COMES)
        server.recv(10)
        alice.send(b"x")
        alice.settimeout(COMES)
        try:
            alice.recv(10)
            raise AssertionError("something came from a closed port")
        except ConnectionRefusedError:
            pass
        expect(other.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), 0, "the other socket")


def test_primer():
    """a packet with few hops to go opens the NAT, and reaches nobody"""
    with World(WORLD.format("eim-apdf")) as world:
        server = make_servers(world)[0]
        alice = world["alice"].udp(5000)
        home = world.command("addresses home")[0]
        expect(arrives(server, (home, 5000), alice), False, "before")
        alice.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 2)
        expect(arrives(alice, server.getsockname(), server), False, "the primer itself")
        await_fact(world, "dropped", "internet", reason="hops")
        expect(arrives(server, (home, 5000), alice, COMES), True, "after")
