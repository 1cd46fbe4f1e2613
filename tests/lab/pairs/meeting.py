# SPDX-License-Identifier: MPL-2.0
"""One meeting: an offer, a channel, and which path carries it, at first and in the end."""

import dataclasses
import time
from typing import Optional

from . import log as logs
from .peer import Peer, Silence, introduce

START_SECONDS = 20      # for both programs to be ready
DIRECT_SECONDS = 15     # from the offer: what isn't direct by then isn't
SIGNALING_SECONDS = 0.04
_ECHO_SECONDS = 10      # for a message and its echo
_LOOK_SECONDS = 0.1, 0.25  # from one message to the next on a relay, at first and after 2 s
_SECOND_LOOK_SECONDS = 0.5
_ECHO_SIZE = 3000       # more than the checks that go to one address meanwhile


@dataclasses.dataclass
class Meeting:
    """Times are milliseconds from when the offer left. A path is what carried one message and its
    echo, by the wire: direct, relay, or mixed (one way each)."""
    a: str
    b: str
    seed: int = 1
    ice_ms: Optional[float] = None     # ICE was connected, at the offerer
    open_ms: Optional[float] = None    # the channel was open, at both
    echo_ms: Optional[float] = None    # the first echo was back
    first: Optional[str] = None
    last: Optional[str] = None
    direct_ms: Optional[float] = None  # the first message that went directly was sent
    protocol: Optional[str] = None     # that the last one went by, udp or tcp
    pairs: Optional[list] = None       # what the peers say about their selected pairs, if they do
    error: Optional[str] = None

    def is_direct(self):
        return self.last == "direct"

    def is_connected(self):
        return self.last is not None

    def outcome(self):
        """As in D250, R430→D1200, R430, and - for what didn't connect; T is direct by TCP."""
        if not self.is_connected():
            return "-"
        direct = "T" if self.protocol == "tcp" else "D"
        began = f"{direct if self.first == 'direct' else 'R'}{self.open_ms:.0f}"
        if self.is_direct():
            return began if self.first == "direct" else f"{began}→{direct}{self.direct_ms:.0f}"
        return began if self.first != "direct" else f"{began}→R"


class _Run:
    def __init__(self, world, meeting, relays, log):
        self.world, self.meeting, self.relays, self.log = world, meeting, relays, log
        self.one = self.two = None
        self.began = None

    def start(self, peers, options):
        self.one = Peer(self.world["alice"], peers[0], self.log, "--no-echo", *options[0])
        self.two = Peer(self.world["bob"], peers[1], self.log, *options[1])
        until = time.monotonic() + START_SECONDS
        for peer in (self.one, self.two):
            peer.wait("ready", until)

    def connect(self, late, limit):
        introduce(self.one, self.two, SIGNALING_SECONDS, late)
        asked = time.monotonic() + sum(late)
        self.one.say(cmd="offer", channels=[{"label": "chat"}])
        try:
            opened = [peer.wait("open", asked + limit)[0] for peer in (self.one, self.two)]
        finally:
            self.began = (self.one.described + sum(late)) if self.one.described else asked
        self.meeting.open_ms = self._since(max(opened))
        connected = (self.one.find("iceconnectionstate", state="connected")
                     or self.one.find("iceconnectionstate", state="completed"))
        self.meeting.ice_ms = self._since(connected[0]) if connected else None

    def _since(self, when):
        return round((when - self.began) * 1000, 1)

    def _count(self):
        return {(protocol, local, remote): (sent, received) for
                protocol, local, remote, _, sent, _, received in self.world.flows("alice")}

    def _echo(self):
        """(path, when it was sent, when the echo was back) of a message."""
        before, sent = self._count(), time.monotonic()
        self.one.say(cmd="send", label="chat", size=_ECHO_SIZE)
        back, _ = self.one.wait("message", sent + _ECHO_SECONDS)
        grown = {flow: [after - ago for after, ago in zip(counts, before.get(flow, (0, 0)))]
                 for flow, counts in self._count().items()}
        # Where the most bytes went, and where they came from.
        most = [max(grown, key=lambda flow, way=way: grown[flow][way]) for way in (0, 1)]
        ends = {flow[2].rsplit(":", 1)[0] for flow in most}
        self.meeting.protocol = most[0][0]
        relayed = ends & self.relays
        path = "direct" if not relayed else "relay" if relayed == ends else "mixed"
        return path, sent, back

    def watch(self, patience):
        """Until it is direct and stays so for a while, or the time is over."""
        meeting = self.meeting
        while True:
            path, sent, back = self._echo()
            if meeting.first is None:
                meeting.first, meeting.echo_ms = path, self._since(back)
            was_direct, meeting.last = meeting.is_direct(), path
            if path != "direct":
                meeting.direct_ms = None
            elif meeting.direct_ms is None:
                meeting.direct_ms = self._since(sent)
            elif was_direct:
                return
            left = self.began + patience - time.monotonic()
            if left <= 0 and path != "direct":
                return
            pause = _SECOND_LOOK_SECONDS
            if path != "direct":
                pause = _LOOK_SECONDS[sent - self.began > 2]
            time.sleep(max(0, sent + pause - time.monotonic()))

    def ask_pairs(self, peers):
        self.meeting.pairs = [self._ask_pair(peer) if name == "floe" else None
                              for name, peer in zip(peers, (self.one, self.two))]

    @staticmethod
    def _ask_pair(peer):
        peer.say(cmd="pair")
        _, said = peer.wait("pair", time.monotonic() + 2)
        return [said["local"], said["remote"], said["relayProtocol"]]

    def end(self):
        for peer in (self.one, self.two):
            if peer is not None:
                peer.end()


def meet(world, meeting, options=((), ()), peers=("floe", "floe"), log=None, on_open=lambda: None,
         patience=DIRECT_SECONDS, limit=DIRECT_SECONDS, late=(0, 0)):
    """Lets a peer on alice call one on bob, each with options of its own, and fills `meeting` in.
    `on_open` is called once the channel is open, or has not opened in time. In seconds from the
    offer: until `limit` it may open, until `patience` a path that is not direct may become so. With
    `late` the offer, or the answer, is on its way for so many seconds, and all times begin so much
    later."""
    log = log or logs.Nothing()
    relays = {f"[{address}]" if ":" in address else address for interface in
              world["turn"].interfaces for address in
              (each.split("/")[0] for each in interface.addresses)}
    run = _Run(world, meeting, relays, log)
    log.begin(world)
    try:
        run.start(peers, options)
        try:
            run.connect(late, limit)
        finally:
            on_open()
        run.watch(patience)
        run.ask_pairs(peers)
    except Silence as silence:
        meeting.error, meeting.last = str(silence), None
    finally:
        run.end()
        log.end()
    return meeting
