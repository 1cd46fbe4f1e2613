# SPDX-License-Identifier: MPL-2.0
"""Connections that wait for the server to lose its patience, and a server out of file descriptors.
"""

import os
import resource
import socket
import time

from attacks import expect_end, expect_error, next_address
from client import Connection, Server, WebSocket, pair, random_room

# The server's own limit is 10 s.
HEAD_LIMIT_S = 14


class Waiting:
    """Opens them all, for checks() to be made later, when most of the time has passed."""

    def __init__(self, port):
        self.opened = time.monotonic()
        self.silent = Connection(port, next_address())
        self.half = Connection(port, next_address())
        self.half.send(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
        self.unjoined = WebSocket(port, random_room(), source=next_address())
        self.slow = Connection(port, next_address())
        self.slow.send(b"GET / HTTP/1.1\r\n")

    def checks(self):
        return [
            ("a connection that says nothing ends", lambda: self.check_http(self.silent)),
            ("half a request ends", lambda: self.check_http(self.half)),
            ("a request that comes byte by byte ends", self.check_slow),
            ("who does not join is told timeout", lambda: expect_error(self.unjoined, "timeout")),
        ]

    def check_http(self, connection):
        status, _ = connection.read_head()
        assert status == 408, status
        connection.socket.shutdown(socket.SHUT_WR)
        expect_end(connection)

    def check_slow(self):
        self.slow.socket.settimeout(0.05)
        limit = max(self.opened + HEAD_LIMIT_S, time.monotonic() + 2)
        while time.monotonic() < limit:
            try:
                stands = self.slow.read_some()
                if b" 408 " in self.slow.buffer or not stands:
                    self.slow.close()
                    return
            except socket.timeout:
                self.slow.send(b"X")
        raise AssertionError("the request may still go on")


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def out_of_descriptors(program):
    """The server has none left for a while: it waits without working, and then goes on."""
    server = Server(program)
    connections = [Connection(server.port) for _ in range(10)]
    assert connections[-1].request("GET", "/")[0] == 200
    _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
    # No less than what it has: poll() refuses to look at more than may be open.
    in_use = len(os.listdir(f"/proc/{server.process.pid}/fd"))
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (in_use, hard))
    late = Connection(server.port)
    before = cpu_seconds(server.process.pid)
    time.sleep(1)
    assert cpu_seconds(server.process.pid) - before < 0.3, "the server is busy with nothing"
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (1024, hard))
    assert late.request("GET", "/")[0] == 200
    for connection in connections:
        connection.close()
    assert server.stop() == 0


def both_families(program):
    server = Server(program, "--listen", "::")
    for host in ("127.0.0.1", "::1"):
        for member in pair(server.port, host=host):
            member.close()
    assert server.stop() == 0


def only_room(program):
    room = random_room()
    server = Server(program, "--room", room)
    stranger = WebSocket(server.port, random_room())
    stranger.send_json({"type": "join", "id": "x", "opens": True})
    expect_error(stranger, "no-room")
    owner = WebSocket(server.port, room)
    assert owner.join()["type"] == "welcome"
    assert server.stop() == 0
    expect_end(owner)


def other_hosts(program):
    server = Server(program, "--host", "files.example.org")
    for host, expected in (("files.example.org", 200), ("evil.example.org", 421)):
        connection = Connection(server.port)
        assert connection.request("GET", "/", host=host)[0] == expected
        connection.close()
    assert server.stop() == 0


TESTS = {
    "no file descriptor is left for a while": out_of_descriptors,
    "[::] takes IPv4 and IPv6": both_families,
    "the only room is the only one": only_room,
    "a server may have other names": other_hosts,
}
