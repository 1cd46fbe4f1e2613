# SPDX-License-Identifier: MPL-2.0
"""Real coturn on a host of a world, reached from behind NATs."""

import re
import socket
import ssl

from lab import Coturn, World, coturn

from .probes import COMES, Skip, cases, expect
from .turn import (BINDING, CHANGE_REQUEST, OTHER_ADDRESS, XOR_MAPPED, Client, attribute,
                   plain_address, xor_address)

WORLD = """
router home {}
host alice behind=home
host turn addresses=2
host peer
"""


def need_coturn():
    if not coturn.is_installed():
        raise Skip("turnserver is missing (Debian package coturn)")


def relay_and_back(world, client, credentials):
    """Allocates, and sends through the relay and back."""
    relayed = client.allocate(*credentials)
    expect(isinstance(relayed, tuple), True, f"an allocation, {relayed}")
    peer = world["peer"].udp()
    expect(client.permit(peer.getsockname()), True, "a permission")
    client.send(peer.getsockname(), b"to the peer")
    peer.settimeout(COMES)
    payload, source = peer.recvfrom(100)
    expect((payload, source), (b"to the peer", relayed), "what the peer got")
    peer.sendto(b"and back", relayed)
    expect(client.receive(), (peer.getsockname(), b"and back"), "what came back")


@cases("udp", "tcp", "tls")
def test_turn(transport):
    """coturn relays for a host behind a symmetric NAT over {}"""
    need_coturn()
    with World(WORLD.format("apdm-random")) as world:
        server = Coturn(world["turn"])
        address = (world["turn"].address(), 5349 if transport == "tls" else 3478)
        client = Client(world["alice"], address, transport, server.certificate)
        relay_and_back(world, client, server.credentials())


@cases("udp-blocked", "web-only", "tls-only")
def test_turn_blocked(kind):
    """behind {} coturn is reached by what is left"""
    need_coturn()
    with World(WORLD.format(kind)) as world:
        server = Coturn(world["turn"], options=["tls-listening-port=443"])
        address = world["turn"].address()
        try:
            Client(world["alice"], (address, 3478), "udp", timeout=0.2).binding()
            raise AssertionError("UDP got through")
        except socket.timeout:
            pass
        relay_and_back(world, Client(world["alice"], (address, 443), "tls", server.certificate),
                       server.credentials())
        if kind == "tls-only":
            try:
                Client(world["alice"], (address, 443), "tcp", timeout=0.2).binding()
                raise AssertionError("STUN got through where only TLS may")
            except (socket.timeout, ConnectionError):
                pass
            expect(len(world.facts("dropped", "home", reason="not-tls")) > 0, True, "facts")


def test_turn_rest():
    """coturn takes time-limited credentials of a shared secret, and refuses expired ones"""
    need_coturn()
    with World(WORLD.format("eim-apdf")) as world:
        server = Coturn(world["turn"], rest=True, tls=False)
        address = (world["turn"].address(), 3478)
        relay_and_back(world, Client(world["alice"], address, "udp"), server.credentials())
        expired = Client(world["alice"], address, "udp").allocate(*server.credentials(lifetime=-60))
        expect(expired, 401, "the answer to expired credentials")
        wrong = Client(world["alice"], address, "udp").allocate("1999999999:x", "wrong")
        expect(wrong, 401, "the answer to a wrong password")


def test_turn_tls_certificate():
    """coturn's certificate is for its addresses, and no other authority vouches for it"""
    need_coturn()
    with World(WORLD.format("eim-apdf")) as world:
        Coturn(world["turn"])
        try:
            Client(world["alice"], (world["turn"].address(), 5349), "tls")
            raise AssertionError("an unknown authority was trusted")
        except ssl.SSLCertVerificationError:
            pass


def test_unroutable():
    """an allocation survives a packet to an address that nobody owns"""
    need_coturn()
    with World(WORLD.format("eim-apdf")) as world:
        server = Coturn(world["turn"], tls=False)
        client = Client(world["alice"], (world["turn"].address(), 3478), "udp")
        client.allocate(*server.credentials())
        for lost in (("10.77.1.2", 9), ("192.0.2.222", 9)):
            expect(client.permit(lost), True, "a permission")
            client.send(lost, b"into the void")
            client.send(lost, b"into the void")
        peer = world["peer"].udp()
        client.permit(peer.getsockname())
        client.send(peer.getsockname(), b"still here")
        peer.settimeout(COMES)
        expect(peer.recv(100), b"still here", "through the same allocation")


@cases(("eim-eif", True), ("eim-adf", False))
def test_rfc5780(kind, is_answered):
    """coturn with two addresses does RFC 5780: behind {} the other address answers: {}"""
    need_coturn()
    with World(WORLD.format(kind)) as world:
        Coturn(world["turn"], tls=False)
        first, second = world["turn"].address(), world["turn"].address(index=1)
        client = Client(world["alice"], (first, 3478), "udp", timeout=0.3)
        _, found = client.request(BINDING)
        expect(plain_address(found[OTHER_ADDRESS]), (second, 3479), "OTHER-ADDRESS")
        expect(xor_address(found[XOR_MAPPED])[0], world.command("addresses home")[0], "mapped")
        packets = world.capture("alice")
        try:
            client.request(BINDING, attribute(CHANGE_REQUEST, bytes([0, 0, 0, 6])))
        except socket.timeout:
            pass
        answers = [packet for packet in packets() if packet.source == (second, 3479)]
        expect(len(answers) > 0, is_answered, "an answer from the other address and port")


def test_natdiscovery():
    """turnutils_natdiscovery agrees about eim-eif"""
    need_coturn()
    with World(WORLD.format("eim-eif")) as world:
        Coturn(world["turn"], tls=False)
        done = world["alice"].run(["turnutils_natdiscovery", "-m", "-f", world["turn"].address()])
        said = re.findall(r"NAT with (.*)", done.stdout)
        expect([re.sub(r"\W+$", "", line) for line in said],
               ["Endpoint Independent Mapping", "Endpoint Independent Filtering"], "what it says")
