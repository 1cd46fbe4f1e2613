# SPDX-License-Identifier: MPL-2.0
"""The watcher of the wire itself: it finds each address that is planted, and no other."""

import base64
import ipaddress
import random
import socket
import struct

from lab import World
from wire import Secret, Watcher, find_secrets
from wire.frames import read_frame
from wire.streams import join_streams

from .probes import cases, expect

FOUR, SIX = "192.168.1.10", "2001:db8:0:1::10"
COOKIE = bytes.fromhex("2112a442")
IDENTITY = bytes(range(0xa0, 0xac))
SECRETS = [Secret("IPv4", FOUR), Secret("IPv6", SIX)]


def raw(address):
    return ipaddress.ip_address(address).packed


def xor(data, key):
    return bytes(a ^ b for a, b in zip(data, key))


def stun(*attributes, kind=1):
    body = b"".join(struct.pack("!HH", name, len(value)) + value + bytes(-len(value) % 4)
                    for name, value in attributes)
    return struct.pack("!HH", kind, len(body)) + COOKIE + IDENTITY + body


FORMS = {
    "text": b"a=candidate:1 1 udp 1 " + FOUR.encode() + b" 9 typ host",
    "text in a longer word": b"host192.168.1.10.5060",
    "text of a mapped address": b"::ffff:" + FOUR.encode(),
    "text in a name": b"ip-192-168-1-10.example",
    "text backwards": b"10.1.168.192.in-addr.arpa",
    "text with zeros": b"192.168.001.010",
    "a number in decimal": str(int(ipaddress.ip_address(FOUR))).encode(),
    "hexadecimal": b"host=C0A8010A",
    "hexadecimal with colons": b"c0:a8:01:0a",
    "bytes": b"\0\1" + raw(FOUR) + b"\xff",
    "bytes backwards": b"\0\1" + raw(FOUR)[::-1],
    "bytes inverted": b"\0\1" + xor(raw(FOUR), b"\xff" * 4),
    "STUN's XOR": stun((0x0020, b"\0\1\x34\x56" + xor(raw(FOUR), COOKIE))),
    "STUN's MAPPED-ADDRESS": stun((0x0001, b"\0\1\x34\x56" + raw(FOUR))),
    "STUN in ChannelData": b"\x40\0\0\x2c" + stun((0x0012, b"\0\1\0\1" + xor(raw(FOUR), COOKIE))),
    "base64": base64.b64encode(raw(FOUR)),
    "base64 of more": b"x=" + base64.urlsafe_b64encode(b"!!" + raw(FOUR) + b"???") + b";",
}
FORMS_V6 = {
    "text": b"2001:db8:0:1::10",
    "text with capitals and brackets": b"[2001:DB8:0:1::10]:5000",
    "text with all zeros": b"2001:0db8:0000:0001:0000:0000:0000:0010",
    "text with one zero each": b"2001:db8:0:1:0:0:0:10",
    "text with another gap": b"2001:db8::1:0:0:0:10",
    "text with half a gap": b"2001:db8:0:1:0::10",
    "text backwards": ".".join(raw(SIX).hex()[::-1]).encode() + b".ip6.arpa",
    "hexadecimal": raw(SIX).hex().encode(),
    "bytes": b"\0\2" + raw(SIX),
    "bytes backwards": raw(SIX)[::-1],
    "STUN's XOR": stun((0x0020, b"\0\2\x34\x56" + xor(raw(SIX), COOKIE + IDENTITY))),
    "base64": base64.b64encode(b"?" + raw(SIX)),
}


@cases(*[(name, "IPv4") for name in FORMS], *[(name, "IPv6") for name in FORMS_V6])
def test_form(form, family):
    """an address of {1} is found as {0}"""
    data = (FORMS if family == "IPv4" else FORMS_V6)[form]
    expect([secret.name for secret, _ in find_secrets(SECRETS, data)][:1], [family], "found")
    # Among other things, and not when it is another address.
    found = find_secrets(SECRETS, bytes(100) + data + b" and so on")
    expect({secret.name for secret, _ in found}, {family}, "found among other things")
    others = [Secret("another", "192.168.1.11"), Secret("another", "2001:db8:0:2::10")]
    expect(find_secrets(others, data), [], "found of others")


