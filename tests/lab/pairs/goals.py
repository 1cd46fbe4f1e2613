# SPDX-License-Identifier: MPL-2.0
"""What the matrix is measured against: Floe with Floe, and Floe with a plain peer against that peer
with itself. A goal is (whether it is met, what it is and what was measured)."""

import statistics

from . import table

# Who meets directly without any help: one side's filter takes the other one's first check, or both
# sides' ports are known.
_EASY = ("OPEN", "C", "A")
_STEADY = ("P", "CGN2")
# What no known method meets directly: docs/measured/matrix.md.
HOPELESS = (("S", "R"), ("R", "S"), ("R", "R"))

PLAIN_OPEN_MS = 500
HARD_DIRECT_MS = 6000
HARD_SHARE = 0.95
SLOWER_MS = 100


def is_plain(a, b):
    """Whether plain ICE connects that pair directly."""
    return a in _EASY or b in _EASY or (a in _STEADY and b in _STEADY)


def _names(pairs):
    return ", ".join(f"{a}×{b}" for a, b in pairs) or "none"


def _all_direct(found):
    wanted = [pair for pair in found if pair not in HOPELESS]
    direct = [pair for pair in found if found[pair].is_direct()]
    missing = [pair for pair in wanted if pair not in direct]
    return (len(direct) >= len(wanted), f"direct in at least {len(wanted)} of {len(found)} pairs; "
            f"{len(direct)}, missing: {_names(missing)}")


def _all_connected(found):
    missing = [pair for pair, cell in found.items() if not cell.is_connected()]
    return not missing, f"connected in every run; not so: {_names(missing)}"


def median_open(cell):
    times = [each.open_ms for each in cell.meetings if each.is_connected()]
    return statistics.median(times) if times else float("inf")


def _plain_fast(found):
    medians = {pair: median_open(cell) for pair, cell in found.items() if is_plain(*pair)}
    slow = [pair for pair, median in medians.items() if median > PLAIN_OPEN_MS]
    return (not slow, f"where plain ICE is direct, a channel in the median within {PLAIN_OPEN_MS} "
            f"ms; the slowest pair {max(medians.values()):.0f} ms; slower: {_names(slow)}")


def _hard(found, pair):
    meetings = found[pair].meetings
    times = [each.direct_ms for each in meetings if each.is_direct()]
    soon = sum(time <= HARD_DIRECT_MS for time in times)
    middle = f"{statistics.median(times):.0f} ms" if times else "–"
    return (soon >= HARD_SHARE * len(meetings),
            f"{_names([pair])} direct within {HARD_DIRECT_MS / 1000:g} s in {HARD_SHARE:.0%} of "
            f"runs; {soon} of {len(meetings)}, median {middle}")


def judge(meetings):
    """The goals of Floe with Floe, with a TURN server."""
    found = table.cells(meetings)
    goals = [_all_direct(found), _all_connected(found)]
    if any(is_plain(*pair) for pair in found):
        goals.append(_plain_fast(found))
    return goals + [_hard(found, pair) for pair in (("P", "R"), ("R", "P")) if pair in found]


def _median_of(found, pairs):
    return statistics.median([median_open(found[pair]) for pair in pairs]) if pairs else None


def compare(meetings, own):
    """The goals of meetings with Floe, where `own` are those of the peer with itself."""
    found, reference = table.cells(meetings), table.cells(own)
    counts = [sum(cell.is_direct() for cell in each.values()) for each in (found, reference)]
    lost = [pair for pair, cell in reference.items()
            if cell.is_direct() and not found[pair].is_direct()]
    both = [pair for pair in found if found[pair].is_direct() and reference[pair].is_direct()]
    goals = [(counts[0] >= counts[1], f"direct in at least {counts[1]} pairs, as the peer with "
              f"itself; {counts[0]}, lost: {_names(lost)}")]
    if both:
        with_floe, alone = (_median_of(each, both) for each in (found, reference))
        goals.append((with_floe <= alone + SLOWER_MS,
                      f"where both are direct ({len(both)} pairs), a channel in the median at most "
                      f"{SLOWER_MS} ms later than the {alone:.0f} ms of the peer with itself; "
                      f"{with_floe:.0f} ms"))
    return goals


def write(goals):
    """As a Markdown list."""
    return "\n".join(f"- {'met' if is_met else '**not met**'}: {text}"
                     for is_met, text in goals) + "\n"
