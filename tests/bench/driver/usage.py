# SPDX-License-Identifier: MPL-2.0
"""What processes and all their children have used, as /proc tells it."""

import os

TICKS = os.sysconf("SC_CLK_TCK")


def read_stat(pid):
    """The fields of /proc/PID/stat after the name, which may hold blanks and brackets."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
        return stat.read().rpartition(")")[2].split()


def find_tree(roots):
    """The processes @roots and all that they started."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                children.setdefault(int(read_stat(entry)[1]), []).append(int(entry))
            except (FileNotFoundError, ProcessLookupError):
                continue  # ended meanwhile
    tree, waiting = set(), list(roots)
    while waiting:
        pid = waiting.pop()
        tree.add(pid)
        waiting += children.get(pid, [])
    return tree


def get_cpu_seconds(roots):
    """User and system time of the trees, with that of children which have ended."""
    ticks = 0
    for pid in find_tree(roots):
        try:
            ticks += sum(int(field) for field in read_stat(pid)[11:15])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return ticks / TICKS


def get_memory(roots):
    """The proportional set size of the trees in bytes: shared pages count once in all."""
    total = 0
    for pid in find_tree(roots):
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
                total += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total * 1024