def test_others():
    """other addresses and long random data are no finds"""
    for text in (b"192.168.1.100", b"2192.168.1.10", b"2001:db8:0:1::101", b"12001:db8:0:1::10"):
        expect(find_secrets(SECRETS, text), [], f"found in {text}")
    noise = random.Random(1).randbytes(1 << 20)
    expect([form for secret, form in find_secrets(SECRETS, noise) if secret.name == "IPv6"], [],
           "found in noise")


def test_random_places():
    """four bytes are none where STUN, DTLS and TLS have random ones, and are some beside"""
    four = raw(FOUR)
    hash_with_it = stun((0x8029, bytes(4) + four), (0x0008, four * 5), (0x8028, four))
    expect(find_secrets(SECRETS, hash_with_it), [], "in a keyed hash")
    expect(find_secrets(SECRETS, hash_with_it.replace(IDENTITY, four * 3)), [], "in the identity")
    expect(len(find_secrets(SECRETS, stun((0x0006, four), (0x0008, four * 5)))), 1, "in a name")
    sealed = b"\x17\xfe\xfd\0\1" + bytes(6) + b"\0\x10" + four * 4
    expect(find_secrets(SECRETS, sealed), [], "encrypted by DTLS")
    expect(len(find_secrets(SECRETS, sealed + four)), 1, "behind it")
    expect(len(find_secrets(SECRETS, sealed.replace(b"\0\1", b"\0\0", 1))), 1, "in a handshake")
    expect(find_secrets(SECRETS, b"\x17\x03\x03\0\x10" + four * 4), [], "encrypted by TLS")
    expect(len(find_secrets(SECRETS, b"\x17\x03\x03\0\x04text" + FOUR.encode())), 1, "text in it")


def ipv4(number, body, source=FOUR, target="198.51.100.1"):
    return (struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, number, 0) + raw(source)
            + raw(target) + body)


def ipv6(number, body, extension=b""):
    return (struct.pack("!IHBB", 6 << 28, len(extension + body), 0 if extension else number, 64)
            + raw(SIX) + raw("ff02::fb") + extension + body)


def udp(payload):
    return struct.pack("!HHHH", 1000, 3478, 8 + len(payload), 0) + payload


def tcp(sequence, payload):
    return struct.pack("!HHIIBBHHH", 1000, 80, sequence, 0, 0x50, 0x18, 0, 0, 0) + payload


def frame(kind, data):
    return read_frame(0, "eth0", True, kind, data)


def test_frames():
    """what a packet is, where it goes, and what is in it behind its headers"""
    got = frame(0x0800, ipv4(17, udp(b"hello")) + b"padding of a short Ethernet frame")
    expect((got.protocol, got.destination, got.payload), ("udp", ("198.51.100.1", 3478), b"hello"),
           "UDP")
    got = frame(0x86dd, ipv6(17, udp(b"hello"), bytes([17, 0, 5, 2, 0, 0, 1, 0])))
    expect((got.protocol, got.destination, got.payload), ("udp", ("ff02::fb", 3478), b"hello"),
           "IPv6 with an extension header")
    request = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + bytes(6) + raw(FOUR) + bytes(6)
    expect(frame(0x0806, request + raw("192.168.1.77")).asks, ("192.168.1.77",), "ARP")
    expect(frame(0x86dd, ipv6(58, bytes([135, 0]) + bytes(6) + raw(SIX))).asks, (SIX,), "discovery")
    report = bytes([143]) + bytes(6) + b"\1" + bytes([4, 0, 0, 0]) + raw("ff02::fb")
    expect(frame(0x86dd, ipv6(58, report, bytes([58, 0, 5, 2, 0, 0, 1, 0]))).asks, ("ff02::fb",),
           "a group that is joined")
    report = b"\x22" + bytes(6) + b"\1" + bytes([4, 0, 0, 0]) + raw("224.0.0.251")
    expect(frame(0x0800, ipv4(2, report)).asks, ("224.0.0.251",), "a group of IPv4")


