# SPDX-License-Identifier: MPL-2.0
"""Honest pairs, in a process of their own: they talk, part, and meet anew, for as long as they may.

What they find is whether everything arrived, and the longest time that a message or a meeting
took."""

import multiprocessing
import time

from client import pair

MESSAGES_A_PAIR = 50
PAUSE_S = 0.01


def _talk(port, source, options, is_over):
    first, second = pair(port, source, **options)
    longest = 0
    for number in range(MESSAGES_A_PAIR):
        start = time.monotonic()
        first.say(f"to second {number}")
        assert second.hear() == f"to second {number}"
        second.say(f"to first {number}")
        assert first.hear() == f"to first {number}"
        longest = max(longest, time.monotonic() - start)
        if is_over.wait(PAUSE_S):
            break
    second.close()
    message = first.receive()
    assert message["type"] == "gone", message
    first.close()
    return longest


def _run(port, source, options, is_over, results):
    pairs = 0
    longest = 0
    try:
        while not is_over.is_set():
            start = time.monotonic()
            longest = max(longest, _talk(port, source, options, is_over))
            pairs += 1
            # Four joins a second are what one address may have for long.
            is_over.wait(max(0, start + 0.6 - time.monotonic()))
        results.send((pairs, longest, None))
    except Exception as error:  # pylint: disable=broad-except
        results.send((pairs, longest, f"{type(error).__name__}: {error}"))


class HonestPairs:
    """Begins at once; stop() returns (number of pairs, longest time in s, None or what failed)."""

    def __init__(self, port, source="127.0.0.3", **options):
        context = multiprocessing.get_context("fork")
        self.is_over = context.Event()
        self.results, sender = context.Pipe(duplex=False)
        self.process = context.Process(target=_run, daemon=True,
                                       args=(port, source, options, self.is_over, sender))
        self.process.start()

    def stop(self):
        self.is_over.set()
        result = self.results.recv() if self.results.poll(30) else (0, 0, "no answer")
        self.process.join(5)
        return result
