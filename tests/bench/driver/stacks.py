# SPDX-License-Identifier: MPL-2.0
"""The stacks that are measured: how each is started, and what it can't do."""

import os
import shutil
from dataclasses import dataclass

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PEERS = os.path.join(HERE, "peers")
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Stack:
    """A peer program. Paths in its command begin with {build}, {cache} or {peers}."""

    name: str
    command: tuple
    buffer: int = MEBIBYTE  # what its sender may hold at most
    max_message: int = 256 * 1024
    limit_reason: str = ""
    loses_pairs: str = ""  # why not all of many connections open

    def make_command(self, places):
        """The command line, for the folders of built programs."""
        words = [word.format(peers=PEERS, **places) for word in self.command]
        return words + ["--buffer", str(self.buffer)]

    def what_is_missing(self, places):
        """Why it can't be started here, or None."""
        program, *rest = self.make_command(places)
        if shutil.which(program) is None:
            return f"{program} is not there"
        for word in rest:
            if os.path.isabs(word) and not os.path.exists(word):
                return f"{word} is not there"
        return None


STACKS = (
    Stack("floe", ("{build}/tests/bench/floe-bench-peer",)),
    # Its throughput collapses when more waits in its queue.
    Stack("pion", ("{cache}/pion-bench-peer",), buffer=64 * 1024, max_message=64 * 1024,
          limit_reason="pion sends no message above 64 KiB"),
    Stack("webrtcbin", ("{build}/tests/bench/webrtcbin-bench-peer",), max_message=64 * 1024,
          limit_reason="webrtcbin's descriptions allow no message above 64 KiB",
          loses_pairs="webrtcbin numbers its SCTP associations with 16 random bits: two of many in "
                      "a process can have the same number, and one of these never opens"),
    Stack("aiortc", ("/usr/bin/python3", "{peers}/aiortc_peer.py")),
    Stack("chromium", ("node", "{peers}/chromium.mjs")),
    Stack("node-datachannel", ("node", "{peers}/node-datachannel.mjs")),
    Stack("wrtc", ("node", "{peers}/wrtc.mjs")),
)


def find_stacks(names):
    """The stacks of a list with commas, Floe first because all is compared with it."""
    if names is None:
        return list(STACKS)
    wanted = names.split(",")
    unknown = set(wanted) - {stack.name for stack in STACKS}
    if unknown:
        raise ValueError(f"there is no stack {', '.join(sorted(unknown))}")
    return [stack for stack in STACKS if stack.name in wanted]
