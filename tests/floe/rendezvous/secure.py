# SPDX-License-Identifier: MPL-2.0
"""The rendezvous over TLS, with a certificate that the openssl command makes."""

import os
import socket
import ssl
import subprocess
import tempfile
import time

from attacks import expect_end, next_address
from client import Connection, Server, WebSocket, pair, random_room
from honest import HonestPairs


class SecureServer(Server):
    def __init__(self, program):
        self.folder = tempfile.TemporaryDirectory()
        key, certificate, both = (os.path.join(self.folder.name, name)
                                  for name in ("key.pem", "certificate.pem", "both.pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                        "-keyout", key, "-out", certificate], check=True, capture_output=True)
        with open(both, "wb") as out:
            for name in (certificate, key):
                with open(name, "rb") as part:
                    out.write(part.read())
        super().__init__(program, "--certificate", both)
        self.tls = ssl.create_default_context(cafile=certificate)

    def stop(self):
        status = super().stop()
        self.folder.cleanup()
        return status


def passwords(program):
    """A TURN server with a password is told of over TLS only."""
    plain = Server(program)
    member = WebSocket(plain.port, random_room())
    assert member.join() == {"type": "welcome",
                             "iceServers": [{"urls": ["stun:stun.example.net"]}]}
    member.close()
    assert plain.stop() == 0
    secure = SecureServer(program)
    member = WebSocket(secure.port, random_room(), tls=secure.tls)
    assert member.join() == {"type": "welcome",
                             "iceServers": [{"urls": ["stun:stun.example.net"]},
                                            {"urls": ["turn:turn.example.net"],
                                             "username": "user", "credential": "secret"}]}
    member.close()
    assert secure.stop() == 0


def talk(program):
    server = SecureServer(program)
    first, second = pair(server.port, tls=server.tls)
    for size in (1, 60000, 60000, 60000):
        first.say("x" * size)
        assert second.hear() == "x" * size
    connection = Connection(server.port, tls=server.tls)
    origin = f"Origin: https://127.0.0.1:{server.port}"
    status, fields = connection.request("GET", "/", [origin])
    assert status == 200
    connection.read_exactly(int(fields["content-length"]))
    status, fields = connection.request("GET", "/main.js", [origin, "Connection: close"])
    assert status == 200
    assert len(connection.read_all()) == int(fields["content-length"])
    connection = Connection(server.port, tls=server.tls)
    assert connection.request("GET", "/", [f"Origin: http://127.0.0.1:{server.port}"])[0] == 403
    first.close()
    second.close()
    assert server.stop() == 0


def bad_handshakes(program):
    """Plain HTTP, silence and half a hello, many at once, while honest pairs meet over TLS."""
    server = SecureServer(program)
    honest = HonestPairs(server.port, tls=server.tls)
    plain = Connection(server.port, next_address())
    plain.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    expect_end(plain)
    source = next_address()
    silent = [Connection(server.port, source) for _ in range(64)]
    for connection in silent[:4]:
        connection.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    opened = time.monotonic()
    for connection in silent:
        expect_end(connection, 12)
    assert time.monotonic() - opened < 12
    _, longest, failure = honest.stop()
    assert failure is None, failure
    assert longest < 3, longest
    assert server.stop() == 0


def reader_that_stops(program):
    """One whose receive buffer is full when the server ends: nothing waits for it."""
    server = SecureServer(program)
    first, second = pair(server.port, tls=server.tls)
    second.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    for _ in range(8):
        first.say("x" * 60000)
    first.send_json({"type": "gone", "session": first.session})
    start = time.monotonic()
    for member in pair(server.port, tls=server.tls):
        member.close()
    assert server.stop() == 0
    assert time.monotonic() - start < 3
    second.close()


TESTS = {
    "passwords are told over TLS only": passwords,
    "pairs talk over TLS, and the page comes": talk,
    "TLS handshakes that do not end": bad_handshakes,
    "TLS to one that does not read": reader_that_stops,
}
