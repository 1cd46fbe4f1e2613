# SPDX-License-Identifier: MPL-2.0
"""Counts what leaves and enters this network namespace, until it is ended: census.py FILE. A line
for each kind of packet: protocol, source, destination ("udp 10.78.0.2:5000 10.77.0.1:53"). Prints a
line when it listens. Needs CAP_NET_RAW."""

import socket
import struct
import sys

ETH_P_ALL, IPV4, IPV6 = 3, 0x0800, 0x86dd
NAMES = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmp6"}


def describe(kind, packet):
    if kind == IPV4 and len(packet) >= 20:
        protocol, size, family = packet[9], (packet[0] & 15) * 4, socket.AF_INET
        source, target = packet[12:16], packet[16:20]
    elif kind == IPV6 and len(packet) >= 40:
        protocol, size, family = packet[6], 40, socket.AF_INET6
        source, target = packet[8:24], packet[24:40]
        # RFC 8200 section 4.3: what the kernel's reports of multicast groups begin with.
        if protocol == 0 and len(packet) >= 48:
            protocol, size = packet[40], size + 8 * (packet[41] + 1)
    else:
        return None
    ports = ("", "")
    if protocol in (6, 17) and len(packet) >= size + 4:
        ports = tuple(f":{port}" for port in struct.unpack_from("!HH", packet, size))
    name = NAMES.get(protocol, f"protocol-{protocol}")
    ends = [socket.inet_ntop(family, end) + port for end, port in zip((source, target), ports)]
    return " ".join([name, *ends])


def main():
    seen = set()
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL)) as tap, \
            open(sys.argv[1], "w", encoding="ascii") as file:
        print("listening", flush=True)
        while True:
            data, (_, kind, *_) = tap.recvfrom(65535)
            line = describe(kind, data)
            if line is not None and line not in seen:
                seen.add(line)
                print(line, file=file, flush=True)


main()
