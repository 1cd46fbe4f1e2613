# SPDX-License-Identifier: MPL-2.0
"""Sees each packet on all interfaces of a host, those that come later included."""

import contextlib
import select
import socket
import struct
import threading
import time
from typing import NamedTuple

from .forms import find_secrets
from .frames import read_frame
from .streams import join_streams

_ETH_P_ALL = 3
_SO_RCVBUFFORCE = 33
_BUFFER_BYTES = 64 << 20
_SOL_PACKET, _PACKET_STATISTICS = 263, 6
_LONGEST = 65600
_LOOK_SECONDS = 0.05
LOOPBACK = "lo"


class Blind(Exception):
    """Packets went by that were not seen."""


class Leak(NamedTuple):
    secret: object
    form: str
    frame: object

    def __str__(self):
        frame = self.frame
        return (f"{self.secret} as {self.form} in {frame.protocol} from {frame.interface} to "
                f"{frame.destination[0]} port {frame.destination[1]}: {frame.payload[:160].hex()}")


class Watcher:
    """From when it is made until end () all packets of a host are kept."""

    def __init__(self, host):
        self.frames = []
        with host.inside():
            # For all interfaces, with the network layer's header first.
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                         socket.htons(_ETH_P_ALL))
        with contextlib.suppress(PermissionError):  # what does not fit is noticed anyway
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER_BYTES)
        self._socket.setblocking(False)
        host.world.exit_stack.callback(self._close)
        self._is_over = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _take(self):
        """All that waits."""
        while True:
            try:
                raw, (interface, kind, packet_type, *_) = self._socket.recvfrom(_LONGEST)
            except BlockingIOError:
                return
            self.frames.append(read_frame(time.monotonic(), interface,
                                          packet_type == socket.PACKET_OUTGOING, kind, raw))

    def _read(self):
        while not self._is_over:
            if select.select([self._socket], [], [], _LOOK_SECONDS)[0]:
                self._take()

    def end(self):
        """What was sent before has been seen when it returns."""
        if self._is_over:
            return
        self._is_over = True
        self._thread.join()
        self._take()
        counts = self._socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8)
        seen, lost = struct.unpack("II", counts)
        if lost != 0 or seen == 0:
            raise Blind(f"{lost} packets of {seen} were not seen")

    def _close(self):
        self._is_over = True
        self._thread.join()
        self._socket.close()

    def outgoing(self):
        """The frames that left the machine."""
        return [frame for frame in self.frames
                if frame.is_outgoing and frame.interface != LOOPBACK]

    def leaks(self, secrets, may_hold=lambda secret, frame: False):
        """Each secret in the payload of what left, a Leak each. In a frame that `may_hold` it, it
        is none."""
        left = self.outgoing()
        whole = [(frame, frame.payload) for frame in left if frame.payload]
        return [Leak(secret, form, frame) for frame, data in whole + join_streams(left)
                for secret, form in find_secrets(secrets, data) if not may_hold(secret, frame)]
