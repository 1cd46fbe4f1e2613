# SPDX-License-Identifier: MPL-2.0
"""Packets as a packet socket hands them over: from the network layer's header on."""

import ipaddress
import struct
from typing import NamedTuple

_IPV4, _IPV6, _ARP = 0x0800, 0x86dd, 0x0806
_ARP_REQUEST = 1
_ICMP, _IGMP, _TCP, _UDP, _ICMPV6 = 1, 2, 6, 17, 58
# RFC 8200 section 4: headers that say where the next one is by their length. 44 is a fragment's.
_EXTENSIONS, _FRAGMENT = (0, 43, 60), 44
_ICMP_ERRORS, _ICMPV6_ERRORS = (3, 4, 5, 11, 12), (1, 2, 3, 4)
_SOLICITATION, _ADVERTISEMENT, _ROUTER_MESSAGES = 135, 136, (133, 134)
_MLD_REPORTS = {131: 1, 143: 2}
_IGMP_REPORTS = {0x12: 1, 0x16: 1, 0x22: 3}
_LEAVES_GROUP = (3, 6)  # RFC 3376 section 4.2.12: changes to include nothing, and blocks


class Frame(NamedTuple):
    """`asks` are the addresses that a packet of the kernel is about: whom ARP and neighbour
    discovery look for, which groups IGMP and MLD join. Only what comes after all headers is the
    payload, and of an ICMP error, only what comes after those that it quotes."""
    time: float
    interface: str
    is_outgoing: bool
    protocol: str
    source: tuple
    destination: tuple
    payload: bytes = b""
    sequence: int = 0
    asks: tuple = ()


def _text(raw):
    return str(ipaddress.ip_address(raw))


def _after_extensions(raw, number, at):
    while number in _EXTENSIONS or number == _FRAGMENT:
        if at + 8 > len(raw):
            return number, len(raw), False
        if number == _FRAGMENT and struct.unpack_from("!H", raw, at + 2)[0] >> 3 != 0:
            return raw[at], at + 8, False
        size = 8 if number == _FRAGMENT else (raw[at + 1] + 1) * 8
        number, at = raw[at], at + size
    return number, at, True


def _network(raw):
    """(source, destination, transport's number, what it carries, whether that begins with its
    header)"""
    if raw[0] >> 4 == 4:
        at, total = (raw[0] & 15) * 4, struct.unpack_from("!H", raw, 2)[0]
        is_first = struct.unpack_from("!H", raw, 6)[0] & 0x1fff == 0
        return _text(raw[12:16]), _text(raw[16:20]), raw[9], raw[at:max(total, at)], is_first
    total = 40 + struct.unpack_from("!H", raw, 4)[0]
    number, at, is_first = _after_extensions(raw[:total], raw[6], 40)
    return _text(raw[8:24]), _text(raw[24:40]), number, raw[at:total], is_first


def _groups_v3(body, at, size):
    """Groups that a report of IGMPv3 or MLDv2 joins: `size` bytes is an address."""
    groups, count = [], struct.unpack_from("!H", body, 6)[0]
    for _ in range(count):
        if at + 4 + size > len(body):
            break
        kind, extra, sources = struct.unpack_from("!BBH", body, at)
        if not (kind in _LEAVES_GROUP or (kind == 1 and sources == 0)):
            groups.append(_text(body[at + 4:at + 4 + size]))
        at += 4 + size + sources * size + extra * 4
    return tuple(groups)


def _igmp(body):
    if body[0] not in _IGMP_REPORTS:
        return ()
    return _groups_v3(body, 8, 4) if _IGMP_REPORTS[body[0]] == 3 else (_text(body[4:8]),)


def _quoted(body):
    """What is behind the headers in an ICMP error."""
    if len(body) < 28:
        return b""
    _, _, number, carried, is_first = _network(body[8:])
    if not is_first:
        return carried
    return carried[8:] if number == _UDP else carried[20:] if number == _TCP else b""


def _icmpv6(body):
    """(protocol, payload, asks)"""
    if body[0] in (_SOLICITATION, _ADVERTISEMENT):
        return "ndp", b"", (_text(body[8:24]),) if body[0] == _SOLICITATION else ()
    if body[0] in _ROUTER_MESSAGES:
        return "ndp", b"", ()
    if body[0] in _MLD_REPORTS:
        return "mld", b"", (_groups_v3(body, 8, 16) if _MLD_REPORTS[body[0]] == 2 else
                            (_text(body[8:24]),))
    return "icmp", _quoted(body) if body[0] in _ICMPV6_ERRORS else body[8:], ()


def _transport(number, body):
    """(protocol, ports, payload, sequence number, asks)"""
    if number == _UDP and len(body) >= 8:
        return "udp", struct.unpack_from("!HH", body), body[8:], 0, ()
    if number == _TCP and len(body) >= 20:
        sequence = struct.unpack_from("!I", body, 4)[0] + (body[13] & 2) // 2  # after a SYN
        return ("tcp", struct.unpack_from("!HH", body), body[(body[12] >> 4) * 4:],
                sequence & 0xffffffff, ())
    if number == _ICMP and len(body) >= 8:
        return "icmp", (0, 0), _quoted(body) if body[0] in _ICMP_ERRORS else body[8:], 0, ()
    if number == _IGMP and len(body) >= 8:
        return "igmp", (0, 0), b"", 0, _igmp(body)
    if number == _ICMPV6 and len(body) >= 8:
        protocol, payload, asks = _icmpv6(body)
        return protocol, (0, 0), payload, 0, asks
    return "other", (0, 0), body, 0, ()


def read_frame(time, interface, is_outgoing, kind, raw):
    """The Frame of a packet of that EtherType."""
    if kind == _ARP and len(raw) >= 28:
        operation, = struct.unpack_from("!H", raw, 6)
        target = _text(raw[24:28])
        return Frame(time, interface, is_outgoing, "arp", (_text(raw[14:18]), 0), (target, 0),
                     asks=(target,) if operation == _ARP_REQUEST else ())
    if (kind == _IPV4 and len(raw) < 20) or (kind == _IPV6 and len(raw) < 40) \
            or kind not in (_IPV4, _IPV6):
        return Frame(time, interface, is_outgoing, f"ether-{kind:04x}", ("", 0), ("", 0), raw)
    source, destination, number, body, is_first = _network(raw)
    protocol, ports, payload, sequence, asks = "fragment", (0, 0), body, 0, ()
    if is_first:
        protocol, ports, payload, sequence, asks = _transport(number, body)
    return Frame(time, interface, is_outgoing, protocol, (source, ports[0]),
                 (destination, ports[1]), bytes(payload), sequence, asks)
