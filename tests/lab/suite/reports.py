# SPDX-License-Identifier: MPL-2.0
"""FloeNatDiscovery with real sockets behind NATs of known kinds: right or unknown, never wrong."""

import os

from lab import Coturn, World, coturn

from .probes import Skip, cases, expect, expect_between

UNKNOWN = "unknown"
ENDPOINT, ADDRESS, BOTH = ("endpoint-independent", "address-dependent",
                           "address-and-port-dependent")
DEPENDENT = "endpoint-dependent"

WORLD = """
router home {} delay=10ms
host alice behind=home
host turn addresses=2
host stun
"""


def parse(output):
    """What nat-probe prints: [(report, servers)], each a dictionary."""
    reports = []
    for line in output.splitlines():
        word, _, rest = line.partition(" ")
        if word not in ("report", "server"):
            continue
        fields = dict(field.split("=", 1) for field in rest.split(" "))
        if word == "report":
            reports.append((fields, []))
        else:
            reports[-1][1].append(fields)
    return reports


def probe(host, *arguments, seconds=20):
    program = os.environ.get("LAB_NAT_PROBE", "")
    if not os.access(program, os.X_OK):
        raise Skip("nat-probe is not built")
    done = host.run([program, *arguments], timeout=seconds)
    expect(done.returncode, 0, f"its exit status, {done.stdout!r}")
    return parse(done.stdout)


def start_servers(world, **options):
    """The arguments that name a TURN server with two addresses, its credentials, and another
    party's server."""
    if not coturn.is_installed():
        raise Skip("turnserver is missing (Debian package coturn)")
    server = Coturn(world["turn"], **options)
    Coturn(world["stun"], tls=False)
    return ["--user", *server.credentials(), f"turn:{world['turn'].address()}:3478",
            f"stun:{world['stun'].address()}:3478"]


def expect_never_wrong(actual, right, what):
    if actual not in (*right, UNKNOWN):
        raise AssertionError(f"{what}: {actual!r}, where {right} is right")


KINDS = [
    ("open", ENDPOINT, ENDPOINT),
    ("firewall", ENDPOINT, BOTH),
    ("eim-eif", ENDPOINT, ENDPOINT),
    ("eim-adf", ENDPOINT, ADDRESS),
    ("eim-apdf", ENDPOINT, BOTH),
    ("adm-adf", ADDRESS, ADDRESS),
    ("apdm-random", BOTH, BOTH),
    ("cgn", ENDPOINT, ENDPOINT),
]


@cases(*KINDS)
def test_kind(kind, mapping, filtering):
    """{} is known by its mapping, {}, and its filtering, {}"""
    with World(WORLD.format(kind)) as world:
        arguments = start_servers(world, tls=False)
        (report, servers), *others = [each for each in probe(world["alice"], *arguments)
                                      if each[0]["udp"] != UNKNOWN]
        expect(others, [], "other reports")
        expect(report["udp"], "yes", "UDP")
        expect_never_wrong(report["mapping"], (mapping, DEPENDENT) if mapping != ENDPOINT
                           else (mapping,), "mapping")
        expect_never_wrong(report["filtering"], (filtering,), "filtering")
        # Without loss there is no reason not to know.
        expect(report["mapping"] != UNKNOWN, True, "that the mapping is known")
        expect(report["external"].split(",")[0],
               world["alice"].address() if kind in ("open", "firewall")
               else world.command("addresses home")[0], "the external address")
        expect([server["fault"] for server in servers], ["none", "none"], "faults")
        expect_between(int(report["packets"]), 1, 60, "packets")


@cases(*KINDS)
def test_one_party(kind, mapping, filtering):
    """behind {} both addresses of one server tell all, be it STUN or TURN, and one of TURN does"""
    if not coturn.is_installed():
        raise Skip("turnserver is missing (Debian package coturn)")
    with World(WORLD.format(kind)) as world:
        server = Coturn(world["turn"], tls=False)
        first, second = [address.split("/")[0] for interface in world["turn"].interfaces
                         for address in interface.addresses]
        user = ["--user", *server.credentials()]
        for urls in ([f"stun:{first}", f"stun:{second}"], [*user, f"turn:{first}"],
                     [*user, f"turn:{first}", f"turn:{second}"]):
            report, servers = probe(world["alice"], *urls)[0]
            expect((report["mapping"], report["filtering"]), (mapping, filtering),
                   f"mapping and filtering with {urls}")
            expect({each["fault"] for each in servers}, {"none"}, f"faults with {urls}")


