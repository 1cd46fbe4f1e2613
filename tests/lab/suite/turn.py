# SPDX-License-Identifier: MPL-2.0
"""As much of a TURN client (RFC 8489, RFC 8656) as it takes to see that a server can be reached:
over UDP, TCP or TLS, with long-term credentials."""

import hashlib
import hmac
import os
import socket
import ssl
import struct

COOKIE = 0x2112A442
BINDING, ALLOCATE, CREATE_PERMISSION, SEND, DATA = 0x001, 0x003, 0x008, 0x016, 0x017
USERNAME, INTEGRITY, ERROR, XOR_PEER, DATA_BYTES = 0x006, 0x008, 0x009, 0x012, 0x013
REALM, NONCE, XOR_RELAYED, REQUESTED_TRANSPORT = 0x014, 0x015, 0x016, 0x019
XOR_MAPPED, OTHER_ADDRESS, CHANGE_REQUEST = 0x020, 0x802C, 0x003
REQUEST, INDICATION, SUCCESS, FAILURE = 0x000, 0x010, 0x100, 0x110


def attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def build(kind, attributes, transaction):
    return struct.pack("!HHI", kind, len(attributes), COOKIE) + transaction + attributes


def parse(message):
    """(type, transaction, {attribute: value}), the first of each kind."""
    kind, size, _ = struct.unpack_from("!HHI", message)
    found, at = {}, 20
    while at + 4 <= 20 + size:
        name, count = struct.unpack_from("!HH", message, at)
        found.setdefault(name, message[at + 4:at + 4 + count])
        at += 4 + count + -count % 4
    return kind, message[8:20], found


def xor_address(value):
    """(address, port) of an XOR-MAPPED-ADDRESS or its like, of IPv4."""
    port, address = struct.unpack("!HI", value[2:8])
    return socket.inet_ntoa(struct.pack("!I", address ^ COOKIE)), port ^ (COOKIE >> 16)


def plain_address(value):
    return socket.inet_ntoa(value[4:8]), struct.unpack("!H", value[2:4])[0]


def pack_xor(address):
    number, = struct.unpack("!I", socket.inet_aton(address[0]))
    return struct.pack("!BBHI", 0, 1, address[1] ^ (COOKIE >> 16), number ^ COOKIE)


class Client:
    """One connection to a server: transport is udp, tcp or tls."""

    def __init__(self, host, server, transport, certificate=None, timeout=3):
        self.buffer = b""
        self.is_stream = transport != "udp"
        self.credentials = None
        self.waiting = []
        made = host.tcp() if self.is_stream else host.udp()
        made.settimeout(timeout)
        made.connect(server)
        if transport == "tls":
            context = ssl.create_default_context(cafile=certificate)
            made = context.wrap_socket(made, server_hostname=server[0])
        self.socket = made

    def _read(self):
        if not self.is_stream:
            return self.socket.recv(4096)
        header = self._take(20)
        return header + self._take(int.from_bytes(header[2:4], "big"))

    def _take(self, count):
        while len(self.buffer) < count:
            more = self.socket.recv(4096)
            if not more:
                raise ConnectionError("the server has closed the connection")
            self.buffer += more
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def _sign(self, attributes, method, transaction):
        user, password, realm, nonce = self.credentials
        attributes += (attribute(USERNAME, user.encode()) + attribute(REALM, realm)
                       + attribute(NONCE, nonce))
        key = hashlib.md5(b":".join([user.encode(), realm, password.encode()])).digest()
        header = struct.pack("!HHI", method, len(attributes) + 24, COOKIE) + transaction
        code = hmac.new(key, header + attributes, hashlib.sha1).digest()
        return attributes + attribute(INTEGRITY, code)

    def request(self, method, attributes=b""):
        """(type, attributes) of the answer."""
        transaction = os.urandom(12)
        if self.credentials is not None:
            attributes = self._sign(attributes, method, transaction)
        self.socket.send(build(method | REQUEST, attributes, transaction))
        while True:
            kind, answered, found = parse(self._read())
            if answered == transaction:
                return kind, found
            self.waiting.append((kind, found))

    def binding(self):
        return xor_address(self.request(BINDING)[1][XOR_MAPPED])

    def allocate(self, user, password):
        """The relayed address, or the number of the error."""
        transport = attribute(REQUESTED_TRANSPORT, bytes([17, 0, 0, 0]))
        kind, found = self.request(ALLOCATE, transport)
        if kind == ALLOCATE | FAILURE:
            self.credentials = user, password, found[REALM], found[NONCE]
            kind, found = self.request(ALLOCATE, transport)
        if kind == ALLOCATE | SUCCESS:
            return xor_address(found[XOR_RELAYED])
        return found[ERROR][2] * 100 + found[ERROR][3]

    def permit(self, peer):
        kind, _ = self.request(CREATE_PERMISSION, attribute(XOR_PEER, pack_xor(peer)))
        return kind == CREATE_PERMISSION | SUCCESS

    def send(self, peer, payload):
        attributes = attribute(XOR_PEER, pack_xor(peer)) + attribute(DATA_BYTES, payload)
        self.socket.send(build(SEND | INDICATION, attributes, os.urandom(12)))

    def receive(self):
        """(peer, payload) of the next data."""
        while True:
            kind, found = (self.waiting.pop(0) if self.waiting
                           else parse(self._read())[::2])
            if kind == DATA | INDICATION:
                return xor_address(found[XOR_PEER]), found[DATA_BYTES]
