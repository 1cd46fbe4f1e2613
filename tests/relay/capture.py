# SPDX-License-Identifier: MPL-2.0
"""Writes what TCP carries from and to a port of this host, to a file, until it is ended:
capture.py PORT FILE. Prints a line when it listens. Needs CAP_NET_RAW."""

import socket
import struct
import sys

ETH_P_ALL, ETH_P_IP, TCP, ETHERNET_SIZE = 3, 0x0800, 6, 14


def payload(frame, port):
    """The bytes that a frame carries in TCP from or to the port."""
    kind, = struct.unpack_from("!H", frame, 12)
    packet = frame[ETHERNET_SIZE:]
    if kind != ETH_P_IP or len(packet) < 40 or packet[9] != TCP:
        return b""
    total, = struct.unpack_from("!H", packet, 2)
    segment = packet[(packet[0] & 15) * 4:total]
    source, target = struct.unpack_from("!HH", segment)
    if port not in (source, target):
        return b""
    return segment[(segment[12] >> 4) * 4:]


def main():
    port = int(sys.argv[1])
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) as tap, \
            open(sys.argv[2], "wb") as file:
        tap.bind(("lo", ETH_P_ALL))
        print("listening", flush=True)
        while True:
            file.write(payload(tap.recv(65535 + ETHERNET_SIZE), port))
            file.flush()


main()