def test_nobody_listens():
    """hosts that say that nothing listens there are no proof of a network without UDP"""
    with World(WORLD.format("eim-apdf")) as world:
        report, _ = probe(world["alice"], *[f"stun:{world[name].address()}:3478"
                                            for name in ("turn", "stun")])[0]
        expect(report["udp"], UNKNOWN, "UDP")
        # All have refused: port 443 was tried, and nothing was sent again.
        expect(report["packets"], "4", "packets")


@cases("udp-blocked", "web-only", "tls-only")
def test_blocked(kind):
    """behind {} UDP is blocked, or not known, and never said to work"""
    with World(WORLD.format(kind)) as world:
        arguments = start_servers(world, tls=False)
        report, servers = probe(world["alice"], *arguments)[0]
        expect_never_wrong(report["udp"], ("no",), "UDP")
        expect(report["mapping"], UNKNOWN, "mapping")
        expect({server["fault"] for server in servers}, {"silent"}, "faults")


def test_tcp():
    """where only UDP is blocked, TCP is known to reach the server"""
    with World(WORLD.format("udp-blocked")) as world:
        arguments = start_servers(world, tls=False)
        arguments.append(f"turn:{world['turn'].address()}:3478?transport=tcp")
        report, servers = probe(world["alice"], *arguments)[0]
        expect_never_wrong(report["udp"], ("no",), "UDP")
        expect(report["tcp"], "yes", "TCP")
        expect(servers[-1]["fault"], "none", "the fault of the server over TCP")


@cases("web-only", "tls-only")
def test_tls(kind):
    """behind {} TLS on port 443 is known to reach the server"""
    with World(WORLD.format(kind)) as world:
        if not coturn.is_installed():
            raise Skip("turnserver is missing (Debian package coturn)")
        server = Coturn(world["turn"], options=["tls-listening-port=443"])
        address = world["turn"].address()
        arguments = ["--user", *server.credentials(), f"turn:{address}:3478"]
        url = f"turns:{address}:443"
        report, servers = probe(world["alice"], "--ca", server.certificate, *arguments, url)[0]
        expect((report["udp"], report["tls"]), (UNKNOWN, "yes"), "UDP and TLS")
        expect([each["fault"] for each in servers], ["silent", "none"], "faults")
        report, _ = probe(world["alice"], *arguments, url)[0]
        expect(report["tls"], UNKNOWN, "TLS with a certificate that nobody vouches for")


def test_two_interfaces():
    """a host in two networks gets a report of each"""
    with World("router wifi eim-eif\nrouter cell apdm-random\n"
               "host alice behind=wifi,cell\nhost turn addresses=2\nhost stun\n") as world:
        arguments = start_servers(world, tls=False)
        found = {report["interface"]: report["mapping"]
                 for report, _ in probe(world["alice"], *arguments) if report["udp"] == "yes"}
        for interface, mapping in found.items():
            expect_never_wrong(mapping, (ENDPOINT,) if interface == "eth0" else (BOTH, DEPENDENT),
                               f"mapping of {interface}")
        expect("eth0" in found or "eth1" in found, True, "that one works")


# It takes minutes.
if os.environ.get("LAB_FULL") == "1":
    def test_lifetime():
        """in the background it is found out how long an idle mapping lives"""
        with World(WORLD.format("eim-apdf lifetime=40s")) as world:
            arguments = start_servers(world, tls=False)
            report, _ = probe(world["alice"], "--lifetime", *arguments, seconds=400)[0]
            expect_between(int(report["lifetime"]), 15, 40, "seconds that an idle mapping lives")
