# SPDX-License-Identifier: MPL-2.0
"""All C and C++ is as clang-format leaves it."""

import os
import re
import shutil
import subprocess

from source import Finding

TOOL = "clang-format"


def is_available():
    return shutil.which(TOOL) is not None


def check(tree):
    paths = tree.files("src", "include", "samples", "tests")
    for start in range(0, len(paths), 100):
        yield from check_some(tree, paths[start:start + 100])


def check_some(tree, paths):
    run = subprocess.run([TOOL, "--dry-run", "--style=file"] + paths, cwd=tree.root, text=True,
                         stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, check=False)
    if run.returncode != 0:
        yield Finding("format", ".clang-format", 1, f"{TOOL} failed: {run.stderr.strip()}")
    seen = set()
    for path, line in re.findall(r"^(\S+?):(\d+):\d+: (?:warning|error):", run.stderr, re.M):
        path = os.path.normpath(path)
        if path not in seen:
            seen.add(path)
            yield Finding("format", path, int(line), f"run {TOOL} -i on it", path)
