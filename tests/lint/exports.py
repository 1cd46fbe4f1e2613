# SPDX-License-Identifier: MPL-2.0
"""The shared library exports what the public headers declare, no more and no less."""

import os
import re
import subprocess

from source import Finding, strip_comments

# What the linker itself defines.
LINKER_SYMBOLS = {"_init", "_fini", "__bss_start", "_edata", "_end"}


def check(tree, library, generated):
    """`generated`: a folder with the headers that the build writes."""
    declared = declared_symbols([tree.text(path) for path in tree.files("include")]
                                + [read(os.path.join(generated, name))
                                   for name in sorted(os.listdir(generated))
                                   if name.endswith(".h")])
    exported = exported_symbols(library)
    for name in sorted(declared - exported):
        yield Finding("exports", "include", 1, f"{name} is declared and not exported", name)
    for name in sorted(exported - declared):
        yield Finding("exports", "src", 1, f"{name} is exported and not declared", name)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def declared_symbols(headers):
    names = set()
    for header in headers:
        code = strip_comments(header)
        for match in re.finditer(r"^FLOE_AVAILABLE_IN_\w+\s+(?!G_DECLARE)[^;{(]*?\b(floe_\w+) ?\(",
                                 code, re.M):
            names.add(match.group(1))
        for match in re.finditer(r"^FLOE_AVAILABLE_IN_\w+\s+G_DECLARE_\w+ \(\w+,\s*(\w+),", code,
                                 re.M):
            names.add(match.group(1) + "_get_type")
    return names


def exported_symbols(library):
    run = subprocess.run(["nm", "-D", "--defined-only", library], text=True, check=True,
                         stdout=subprocess.PIPE)
    names = {line.split()[-1].split("@")[0] for line in run.stdout.splitlines() if line.strip()}
    return {name for name in names - LINKER_SYMBOLS if not name.startswith("__")}
