# SPDX-License-Identifier: MPL-2.0
"""A direct way that comes and goes under a connection: it moves up to it from the relay, and back,
and no message is lost, doubled or out of order."""

import os
import threading
import time

from lab import Coturn, World
from moves import crossing, journey, outages
from pairs import describe
from pairs.peer import find_missing

from .budgets import BELIEFS
from .meetings import need_peer, stun_and_turn
from .peers import Peer, connect
from .probes import Skip, cases, expect
from .servers import need_coturn

# Where punching is sooner than the channel, or in vain, which takes a busy machine, or plain ICE is
# sooner, which takes luck, no move is seen: then another world is taken, but so many at most.
MAX_LUCK = 5
# Bytes at the relay for each that goes directly: it is kept alive. One way's data would be half.
KEEPALIVES = 0.2

# How long a move may take: a try comes every minute, when the pauses have grown.
PATIENCE = 75
EVERY = 0.01

WORLD = """
default delay=10ms
router home-a eim-apdf udp=3478 tcp=none
router home-b eim-apdf udp=3478 tcp=none
host alice behind=home-a
host bob behind=home-b
host turn
"""


class Stream:
    """Numbered messages from one peer to the other, all the time; and when each arrived."""

    def __init__(self, sender, receiver):
        self.sender, self.receiver = sender, receiver
        self.count, self.arrivals, self.moves = 0, [], []
        self.is_over = threading.Event()
        self.moved = threading.Condition()
        self.threads = [threading.Thread(target=run, daemon=True)
                        for run in (self._send, self._receive)]
        for thread in self.threads:
            thread.start()

    def _send(self):
        while not self.is_over.wait(EVERY):
            self.sender.say(cmd="send", label="chat", text=f"{self.count}")
            self.count += 1
        self.sender.say(cmd="send", label="chat", text="end")

    def _receive(self):
        """The receiver's paths are told in the same stream of events."""
        while True:
            event = self.receiver.events.get()
            if event["event"] == "path":
                with self.moved:
                    self.moves.append(event)
                    self.moved.notify_all()
            elif event["event"] == "message":
                self.arrivals.append((time.monotonic(), event["text"]))
                if event["text"] == "end":
                    return

    def await_path(self, relayed, since):
        """Until the receiver's data goes so."""
        with self.moved:
            if not self.moved.wait_for(
                    lambda: self.moves[since:] and self.moves[-1]["to"]["relayed"] == relayed,
                    PATIENCE):
                raise AssertionError(f"no move to relayed={relayed}, but {self.moves}")

    def finish(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join(PATIENCE)
        texts = [text for _, text in self.arrivals]
        expect(texts, [f"{number}" for number in range(self.count)] + ["end"], "messages")

    def gap(self, since, until):
        """The longest pause between two messages that came in between."""
        times = [at for at, _ in self.arrivals if since <= at <= until]
        return max((b - a for a, b in zip(times, times[1:])), default=0)


def let_direct(world, value):
    for home in ("home-a", "home-b"):
        world.command(f"set {home} udp={value}")


def make_peers(world, *options):
    server = Coturn(world["turn"], tls=False)
    user, password = server.credentials()
    options = ["--no-echo", "--ice-server", server.url("turn", "udp"), "--ice-user", user,
               "--ice-pass", password, *options]
    return Peer(world["alice"], *options), Peer(world["bob"], *options)


def up_and_down(world, stream, times, figures):
    for number in range(times):
        began, moves = time.monotonic(), len(stream.moves)
        let_direct(world, "all")
        stream.await_path(False, moves)
        time.sleep(1)
        figures.append(("up", stream.gap(began, time.monotonic()), time.monotonic() - began - 1))
        began, moves = time.monotonic(), len(stream.moves)
        let_direct(world, "3478")
        stream.await_path(True, moves)
        time.sleep(3)
        figures.append(("down", stream.gap(began, time.monotonic()), 0))
        world.command(f"note round {number} is over")


def test_up_and_down():
    """what goes over a relay moves to a direct path and back, and every message comes once"""
    need_coturn()
    is_full = os.environ.get("LAB_FULL") == "1"
    with World(WORLD) as world:
        one, two = make_peers(world)
        connect(one, two)
        stream, figures = Stream(one, two), []
        up_and_down(world, stream, 50 if is_full else 3, figures)
        stream.finish()
        for direction, gap, duration in figures:
            print(f"    {direction}: a gap of {gap * 1000:.0f} ms, {duration:.1f} s")
        expect((one.end(), two.end()), (0, 0), "exit statuses")


@cases(("floe", ""), ("chromium", ""), full=[("floe", " loss=1%"), ("chromium", " loss=1%")])
def test_transfer(receiver, link):
    """a transfer from floe to {} over links{} moves up and back, with the same bytes"""
    need_coturn()
    if find_missing(receiver) is not None:
        raise Skip(find_missing(receiver))
    with World(journey.WORLD.format(link=link)) as world:
        figures = journey.travel(world, receiver)
    expect(figures.fault, None, "fault")
    print(f"    gaps of {figures.up_gap * 1000:.0f} ms up and {figures.down_gap:.1f} s down")


def outlive(disaster, text=journey.WORLD.format(link="")):
    need_coturn()
    with World(text) as world:
        fault, seconds = disaster(world)
    expect(fault, None, "fault")
    print(f"    data flowed again after {seconds:.1f} s")


def test_path_death():
    """a direct path that dies under load is left for the relay"""
    outlive(outages.lose_path)


def test_network_gone():
    """after ten seconds without network data flows again by itself"""
    outlive(outages.lose_network)


@cases(full=[()])
def test_network_gone_by_tcp():
    """likewise where data goes by TCP from peer to peer"""
    outlive(outages.lose_tcp, outages.NO_UDP)


def test_address_change():
    """a connection moves to another network of its host when the interface that carries is gone"""
    outlive(outages.change_address, outages.TWO_NETWORKS)


def test_renumbered():
    """a connection goes on from the new address when its only interface gets another one"""
    outlive(outages.renumber, outages.RENUMBERED)


def test_relay_death():
    """of two relays that were the only way one dies, and the connection finds the other"""
    outlive(outages.lose_relay, outages.SYMMETRIC)


def cross(kind_a, kind_b, seed):
    """The crossing in the first world from that seed on in which a punched path takes over."""
    need_peer()
    for number in range(MAX_LUCK):
        with World(describe(kind_a, kind_b), seed=seed + 1000 * number) as world:
            servers = stun_and_turn(Coturn(world["turn"], tls=False))
            try:
                return crossing.cross(world, [[*servers, "--nat", BELIEFS[kind]]
                                              for kind in (kind_a, kind_b)])
            except crossing.Luck as luck:
                print(f"    another world: {luck}")
    raise AssertionError(f"no move from the relay to a punched path in {MAX_LUCK} worlds")


@cases(("P", "R", 1), full=[("P", "R", seed) for seed in range(2, 6)]
       + [(*pair, seed) for pair in (("R", "P"), ("D", "R"), ("D", "D"), ("S", "D"))
          for seed in range(1, 6)])
def test_found(kind_a, kind_b, seed):
    """whole transfers both ways of {} and {} move from the relay to a punched path, in world {}"""
    found = cross(kind_a, kind_b, seed)
    expect([event["to"]["relayed"] for event in (*found.began, *found.moved)],
           [True, True, False, False], "whether the first paths are relayed, and the last ones")
    expect(any("punched" in kinds for kinds in found.kinds), True, f"that it was, {found.kinds}")
    wire = f"{found.direct_after} bytes directly afterwards, {found.relayed_after} by the relay"
    # What arrived may have been on the wire a little before it was counted.
    expect(found.direct_after >= found.arrived / 2, True, f"{wire}, {found.arrived} arrived")
    expect(found.relayed_after <= KEEPALIVES * found.direct_after, True, wire)
    print(f"    direct after {max(found.seconds):.1f} s, {found.messages} messages, "
          f"a gap of {found.gap * 1000:.0f} ms")
