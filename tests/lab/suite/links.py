# SPDX-License-Identifier: MPL-2.0
"""Links do what their knobs say, and TCP gets through."""

import hashlib
import socket
import threading
import time

from lab import World

from .probes import COMES, arrives, await_fact, cases, drain, expect, expect_between, seen_from

WORLD = """
router home eim-eif {}
host alice behind=home
host server
"""
# How much later than planned a packet may be where others use the processors, too; and the luckiest
# of many.
LATE, LUCKY = 0.1, 0.02


def send_many(world, count, size=100, pause=0):
    """Sends numbered datagrams from alice, and returns the captures at both ends, in order."""
    sent, received = world.capture("alice"), world.capture("server")
    alice, server = world["alice"].udp(), world["server"].udp()
    for number in range(count):
        alice.sendto(number.to_bytes(4, "big") + bytes(size - 4), server.getsockname())
        if pause:
            time.sleep(pause)
    ends = time.monotonic() + COMES
    while len(received()) < count and time.monotonic() < ends and world.command("counters home"):
        seen = len(received())
        time.sleep(0.1)
        if seen == len(received()):
            break
    return sent(), received()


def test_delay():
    """delay adds up, each way for itself"""
    with World(WORLD.format("up.delay=30ms down.delay=10ms")) as world:
        sent, received = send_many(world, 20, pause=0.002)
        late = sorted(after.time - before.time for before, after in zip(sent, received))
        expect_between(late[0], 0.03, 0.03 + LUCKY, "the least delay up")
        expect_between(late[10], 0.03, 0.03 + LATE, "the median delay up")
        alice, server = world["alice"].udp(5000), world["server"].udp()
        external = seen_from(alice, server)
        before = time.monotonic()
        expect(arrives(server, external, alice, COMES), True, "the way down")
        expect_between(time.monotonic() - before, 0.01, 0.01 + LATE, "the delay down")


def test_jitter():
    """jitter spreads, and order is kept"""
    with World(WORLD.format("delay=5ms jitter=20ms")) as world:
        sent, received = send_many(world, 100, pause=0.002)
        expect([packet.payload[:4] for packet in received], [p.payload[:4] for p in sent], "order")
        late = [after.time - before.time for before, after in zip(sent, received)]
        expect_between(min(late), 0.005, 0.025, "least")
        expect_between(max(late), 0.018, 0.025 + LATE, "most")


@cases(5, 20)
def test_loss(percent):
    """loss={}% loses about that much, and the facts name each loss"""
    with World(WORLD.format(f"up.loss={percent}%")) as world:
        count = 1000
        _, received = send_many(world, count)
        lost = count - len(received)
        share = percent / 100
        spread = 4.5 * (count * share * (1 - share)) ** 0.5
        expect_between(lost, count * share - spread, count * share + spread, "lost")
        expect(len(world.facts("dropped", "home", reason="loss")), lost, "facts of loss")


def test_rate():
    """rate spaces packets out, and the queue's end is dropped"""
    with World(WORLD.format("rate=4mbit queue=100ms")) as world:
        _, received = send_many(world, 100, size=1000)
        # 1,028 bytes take 2.056 ms; 100 ms of queue hold 49 or 50.
        took = received[-1].time - received[0].time
        expect_between(len(received), 49, 95, "packets that found room")
        expect_between(took / (len(received) - 1), 0.001, 0.02, "the space between two")
        dropped = len(world.facts("dropped", "home", reason="queue"))
        expect(dropped + len(received), 100, "dropped or received")


def test_duplicate():
    """duplicate delivers twice"""
    with World(WORLD.format("up.duplicate=100%")) as world:
        alice, server = world["alice"].udp(), world["server"].udp()
        expect(seen_from(alice, server) is not None, True, "once")
        time.sleep(0.05)
        expect(drain(server), [b"probe"], "the second copy")


@cases((False,), (True,))
def test_mtu(is_hole):
    """a small MTU is told of through the NAT, black hole: {}"""
    knobs = "mtu=1280" + " black-hole=yes" * is_hole
    with World(WORLD.format(knobs)) as world:
        alice, server = world["alice"].udp(), world["server"].udp()
        server_address = server.getsockname()
        expect(arrives(alice, server_address, server, COMES), True, "a small one")
        alice.sendto(bytes(1400), server_address)
        await_fact(world, "dropped", "home", reason="too-big")
        time.sleep(0.02)
        told = False
        try:
            alice.setsockopt(socket.IPPROTO_IP, 10, 2)  # IP_MTU_DISCOVER: always
            alice.connect(server_address)
            told = alice.getsockopt(socket.IPPROTO_IP, 14) == 1280  # IP_MTU
        finally:
            expect(told, not is_hole, "the kernel knows the path's MTU")


def receive_all(listener, digests):
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(10)
        digest = hashlib.sha256()
        for block in iter(lambda: connection.recv(65536), b""):
            digest.update(block)
        digests.append(digest.hexdigest())
        connection.sendall(b"done")


@cases(("eim-apdf", "delay=5ms"), ("apdm-random", "delay=2ms loss=1%"))
def test_tcp(kind, link):
    """TCP through {} with {} carries a megabyte unharmed"""
    with World(f"router home {kind} {link}\nhost alice behind=home\nhost server\n") as world:
        listener = world["server"].tcp()
        listener.bind((world["server"].address(), 80))
        listener.listen()
        digests = []
        reader = threading.Thread(target=receive_all, args=(listener, digests))
        reader.start()
        alice = world["alice"].tcp()
        alice.settimeout(10)
        alice.connect(listener.getsockname())
        payload = bytes(range(256)) * 4096
        alice.sendall(payload)
        alice.shutdown(socket.SHUT_WR)
        expect(alice.recv(10), b"done", "the answer")
        reader.join()
        expect(digests, [hashlib.sha256(payload).hexdigest()], "what arrived")
