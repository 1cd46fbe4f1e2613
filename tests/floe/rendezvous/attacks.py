# SPDX-License-Identifier: MPL-2.0
"""What a hostile client can think of. Every function takes a port and asserts how it ends."""

import base64
import json
import os
import socket
import time

from client import (BINARY, CLOSE, PING, TEXT, Closed, Connection, WebSocket, frame, pair,
                    random_room, upgrade_headers)

MIB = 1024 * 1024
# Every attack has an address of its own, so that one's limits are not another's.
ADDRESSES = (f"127.0.{high}.{low}" for high in range(10, 250) for low in range(1, 250))
JOIN = json.dumps({"type": "join", "id": "x", "opens": True}).encode()


def next_address():
    return next(ADDRESSES)


def description(inner):
    return b'{"type":"description","session":1,"description":' + inner + b"}"


def expect_end(connection, limit_s=8):
    """That the server ends the connection by itself, whatever it says before."""
    connection.socket.settimeout(limit_s)
    try:
        connection.read_all()
    except socket.timeout:
        raise AssertionError("the connection still stands") from None
    connection.close()


def expect_error(member, code):
    """That the member is told of an error, and then let go with a close frame."""
    message = member.receive()
    assert message["type"] == "error" and message["code"] == code, message
    try:
        message = member.receive()
        raise AssertionError(f"one more message: {message}")
    except Closed as closed:
        assert closed.code == 1000, closed.code
    expect_end(member)


def flood_with_joins(port, count, room=None):
    """Connects and joins as fast as one can, and never reads. Old ones are left to their fate."""
    source = next_address()
    key = base64.b64encode(os.urandom(16)).decode()
    sockets = []
    for _ in range(count):
        path = f"/ws/{room or random_room()}"
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *upgrade_headers(key)]
        client = socket.socket()
        client.settimeout(10)
        client.bind((source, 0))
        client.connect(("127.0.0.1", port))
        try:
            client.send(("\r\n".join(lines) + "\r\n\r\n").encode() + frame(TEXT, JOIN))
        except ConnectionError:
            pass
        sockets.append(client)
        if len(sockets) > 100:
            sockets.pop(0).close()
    for client in sockets:
        client.close()


def joins_to_random_rooms(port):
    flood_with_joins(port, 10000)


def joins_to_one_room(port):
    flood_with_joins(port, 10000, random_room())


def joins_beyond_the_rate(port):
    source = next_address()
    outcomes = set()
    for _ in range(80):
        member = WebSocket(port, random_room(), source=source)
        outcomes.add(member.join().get("code", "welcome"))
        member.close()
    assert outcomes == {"welcome", "busy"}, outcomes


def connections_beyond_the_limit(port):
    source = next_address()
    connections = [Connection(port, source) for _ in range(64)]
    expect_end(Connection(port, source))
    status, _ = connections[0].request("GET", "/")
    assert status == 200
    for connection in connections:
        connection.close()


def many_addresses_hold_connections(port):
    connections = []
    for _ in range(6):
        source = next_address()
        connections += [Connection(port, source) for _ in range(64)]
    time.sleep(0.5)  # while honest pairs meet
    for connection in connections:
        connection.close()


BAD_FRAMES = {
    "a frame of 1 MiB": frame(TEXT, b"x" * MIB),
    "the head of a frame of 2^63 bytes": frame(TEXT, b"", size=2**63 - 1),
    "a binary frame": frame(BINARY, b"{}"),
    "bad UTF-8": frame(TEXT, b'{"type":"\xff"}'),
    "bad JSON": frame(TEXT, b"{"),
    "an array": frame(TEXT, b"[]"),
    "an empty message": frame(TEXT, b""),
    "deep JSON": frame(TEXT, b'{"type":' + b"[" * 60000),
    "NUL in a message": frame(TEXT, b'{"type":"\0"}'),
    "an unmasked frame": frame(TEXT, b"{}", masked=False),
    "a reserved bit": frame(TEXT, b"{}", rsv=0x40),
    "an unknown opcode": frame(3, b"{}"),
    "a fragmented ping": frame(PING, b"", fin=False),
    "a ping of 126 bytes": frame(PING, b"x" * 126),
    "a continuation of nothing": frame(0, b"x"),
    "a second join": frame(TEXT, JOIN),
    "a session that is text": frame(TEXT, b'{"type":"gone","session":"1"}'),
    "a session that is huge": frame(TEXT, b'{"type":"gone","session":99999999999999999999}'),
    "a dismissal by the second": frame(TEXT, b'{"type":"gone","session":1}'),
    "a lone surrogate": frame(TEXT, description(b'{"type":"offer","sdp":"\\ud800A"}')),
    "a description that grows": frame(TEXT, description(b'{"type":"offer","sdp":"'
                                                        + b"\x7f" * 30000 + b'"}')),
}


