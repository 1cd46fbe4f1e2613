# SPDX-License-Identifier: MPL-2.0
"""A small DNS server with DNS64 (RFC 6147), for hosts that are told to ask it."""

import ipaddress
import socket
import struct
import subprocess
import sys

_PORT = 53
_TYPE_A, _TYPE_AAAA, _CLASS_IN = 1, 28, 1
_NAME_ERROR = 3
_TTL = 60
# RFC 7050 section 8.2
_ALWAYS = {"ipv4only.arpa": ["192.0.0.170", "192.0.0.171"]}


class Dns:
    """On a host: knows `names` ({"turn.test": ["198.51.100.1"]}) and ipv4only.arpa, and for those
    that have IPv4 addresses only makes AAAA records with each of `prefixes` ("64:ff9b::/96")."""

    def __init__(self, host, prefixes=(), names=None):
        self.address = host.address(6)
        arguments = [*(f"prefix={prefix}" for prefix in prefixes),
                     *(f"{name}={address}" for name, addresses in (names or {}).items()
                       for address in addresses)]
        process = host.start([sys.executable, __file__, self.address, *arguments],
                             stdout=subprocess.PIPE, text=True)
        host.world.exit_stack.callback(process.stdout.close)
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("the DNS server does not start")


def embed(prefix, address):
    """RFC 6052 section 2.2."""
    octets = bytearray(prefix.network_address.packed)
    place = prefix.prefixlen // 8
    for octet in ipaddress.IPv4Address(address).packed:
        place += place == 8
        octets[place] = octet
        place += 1
    return bytes(octets)


def _find(names, prefixes, name, kind):
    addresses = [ipaddress.ip_address(address) for address in names[name]]
    if kind == _TYPE_A:
        return [address.packed for address in addresses if address.version == 4]
    if kind != _TYPE_AAAA:
        return []
    own = [address.packed for address in addresses if address.version == 6]
    return own or [embed(prefix, address) for prefix in prefixes for address in addresses]


def answer(query, names, prefixes):
    """The response to a datagram, or None for what is no query with one question."""
    if len(query) < 17:
        return None
    number, flags, questions = struct.unpack_from("!HHH", query)
    labels, place = [], 12
    while place < len(query) and query[place] != 0:
        labels.append(query[place + 1:place + 1 + query[place]].decode("ascii", "replace"))
        place += 1 + query[place]
    if flags & 0x8000 or questions != 1 or place + 5 > len(query):
        return None
    name = ".".join(labels).lower()
    kind, kind_class = struct.unpack_from("!HH", query, place + 1)
    found = _find(names, prefixes, name, kind) if name in names and kind_class == _CLASS_IN else []
    code = 0 if name in names else _NAME_ERROR
    head = struct.pack("!HHHHHH", number, 0x8480 | flags & 0x0100 | code, 1, len(found), 0, 0)
    records = [struct.pack("!HHHIH", 0xc00c, kind, _CLASS_IN, _TTL, len(data)) + data
               for data in found]
    return head + query[12:place + 5] + b"".join(records)


def _serve(address, arguments):
    names, prefixes = dict(_ALWAYS), []
    for key, value in (argument.split("=", 1) for argument in arguments):
        if key == "prefix":
            prefixes.append(ipaddress.IPv6Network(value))
        else:
            names.setdefault(key, []).append(value)
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as server:
        server.bind((address, _PORT))
        print("ready", flush=True)
        while True:
            query, sender = server.recvfrom(2048)
            response = answer(query, names, prefixes)
            if response is not None:
                server.sendto(response, sender)


if __name__ == "__main__":
    _serve(sys.argv[1], sys.argv[2:])
