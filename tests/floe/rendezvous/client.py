# SPDX-License-Identifier: MPL-2.0
"""A WebSocket client that may break every rule, on plain sockets; and the server under test."""

import base64
import hashlib
import json
import os
import socket
import ssl
import struct
import subprocess

TIMEOUT_S = 15
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def random_room():
    return os.urandom(32).hex()


class Server:
    """rendezvous-server, which lives until stop() or the end of this process."""

    def __init__(self, program, *options):
        self.process = subprocess.Popen([program, *options], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())

    def rss(self):
        """Resident memory in bytes."""
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def is_alive(self):
        return self.process.poll() is None

    def stop(self):
        """The exit status after its standard input ended."""
        self.process.stdin.close()
        return self.process.wait(TIMEOUT_S)


class Connection:
    """A TCP or TLS connection from the loopback address `source`."""

    def __init__(self, port, source="127.0.0.1", host="127.0.0.1", tls=None):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.host = host
        self.port = port
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(TIMEOUT_S)
        if family == socket.AF_INET:
            self.socket.bind((source, 0))
        self.socket.connect((host, port))
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.buffer = b""

    def close(self):
        self.socket.close()

    def authority(self):
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def send(self, data):
        self.socket.sendall(data)

    def read_some(self):
        """False at the end of the connection."""
        try:
            data = self.socket.recv(65536)
        except (ConnectionError, ssl.SSLError):
            return False
        self.buffer += data
        return data != b""

    def read_until(self, end):
        while end not in self.buffer:
            if not self.read_some():
                raise ConnectionError("closed")
        head, _, self.buffer = self.buffer.partition(end)
        return head

    def read_exactly(self, size):
        while len(self.buffer) < size:
            if not self.read_some():
                raise ConnectionError("closed")
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def read_all(self):
        while self.read_some():
            pass
        return self.buffer

    def request(self, method, path, headers=(), host=None):
        """Sends a request head and returns (status, headers in lower case)."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host or self.authority()}", *headers]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode())
        return self.read_head()

    def read_head(self):
        lines = self.read_until(b"\r\n\r\n").decode().split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines[1:])
        return int(lines[0].split()[1]), {name.lower(): fields[name] for name in fields}


def upgrade_headers(key, protocol="floe.1", version="13"):
    return ["Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}",
            f"Sec-WebSocket-Version: {version}", f"Sec-WebSocket-Protocol: {protocol}"]


def frame(opcode, payload, fin=True, masked=True, rsv=0, size=None):
    """A frame; `size` is what it says of its payload."""
    size = len(payload) if size is None else size
    head = bytes([(0x80 if fin else 0) | rsv | opcode])
    flag = 0x80 if masked else 0
    if size < 126:
        head += bytes([flag | size])
    elif size < 65536:
        head += bytes([flag | 126]) + struct.pack(">H", size)
    else:
        head += bytes([flag | 127]) + struct.pack(">Q", size)
    # A mask of zeros is as good as any, and spares Python the work.
    return head + (b"\0\0\0\0" if masked else b"") + payload


class Closed(Exception):
    """The other side ended the WebSocket; `code` is None without a close frame."""

    def __init__(self, code):
        super().__init__(f"closed with {code}")
        self.code = code


class WebSocket(Connection):
    """A WebSocket in `room`, its handshake done."""

    def __init__(self, port, room, headers=(), **options):
        super().__init__(port, **options)
        key = base64.b64encode(os.urandom(16)).decode()
        status, fields = self.request("GET", f"/ws/{room}", [*upgrade_headers(key), *headers])
        if status != 101:
            self.close()
            raise ConnectionError(f"status {status}")
        digest = hashlib.sha1((key + GUID).encode()).digest()
        assert fields["sec-websocket-accept"] == base64.b64encode(digest).decode()
        assert fields["sec-websocket-protocol"] == "floe.1"
        assert "sec-websocket-extensions" not in fields
        self.room = room
        self.id = None
        self.session = None

    def send_frame(self, opcode, payload, **how):
        self.send(frame(opcode, payload, **how))

    def send_json(self, message):
        self.send_frame(TEXT, json.dumps(message).encode())

    def read_frame(self):
        """(opcode, payload), a close frame included."""
        first, second = self.read_exactly(2)
        assert second < 128, "a server masks nothing"
        size = second
        if size == 126:
            size = struct.unpack(">H", self.read_exactly(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self.read_exactly(8))[0]
        return first & 15, self.read_exactly(size)

    def receive(self):
        """The next message; pings are answered. Raises Closed."""
        while True:
            try:
                opcode, payload = self.read_frame()
            except ConnectionError:
                raise Closed(None) from None
            if opcode == TEXT:
                return json.loads(payload)
            if opcode == CLOSE:
                raise Closed(struct.unpack(">H", payload[:2])[0] if payload else 1005)
            if opcode == PING:
                self.send_frame(PONG, payload)

    def join(self, member_id=None, opens=True):
        """The answer: welcome or error."""
        self.id = member_id or os.urandom(6).hex()
        self.send_json({"type": "join", "id": self.id, "opens": opens})
        return self.receive()

    def meet(self):
        """Waits for the peer, and returns whether this side offers."""
        message = self.receive()
        assert message["type"] == "peer", message
        self.session = message["session"]
        return message["offers"]

    def say(self, text):
        self.send_json({"type": "description", "session": self.session,
                        "description": {"type": "offer", "sdp": text}})

    def hear(self):
        message = self.receive()
        assert message["type"] == "description", message
        return message["description"]["sdp"]


def pair(port, source="127.0.0.1", **options):
    """Two members of a new room who met; the first offers."""
    room = random_room()
    first = WebSocket(port, room, source=source, **options)
    assert first.join()["type"] == "welcome"
    second = WebSocket(port, room, source=source, **options)
    assert second.join(opens=False)["type"] == "welcome"
    assert first.meet() is True
    assert second.meet() is False
    assert first.session == second.session
    return first, second
