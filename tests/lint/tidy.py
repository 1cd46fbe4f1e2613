# SPDX-License-Identifier: MPL-2.0
"""Small habits: licence lines, no notes to self, no locks, no sleep, a fuzz target per codec."""

import os
import re

from source import Finding

OWN_SUFFIXES = (".c", ".h", ".cc", ".h.in", ".py", ".sh", ".js", ".mjs", ".go", ".vala", ".css")
# Spelled so that this file does not flag itself.
NOTES = re.compile(r"\b(" + "|".join(["FIX" + "ME", "TO" + "DO", "X" + "XX"]) + r")\b")
LOCKS = re.compile(r"\b(GMutex|GRecMutex|GRWLock|GCond|G_LOCK\w*|g_(rec_|rw_)?mutex_\w+"
                   r"|pthread_(mutex|rwlock|cond)\w*|mtx_\w+)\b")
# The mailbox is where threads meet; the others guard a value that a process has one of.
LOCK_FILES = {"src/base/floe-mailbox.c", "src/base/floe-log.c", "src/base/floe-network-thread.c"}
SLEEPS = re.compile(r"\b(g_usleep|usleep|sleep|nanosleep|clock_nanosleep|sleep_for|sleep_until"
                    r"|g_timeout_add\w*|g_timeout_source_new\w*)\b")
MIN_SEEDS = 3
SOCKETS = re.compile(r"(?<![\w.>:])socket \(|\bg_socket_(new|client|listener|service)\w*")


def check(tree):
    for path in tree.paths:
        if path.endswith(OWN_SUFFIXES):
            yield from check_licence(tree, path)
            yield from check_notes(tree, path)
    for path in tree.files("src"):
        if path not in LOCK_FILES:
            yield from check_pattern(tree, path, LOCKS, "locks", "only the mailbox has a lock")
    for path in tree.files("tests/unit"):
        yield from check_pattern(tree, path, SLEEPS, "sleep", "a unit test drives time by hand")
        yield from check_pattern(tree, path, SOCKETS, "socket", "a unit test opens no socket")
    yield from check_fuzz(tree)


def check_licence(tree, path):
    first = "\n".join(tree.lines(path)[:2])
    lines = 2 if first.startswith("#!") or first.startswith("<!") else 1
    if not any("SPDX-License-Identifier: MPL-2.0" in line for line in tree.lines(path)[:lines]):
        yield Finding("licence", path, 1, "does not start with the SPDX line", path)


def check_notes(tree, path):
    for number, line in enumerate(tree.lines(path), 1):
        match = NOTES.search(line)
        if match:
            yield Finding("notes", path, number, f"{match.group(0)}: finish it, or open an issue")


def check_pattern(tree, path, pattern, rule, message):
    for number, line in enumerate(tree.code(path).splitlines(), 1):
        match = pattern.search(line)
        if match:
            yield Finding(rule, path, number, f"{match.group(0)}: {message}", match.group(0))


def check_fuzz(tree):
    for path in tree.files("src", suffixes=("-codec.c",)):
        noun = re.match(r"floe-(.*)-codec\.c", os.path.basename(path)).group(1)
        target = f"tests/fuzz/fuzz-{noun}.c"
        if target not in tree.paths:
            yield Finding("fuzz", path, 1, f"a codec without {target}", noun)
    build = tree.text("tests/fuzz/meson.build") if "tests/fuzz/meson.build" in tree.paths else ""
    for path in tree.files("tests/fuzz", suffixes=(".c",)):
        match = re.match(r"tests/fuzz/fuzz-(.*)\.c", path)
        if not match:
            continue
        noun = match.group(1)
        if f"'{noun}'" not in build:
            yield Finding("fuzz", path, 1, "is not in tests/fuzz/meson.build", noun)
        corpus = os.path.join(tree.root, "tests/fuzz/corpus", noun)
        seeds = os.listdir(corpus) if os.path.isdir(corpus) else []
        if len(seeds) < MIN_SEEDS:
            yield Finding("fuzz", path, 1,
                          f"has fewer than {MIN_SEEDS} seeds in tests/fuzz/corpus/{noun}", noun)
        if f"tests/fuzz/dictionaries/{noun}.dict" not in tree.paths:
            yield Finding("fuzz", path, 1, f"has no tests/fuzz/dictionaries/{noun}.dict", noun)