def bad_frame(port, data):
    """The one who sends it is told so and let go; the other one is told that it left, and stays."""
    first, second = pair(port, next_address())
    try:
        second.send(data)
    except ConnectionError:
        pass
    try:
        message = second.receive()
        assert message["code"] == "protocol", message
    except Closed:
        assert len(data) > 65536, "only who goes on sending may miss the error"
    expect_end(second)
    message = first.receive()
    assert message == {"type": "gone", "session": 1}, message
    first.send_json({"type": "candidate", "session": 1, "candidate": None})
    second = WebSocket(port, first.room, source=next_address())
    assert second.join(opens=False)["type"] == "welcome"
    assert first.meet() is True and first.session == 2
    first.close()
    second.close()


def send_until_closed(connection, data, limit):
    sent = 0
    try:
        while sent < limit:
            connection.send(data)
            sent += len(data)
    except (ConnectionError, socket.timeout):
        return
    raise AssertionError(f"{sent} bytes were taken")


def endless_fragments(port):
    for size in (0, 1, 60000):
        member = WebSocket(port, random_room(), source=next_address())
        member.join()
        member.send_frame(TEXT, b"x" * size, fin=False)
        if size == 0:  # takes no memory, and never ends
            member.send(frame(0, b"", fin=False) * 100000)
        else:
            send_until_closed(member, frame(0, b"x" * size, fin=False) * (60000 // size), 32 * MIB)
        member.close()


def pings_without_reading(port):
    member = WebSocket(port, random_room(), source=next_address())
    member.join()
    member.socket.settimeout(8)
    send_until_closed(member, frame(PING, b"x" * 125) * 500, 64 * MIB)
    member.close()


def join_once_there_is_room(port, room):
    """The server may not have noticed yet that another one left."""
    for _ in range(100):
        member = WebSocket(port, room, source=next_address())
        answer = member.join(opens=False)
        if answer["type"] == "welcome":
            return member
        assert answer["code"] == "full", answer
        member.close()
        time.sleep(0.02)
    raise AssertionError("the room stays full")


def member_that_never_reads(port):
    """Its peer says half of what it may: what is late counts for the next session."""
    first, second = pair(port, next_address())
    for _ in range(20):
        second.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        first.say("read this, and nothing after")
        second.hear()
        for _ in range(4):
            first.say("x" * 60000)
        first.send_json({"type": "gone", "session": first.session})
        second.close()
        second = join_once_there_is_room(port, first.room)
        message = first.receive()
        if message["type"] == "gone":  # it left before it was sent away
            message = first.receive()
        assert message["type"] == "peer", message
        first.session = message["session"]
        second.meet()
    first.close()
    second.close()


def more_than_a_session_may_have(port):
    first, second = pair(port, next_address())
    for _ in range(600):
        try:
            second.say("x")
        except ConnectionError:
            break
    second.session = None
    expect_error(second, "protocol")
    for _ in range(512):
        assert first.hear() == "x"
    assert first.receive()["type"] == "gone"
    first.close()


def third_and_duplicate(port):
    first, second = pair(port, next_address())
    third = WebSocket(port, first.room, source=next_address())
    third.send_json({"type": "join", "id": "third", "opens": True})
    expect_error(third, "full")
    duplicate = WebSocket(port, first.room, source=next_address())
    duplicate.send_json({"type": "join", "id": first.id, "opens": True})
    expect_error(duplicate, "duplicate")
    first.session += 1
    first.say("for nobody")
    first.session -= 1
    first.say("for you")
    assert second.hear() == "for you"
    first.close()
    assert second.receive()["type"] == "gone"
    expect_end(second)


def no_room(port):
    member = WebSocket(port, random_room(), source=next_address())
    member.send_json({"type": "join", "id": "x"})
    expect_error(member, "no-room")


REQUESTS = {
    b"PUT / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n": 405,
    b"CONNECT / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n": 405,
    b"OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n": 400,
    b"GET /../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n": 404,
    b"GET /%2e%2e/%00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n": 404,
    b"GET //index.html HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n": 404,
    b"GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n": 404,
    b"GET /ws/" + b"a" * 64 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n": 426,
    b"GET http://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\n\r\n": 421,
    b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n": 421,
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: 127.0.0.1\r\n\r\n": 421,
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.example\r\n\r\n": 403,
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: null\r\n\r\n": 403,
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9999999\r\n\r\n": 413,
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n": 413,
    b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n": 431,
    b"GET / HTTP/1.1\r\nX: " + b"y" * 20000 + b"\r\n\r\n": 431,
    b"GET /" + b"y" * 20000 + b" HTTP/1.1\r\n\r\n": 431,
    b"GET / HTTP/9.9\r\n\r\n": 505,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n": 400,
    b"\0" * 1000 + b"\r\n\r\n": 400,
}


def odd_requests(port):
    for data, expected in REQUESTS.items():
        connection = Connection(port, next_address())
        connection.send(data)
        status, fields = connection.read_head()
        assert status == expected, (data[:60], status)
        assert "default-src 'none'" in fields["content-security-policy"], data[:60]
        connection.socket.shutdown(socket.SHUT_WR)
        expect_end(connection)


def endless_head(port):
    connection = Connection(port, next_address())
    send_until_closed(connection, b"X: " + b"y" * 60000, 32 * MIB)
    connection.close()


def endless_body(port):
    connection = Connection(port, next_address())
    connection.socket.settimeout(25)
    connection.send(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 999999999999\r\n\r\n")
    connection.socket.shutdown(socket.SHUT_WR)
    expect_end(connection)


def foreign_origin_of_a_websocket(port):
    for header, host in (("Origin: http://evil.example", None), ("X: y", "evil.example")):
        connection = Connection(port, next_address())
        key = base64.b64encode(os.urandom(16)).decode()
        status, _ = connection.request("GET", f"/ws/{random_room()}",
                                       [*upgrade_headers(key), header], host)
        assert status in (403, 421), status
        connection.close()


def goodbyes(port):
    """Close frames of every kind, and one that never closes the TCP connection after."""
    for payload in (b"", b"\x03", b"\x03\xe8", b"\x03\xed", b"\x03\xe8\xff"):
        member = WebSocket(port, random_room(), source=next_address())
        member.join()
        member.send_frame(CLOSE, payload)
        member.send_frame(TEXT, b"after")
        opcode, _ = member.read_frame()
        assert opcode == CLOSE, opcode
        expect_end(member)


ATTACKS = {
    "10,000 joins to random rooms": joins_to_random_rooms,
    "10,000 joins to one room": joins_to_one_room,
    "joins beyond the rate are told busy": joins_beyond_the_rate,
    "the 33rd connection of an address is closed": connections_beyond_the_limit,
    "384 connections that say nothing": many_addresses_hold_connections,
    "messages of endless fragments": endless_fragments,
    "pings from one that does not read": pings_without_reading,
    "a member that never reads": member_that_never_reads,
    "513 messages in a session": more_than_a_session_may_have,
    "a third member, and one of the same id": third_and_duplicate,
    "a room that is not there": no_room,
    "odd requests": odd_requests,
    "a head without an end": endless_head,
    "a body without an end": endless_body,
    "WebSockets of foreign pages": foreign_origin_of_a_websocket,
    "goodbyes of every kind": goodbyes,
}
