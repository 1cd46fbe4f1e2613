# SPDX-License-Identifier: MPL-2.0
"""A host that has IPv6 only, behind NAT64: it finds the network's prefix, and so IPv4 peers and
servers that are written as IPv4 addresses."""

import json
import subprocess

from lab import Coturn, Dns, World

from .nat_report import NAMES, get_program
from .peers import Peer, carriers, connect
from .probes import cases, expect
from .servers import need_coturn

WORLD = """
default delay=2ms
router cell {} family=nat64 prefix64={}
router home eim-apdf
host phone behind=cell
host bob behind=home
host turn
host stun addresses=2
host dns family=dual
"""
WELL_KNOWN, OWN = "64:ff9b::", "2001:db8:64:64::"


def start_dns(world):
    dns = Dns(world["dns"], prefixes=[world["phone"].interfaces[0].nat64],
              names={"turn.test": [world["turn"].address()]})
    world["phone"].use_dns(dns.address)


def converse(one, two):
    connect(one, two)
    one.say(cmd="send", label="chat", size=100000)
    expect(two.wait("message")["size"], 100000, "what the other one got")
    expect(one.wait("message")["size"], 100000, "what came back")


@cases(("eim-adf", WELL_KNOWN, False), ("eim-apdf", OWN, True), ("eim-apdf", OWN, False))
def test_direct(kind, prefix, by_name):
    """behind {}, by NAT64 with {}, IPv6 connects directly to IPv4; server by name: {}"""
    need_coturn()
    with World(WORLD.format(kind, prefix)) as world:
        start_dns(world)
        server = Coturn(world["turn"], tls=False)
        url = server.url("stun")
        phone = Peer(world["phone"], "--ice-server", "stun:turn.test" if by_name else url,
                     *([] if by_name else ["--no-echo"]))
        bob = Peer(world["bob"], "--ice-server", url, *(["--no-echo"] if by_name else []))
        one, two = (bob, phone) if by_name else (phone, bob)
        converse(one, two)
        expect(carriers(world, "bob"), {world.command("addresses cell")[0]}, "who carried")
        phone.say(cmd="pair")
        pair = phone.wait("pair")
        expect((pair["local"], pair["remote"]), ("srflx", "srflx"), "the phone's pair")
        expect((one.end(), two.end()), (0, 0), "exit statuses")


@cases(("turn", "udp"), ("turn", "tcp"), ("turns", "tcp"))
def test_relayed(scheme, transport):
    """by NAT64 a relay that is written as an IPv4 address is reached by {} over {}"""
    need_coturn()
    with World(WORLD.format("eim-adf", OWN)) as world:
        start_dns(world)
        server = Coturn(world["turn"])
        user, password = server.credentials()
        options = ["--ice-server", server.url(scheme, transport), "--ice-user", user, "--ice-pass",
                   password, "--tls-ca", server.certificate]
        phone = Peer(world["phone"], "--no-echo", "--relay-only", *options)
        bob = Peer(world["bob"], "--ice-server", server.url("stun"))
        converse(phone, bob)
        expect(carriers(world, "bob"), {world["turn"].address()}, "who carried")
        expect((phone.end(), bob.end()), (0, 0), "exit statuses")


@cases(("eim-eif", WELL_KNOWN, "i"), ("eim-adf", OWN, "a"), ("eim-apdf", OWN, "p"))
def test_report(kind, prefix, filtering):
    """floe nat behind NAT64 {} with {} tells what it is, with servers that have IPv4 addresses"""
    need_coturn()
    program = get_program()
    with World(WORLD.format(kind, prefix)) as world:
        start_dns(world)
        stun = Coturn(world["stun"], tls=False)
        done = world["phone"].run([program, "nat", "--stun", stun.url("stun"), "--json"],
                                  stderr=subprocess.PIPE)
        report = json.loads(done.stdout)
        expect((done.returncode, report["udp"]), (0, True), f"status and UDP of {done.stdout}")
        expect(report["mapping"] in NAMES["i"], True, f"mapping {report['mapping']}")
        expect(report["filtering"] in NAMES[filtering], True, f"filtering {report['filtering']}")


def test_no_answer():
    """without an answer to ipv4only.arpa gathering ends in time, and IPv4 stays out of reach"""
    need_coturn()
    with World(WORLD.format("eim-eif", WELL_KNOWN)) as world:
        dns = Dns(world["dns"])
        world["phone"].use_dns(dns.address)
        server = Coturn(world["turn"], tls=False)
        done = world["phone"].run([get_program(), "nat", "--stun", server.url("stun"), "--json"],
                                  stderr=subprocess.PIPE)
        expect(json.loads(done.stdout)["udp"], False, "UDP")
