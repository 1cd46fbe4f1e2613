# SPDX-License-Identifier: MPL-2.0
"""What of a visit is not as the tables say, in words."""

from .places import NAMES
from .table import DESTINATIONS, SHOWN

_TURN_NAMES = {name for name, host in NAMES.items() if host == "turn-a"}


def _allowed(rows, level):
    return {key for key, row in rows.items() if row.may(level)}


def _certain(rows, level):
    """What has to be seen, else the test would not see what is forbidden either."""
    return {key for key, row in rows.items() if row.must(level)}


def _compare(found, rows, level, what, excused=frozenset()):
    """Faults of a set of keys, or of a dictionary that has an example for each."""
    for key in sorted(set(found) - _allowed(rows, level)):
        example = f": {found[key]}" if isinstance(found, dict) else ""
        yield f"{what}, and should not be: {key}{example}"
    for key in sorted(_certain(rows, level) - set(found) - excused):
        yield f"not {what}, so the test is blind: {key}"


def _report(items, what):
    for item in sorted(map(str, items)):
        yield f"{what}: {item}"


def find_faults(visit):
    """Lines of text; none if all is well."""
    level = visit.level
    hidden = visit.shown(visit.told + visit.log) - _allowed(SHOWN, level)
    may_ask = set(NAMES) if DESTINATIONS["stun"].may(level) else _TURN_NAMES
    return [*_compare(visit.destinations(), DESTINATIONS, level, "sent to", visit.excused),
            *_report(visit.dns_names() - may_ask, "DNS was asked for"),
            *_compare(visit.shown(visit.signaled), SHOWN, level, "signalled", visit.excused),
            *_report(visit.wrong_candidates(), "signalled, with what is hidden"),
            *_report(hidden, "told or logged"),
            *_report(visit.logged_addresses(), "logged at full length"),
            *_report(visit.strangers(visit.signaled), "signalled, and nobody knows whose it is"),
            *_report(visit.strangers(visit.told), "told, though the peer did not tell it"),
            *_report(visit.leaks(), "in a packet"),
            *_report(visit.written_leaks(), "written")]
