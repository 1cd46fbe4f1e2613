# SPDX-License-Identifier: MPL-2.0
"""Meetings as Markdown."""

import dataclasses
import math
import statistics

DIRECT_SHARE = 0.9  # of the seeds, for a pair to count as direct


class Cell:
    """All meetings of an ordered pair."""

    def __init__(self, meetings):
        self.meetings = meetings

    def count(self, fits):
        return sum(map(fits, self.meetings))

    def is_direct(self):
        return self.count(lambda each: each.is_direct()) >= DIRECT_SHARE * len(self.meetings)

    def is_connected(self):
        return self.count(lambda each: each.is_connected()) == len(self.meetings)

    def text(self):
        """The medians of what came out mostly, and of how many that is true if not of all."""
        ends = {}
        for meeting in self.meetings:
            ends.setdefault(meeting.last, []).append(meeting)
        most = max(ends.values(), key=len)
        firsts = [meeting.first for meeting in most]
        first = max(set(firsts), key=firsts.count)
        same = [meeting for meeting in most if meeting.first == first]
        middle = dataclasses.replace(same[0], open_ms=_median(same, "open_ms"),
                                     direct_ms=_median(same, "direct_ms"))
        share = "" if len(most) == len(self.meetings) else f" {len(most)}/{len(self.meetings)}"
        return middle.outcome() + share


def _median(meetings, key):
    values = [value for value in (getattr(each, key) for each in meetings) if value is not None]
    return statistics.median(values) if values else None


def cells(meetings):
    """{(a, b): Cell}, in the order of the meetings."""
    found = {}
    for meeting in meetings:
        found.setdefault((meeting.a, meeting.b), []).append(meeting)
    return {pair: Cell(each) for pair, each in found.items()}


def _grid(found, kinds):
    rows = [["A\\B", *kinds], ["---"] * (len(kinds) + 1)]
    for a in kinds:
        rows.append([f"**{a}**", *(found[a, b].text() if (a, b) in found else "" for b in kinds)])
    return ["| " + " | ".join(row) + " |" for row in rows]


def _figures(values):
    """Median and 95th percentile, by the nearest rank."""
    if not values:
        return "– / –"
    ordered = sorted(values)
    return f"{statistics.median(ordered):.0f} / {ordered[math.ceil(0.95 * len(ordered)) - 1]:.0f}"


def _times(meetings):
    first_direct = [each for each in meetings if each.is_direct() and each.first == "direct"]
    risen = [each for each in meetings if each.is_direct() and each.first != "direct"]
    relayed = [each for each in meetings if each.is_connected() and not each.is_direct()]
    rows = ["| runs | | ICE connected | channel open | first echo | direct |",
            "|---|---|---|---|---|---|"]
    for name, group in (("direct at once", first_direct), ("direct later", risen),
                        ("relayed to the end", relayed)):
        if group:
            figures = [_figures([value for value in (getattr(each, key) for each in group)
                                 if value is not None])
                       for key in ("ice_ms", "open_ms", "echo_ms")]
            direct = _figures([each.direct_ms for each in group]) if group is risen else ""
            rows.append(f"| {name} | {len(group)} | {' | '.join(figures)} | {direct} |")
    return rows


def summary(meetings):
    """One line: how many pairs are direct and connected."""
    found = cells(meetings).values()
    seeds = max((len(each.meetings) for each in found), default=0)
    line = (f"Direct: {sum(each.is_direct() for each in found)} of {len(found)} ordered pairs. "
            f"Connected: {sum(each.is_connected() for each in found)} of {len(found)}")
    if seeds > 1:
        line += (f" in every run, {sum(each.is_connected() for each in meetings)} of "
                 f"{len(meetings)} runs; {seeds} seeds each, a pair is direct if "
                 f"{DIRECT_SHARE:.0%} of its runs are")
    return line + "."


def write(meetings, kinds):
    """The whole section: counts, the matrix, times."""
    errors = {}
    for each in meetings:
        if each.error is not None:
            errors.setdefault(each.error, []).append(f"{each.a}×{each.b}")
    lines = [summary(meetings), "", *_grid(cells(meetings), kinds)]
    if any(each.is_connected() for each in meetings):
        lines += ["", "Milliseconds since the offer left, median / 95th percentile:", "",
                  *_times(meetings)]
    if errors:
        lines += ["", "Where nothing connected:", "",
                  *[f"- {error}: {', '.join(dict.fromkeys(pairs))}"
                    for error, pairs in errors.items()]]
    return "\n".join(lines) + "\n"
