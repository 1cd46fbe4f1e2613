# SPDX-License-Identifier: MPL-2.0
"""IPv6, both families at once, NAT64, and hosts with two interfaces."""

import ipaddress
import socket
import threading

from lab import World

from .probes import COMES, arrives, cases, expect, seen_from


def test_broken_ipv6():
    """ipv6=dead gives addresses that lead nowhere, and leaves IPv4 alone"""
    text = """
        default family=dual
        router home eim-apdf ipv6=dead
        host alice behind=home
        host server
        """
    with World(text) as world:
        for family, expected in ((6, False), (4, True)):
            alice, server = world["alice"].udp(family=family), world["server"].udp(family=family)
            expect(arrives(alice, server.getsockname()[:2], server, COMES if expected else 0.1),
                   expected, f"by IPv{family}")


@cases(("firewall", False), ("open", True))
def test_ipv6(firewall, gets_in):
    """IPv6 is not translated; with ipv6={} a stranger gets in: {}"""
    text = f"""
        default family=dual
        router home eim-apdf ipv6={firewall}
        host alice behind=home
        host server
        """
    with World(text) as world:
        alice, server = world["alice"].udp(family=6), world["server"].udp(family=6)
        stranger = world["server"].udp(family=6)
        address = alice.getsockname()[:2]
        expect(arrives(stranger, address, alice, COMES if gets_in else 0.1), gets_in, "unsolicited")
        expect(seen_from(alice, server), address, "the source")
        expect(arrives(server, address, alice, COMES), True, "the answer")
        four = world["alice"].udp()
        expect(seen_from(four, world["server"].udp())[0] != four.getsockname()[0], True,
               "IPv4 is translated beside it")


def test_udp_blocked_ipv6():
    """what is blocked is blocked for both families"""
    text = "default family=dual\nrouter home udp-blocked\nhost alice behind=home\nhost server\n"
    with World(text) as world:
        alice, server = world["alice"].udp(family=6), world["server"].udp(family=6)
        expect(arrives(alice, server.getsockname()[:2], server), False, "UDP")
        expect(len(world.facts("dropped", "home", reason="blocked")), 1, "blocked")


def through_prefix(address):
    return str(ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::"))
                                     + int(ipaddress.IPv4Address(address))))


NAT64 = "router cell eim-adf family=nat64\nhost phone behind=cell\nhost server addresses=2\n"


def test_nat64_udp():
    """behind NAT64 a host of IPv6 reaches IPv4, and the filter is the kind's"""
    with World(NAT64) as world:
        expect([":" in address for address in world["phone"].interfaces[0].addresses], [True],
               "addresses of the phone")
        phone = world["phone"].udp(family=6)
        server, other_port = world["server"].udp(), world["server"].udp()
        stranger = world["server"].udp(address=world["server"].address(index=1))
        phone.sendto(b"probe", (through_prefix(server.getsockname()[0]), server.getsockname()[1]))
        server.settimeout(COMES)
        external = server.recvfrom(100)[1]
        expect(external[0], world.command("addresses cell")[0], "the source")
        expect(arrives(other_port, external, phone, COMES), True, "another port of the server")
        expect(arrives(stranger, external, phone), False, "a stranger")


def test_nat64_tcp():
    """behind NAT64 TCP works"""
    with World(NAT64) as world:
        listener = world["server"].tcp()
        listener.bind((world["server"].address(), 80))
        listener.listen()

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"hello " + connection.recv(100))
        thread = threading.Thread(target=serve)
        thread.start()
        phone = world["phone"].tcp(family=6)
        phone.connect((through_prefix(world["server"].address()), 80))
        phone.sendall(b"phone")
        expect(phone.recv(100), b"hello phone", "the answer")
        thread.join()


def test_two_interfaces():
    """a host behind two routers leaves by the interface whose address it uses"""
    text = """
        router wifi eim-apdf
        router cell apdm-random
        host phone behind=wifi,cell
        host server
        """
    with World(text) as world:
        server = world["server"].udp()
        for router, interface in zip(("wifi", "cell"), world["phone"].interfaces):
            phone = world["phone"].udp(address=interface.address())
            expect(seen_from(phone, server)[0], world.command(f"addresses {router}")[0], router)
        world.command("down phone/eth0")
        lost = world["phone"].udp(address=world["phone"].interfaces[0].address())
        expect(arrives(lost, server.getsockname(), server), False, "by the one that is down")
        expect(seen_from(phone, server) is not None, True, "by the other")


def test_multicast():
    """multicast reaches the hosts of the same network"""
    text = "router home eim-apdf\nhost alice behind=home\nhost other behind=home\nhost server\n"
    with World(text) as world:
        listeners = []
        for name in ("other", "server"):
            host = world[name]
            listener = host.udp(5353, "224.0.0.251")
            membership = socket.inet_aton("224.0.0.251") + socket.inet_aton(host.address())
            listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
            listeners.append(listener)
        alice = world["alice"].udp()
        expect(arrives(alice, ("224.0.0.251", 5353), listeners[0], COMES), True, "a neighbour")
        expect(arrives(alice, ("224.0.0.251", 5353), listeners[1]), False, "a stranger")
