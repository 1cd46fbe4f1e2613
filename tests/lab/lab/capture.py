# SPDX-License-Identifier: MPL-2.0
"""Reads captures: files of libpcap whose packets begin with their IP header."""

import ipaddress
import struct
from typing import NamedTuple

_PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmp"}


class Packet(NamedTuple):
    time: float
    protocol: str
    source: tuple
    destination: tuple
    payload: bytes
    raw: bytes


def _read_packet(time, raw):
    if raw[0] >> 4 == 4:
        transport, number = (raw[0] & 15) * 4, raw[9]
        source, destination = raw[12:16], raw[16:20]
    else:
        transport, number = 40, raw[6]
        source, destination = raw[8:24], raw[24:40]
    ports, payload = (0, 0), raw[transport:]
    if number in (6, 17):
        ports = struct.unpack_from("!HH", raw, transport)
        payload = raw[transport + (8 if number == 17 else (raw[transport + 12] >> 4) * 4):]
    addresses = [str(ipaddress.ip_address(address)) for address in (source, destination)]
    return Packet(time, _PROTOCOLS.get(number, "other"), (addresses[0], ports[0]),
                  (addresses[1], ports[1]), payload, raw)


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    packets, at = [], 24
    while at + 16 <= len(data):
        seconds, microseconds, size, _ = struct.unpack_from("=IIII", data, at)
        if at + 16 + size > len(data):
            break
        packets.append(_read_packet(seconds + microseconds / 1e6, data[at + 16:at + 16 + size]))
        at += 16 + size
    return packets
