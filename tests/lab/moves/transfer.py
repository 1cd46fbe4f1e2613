# SPDX-License-Identifier: MPL-2.0
"""Numbered messages from one peer to another, as fast as they are taken, and what became of them."""

import threading
import time
import zlib

PATIENCE = 75       # seconds for anything: a try comes every minute, when the pauses have grown
_IDLE_SECONDS = 0.02
_PATTERN = bytes((31 * i + 7) % 256 for i in range(256))


def checksum(size):
    """The CRC-32 of the bytes that a peer sends when it is asked for so many."""
    return zlib.crc32((_PATTERN * (size // 256 + 1))[:size])


def _number(crc):
    """floe-peer writes it in hexadecimal digits, the others as a number."""
    return int(crc, 16) if isinstance(crc, str) else crc


class Transfer:
    """Each message has its own size, so that one that is lost, doubled or late is seen. `window`
    messages are under way at a time."""

    def __init__(self, sender, receiver, size=16000, window=16):
        self.sender, self.receiver = sender, receiver
        self.size, self.window = size, window
        self.arrivals, self.count = [], 0
        self.error = None
        self._goal, self._is_over = 0, False
        self._news = threading.Condition()
        self._threads = [threading.Thread(target=self._guard, args=(run,), daemon=True)
                         for run in (self._send, self._receive)]
        for thread in self._threads:
            thread.start()

    def _guard(self, run):
        try:
            run()
        except Exception as error:  # pylint: disable=broad-except
            with self._news:
                self.error = error
                self._news.notify_all()

    def _wait(self, is_there, seconds=PATIENCE):
        """Holding the lock."""
        self._news.wait_for(lambda: self.error is not None or is_there(), seconds)
        if self.error is not None:
            raise self.error
        if not is_there():
            raise AssertionError(f"{len(self.arrivals)} of {self.count} messages came in time")

    def _send(self):
        while True:
            with self._news:
                self._wait(lambda: self._is_over or self.count - len(self.arrivals) < self.window)
                if self._is_over:
                    return
                number, is_idle = self.count, self.count >= self._goal
                self.count += 1
            self.sender.say(cmd="send", label="chat", size=self.size + number)
            if is_idle:
                time.sleep(_IDLE_SECONDS)

    def _receive(self):
        while True:
            when, message = self.receiver.wait("message", time.monotonic() + PATIENCE)
            with self._news:
                self.arrivals.append((when, message["size"],
                                      _number(message["crc32"])))
                self._news.notify_all()
                if self._is_over and len(self.arrivals) >= self.count:
                    return

    def run(self, messages):
        """Until so many more have arrived; then it goes on, but slowly."""
        with self._news:
            self._goal = len(self.arrivals) + messages
            self._wait(lambda: len(self.arrivals) >= self._goal, PATIENCE + messages)

    def finish(self):
        """Ends it, and says what is wrong with what came, or None."""
        with self._news:
            # One of them may be in the middle of saying it: the receiver counts what was counted.
            self._is_over = True
            self._news.notify_all()
        self._threads[0].join(PATIENCE)
        with self._news:
            self._wait(lambda: len(self.arrivals) >= self.count)
        time.sleep(0.3)  # for what would come twice
        return self._find_fault()

    def _find_fault(self):
        for number, (_, size, crc) in enumerate(self.arrivals):
            if size != self.size + number:
                return f"message {number} has the size of {size - self.size}"
            if crc != checksum(size):
                return f"message {number} has other bytes"
        if len(self.arrivals) != self.count:
            return f"{len(self.arrivals)} of {self.count} messages arrived"
        return None

    def bytes(self):
        with self._news:
            return sum(size for _, size, _ in self.arrivals)

    def gap(self, since, until):
        """The longest pause between two arrivals that overlaps this time, in seconds."""
        with self._news:
            times = [when for when, *_ in self.arrivals]
        pauses = [b - a for a, b in zip(times, times[1:]) if b >= since and a <= until]
        return max(pauses, default=0)
