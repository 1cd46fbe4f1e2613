# SPDX-License-Identifier: MPL-2.0
"""Sizes that tell early when something grows two subjects."""

import re

from source import Finding, functions

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60
MAX_P95_LINES = 45
MAX_DEPTH = 4
MAX_MEMBERS = 20


def check(tree):
    lengths = []
    for path in tree.files("src", "include", "samples", "tests"):
        yield from check_file(tree, path)
        for function in functions(tree.code(path)):
            yield from check_function(path, function)
            if not path.startswith("tests/") and not is_exempt(function):
                lengths.append(function.length)
        yield from check_structs(tree, path)
    yield from check_p95(lengths)


def is_exempt(function):
    return function.name.endswith("class_init")


def check_file(tree, path):
    count = len(tree.lines(path))
    if count > MAX_FILE_LINES:
        yield Finding("file-lines", path, 1, f"{count} lines, at most {MAX_FILE_LINES}: two "
                      "subjects?", path)


def check_function(path, function):
    if function.length > MAX_FUNCTION_LINES and not is_exempt(function):
        yield Finding("function-lines", path, function.line, f"{function.name} has "
                      f"{function.length} lines, at most {MAX_FUNCTION_LINES}", function.name)
    if function.depth > MAX_DEPTH:
        yield Finding("depth", path, function.line, f"{function.name} is {function.depth} levels "
                      f"deep, at most {MAX_DEPTH}", function.name)


def check_p95(lengths):
    if lengths:
        p95 = sorted(lengths)[int(len(lengths) * 0.95) if len(lengths) > 1 else 0]
        if p95 > MAX_P95_LINES:
            yield Finding("function-p95", "src", 1, f"one function in twenty has {p95} lines or "
                          f"more, at most {MAX_P95_LINES}", "src")


def check_structs(tree, path):
    code = tree.code(path)
    for match in re.finditer(r"^(?:typedef )?struct (_?Floe\w+)\s*\{(.*?)^\}", code, re.M | re.S):
        body = re.sub(r"\([^()]*\)", "", match.group(2))
        members = sum(1 + part.count(",") for part in body.split(";")
                      if re.search(r"\w", part) and "parent_instance" not in part
                      and not part.strip().startswith("}"))
        if members > MAX_MEMBERS:
            line = code.count("\n", 0, match.start()) + 1
            yield Finding("members", path, line, f"{match.group(1)} has {members} members, at "
                          f"most {MAX_MEMBERS}", match.group(1))
