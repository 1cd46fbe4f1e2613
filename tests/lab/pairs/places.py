# SPDX-License-Identifier: MPL-2.0
"""The worlds that pairs meet in: 40 ms from any host to any other and back."""

# As in docs/lab.md, but for CGN2: a home NAT behind a carrier's.
KINDS = {
    "OPEN": None,
    "C": "eim-eif",
    "A": "eim-adf",
    "P": "eim-apdf",
    "CGN2": "cgn",
    "D": "adm-adf",
    "S": "apdm-sequential",
    "R": "apdm-random",
}

_ONE_WAY_MS = 10


def place(host, kind):
    """Lines for a host behind a NAT of that kind: a key of KINDS, or a kind of the laboratory."""
    if kind == "OPEN":
        return [f"host {host} delay={_ONE_WAY_MS}ms"]
    if kind == "CGN2":
        return [f"router carrier-{host} {KINDS[kind]} delay={_ONE_WAY_MS / 2:g}ms",
                f"router home-{host} {KINDS['P']} behind=carrier-{host} "
                f"delay={_ONE_WAY_MS / 2:g}ms",
                f"host {host} behind=home-{host}"]
    return [f"router home-{host} {KINDS.get(kind, kind)} delay={_ONE_WAY_MS}ms",
            f"host {host} behind=home-{host}"]


def describe(kind_a, kind_b):
    """The text of a world with alice behind one, bob behind the other, and turn on the Internet."""
    lines = [*place("alice", kind_a), *place("bob", kind_b), f"host turn delay={_ONE_WAY_MS}ms"]
    return "\n".join(lines) + "\n"