def test_quoted_headers():
    """an ICMP error is searched, but for the headers that it quotes"""
    quoted = ipv4(17, udp(b"payload"), "198.51.100.1", FOUR)
    got = frame(0x0800, ipv4(1, b"\3\3" + bytes(6) + quoted))
    expect((got.protocol, got.payload), ("icmp", b"payload"), "of an error")


def test_streams():
    """an address that two segments share is found, whatever their order"""
    text = b"Host: " + FOUR.encode() + b"\r\n"
    start = 0xfffffff8  # the numbers begin again within
    segments = [frame(0x0800, ipv4(6, tcp((start + at) & 0xffffffff, text[at:at + size])))
                for at, size in ((0, 4), (10, 20), (4, 6), (2, 5), (10, 20))]
    expect([find_secrets(SECRETS, each.payload) for each in segments], [[]] * 5, "in segments")
    (_, data), = join_streams(segments)
    expect(data, text, "together")
    expect(len(join_streams(segments[:2])), 2, "pieces with a gap between them")


PATIENCE = 10
WORLD = "router home eim-apdf\nhost alice behind=home\nhost server\n"


def plant(world, payload):
    """What the watcher finds when alice sends that to the server."""
    alice, server = world["alice"], world["server"]
    watcher = Watcher(alice)
    own = Secret("alice's", alice.address())
    receiver = server.udp()
    to = receiver.getsockname()
    alice.udp().sendto(payload(raw(alice.address()), alice.address()), to)
    receiver.settimeout(PATIENCE)
    receiver.recv(2048)  # it waited for ARP
    watcher.end()
    left = {(each.interface, each.protocol, each.destination) for each in watcher.outgoing()
            if each.protocol != "arp"}
    expect(left, {("eth0", "udp", to)}, "what left")
    return watcher.leaks([own])


@cases("nothing", "text", "bytes", "STUN's XOR")
def test_wire(form):
    """on a host, of an address that is sent as {}"""
    payloads = {"nothing": lambda own, text: stun((0x0006, b"a:b"), (0x0008, bytes(20))),
                "text": lambda own, text: text.encode(), "bytes": lambda own, text: own,
                "STUN's XOR": lambda own, text: stun((0x0020, b"\0\1\0\1" + xor(own, COOKIE)))}
    with World(WORLD) as world:
        found = plant(world, payloads[form])
        expect(bool(found), form != "nothing", f"leaks, {[str(leak) for leak in found]}")


def test_new_interface():
    """an interface that comes later is watched, too, and loopback is no way out"""
    with World(WORLD) as world:
        watcher, alice = Watcher(world["alice"]), world["alice"]
        for line in ("link add late0 type veth peer name late1", "link set late1 up",
                     "address add 10.77.0.1/24 dev late0", "link set late0 up"):
            expect(alice.run(["ip", *line.split()]).returncode, 0, line)
        with alice.inside():
            sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with sender:
            sender.sendto(b"by the new one", ("10.77.0.2", 9))
            sender.sendto(b"to itself", ("127.0.0.1", 9))
        # The first waits for an answer to ARP that does not come; the question is what left.
        watcher.end()
        expect([each.asks for each in watcher.outgoing() if each.protocol == "arp"],
               [("10.77.0.2",)], "ARP")
        expect([each for each in watcher.outgoing() if each.payload == b"to itself"], [],
               "what went to loopback")
        expect(any(each.payload == b"to itself" for each in watcher.frames), True, "seen")
