# SPDX-License-Identifier: MPL-2.0
"""Every exported function and type is documented, whole; docs/rfc-map.md names what exists."""

import re

from source import Finding, strip_comments

PROTOTYPE = re.compile(r"^FLOE_AVAILABLE_IN_\w+\s+([^;{]*?)\b(floe_\w+) \(([^;]*)\)[^;()]*"
                       r"(?:G_GNUC_\w+(?: \([^)]*\))?)?\s*;", re.M)

TYPE = re.compile(r"^(?:G_DECLARE_\w+ \(|typedef (?:struct _)?)(Floe\w+)[, ][^\n]*$", re.M)
RFC_MAP = "docs/rfc-map.md"


def check(tree):
    blocks = find_blocks(tree)
    yield from check_types(tree)
    yield from check_rfc_map(tree)
    for path in tree.files("include"):
        code = strip_comments(tree.text(path))
        for match in PROTOTYPE.finditer(code):
            returned, name, parameters = match.groups()
            if name.endswith("_get_type"):
                continue
            line = code.count("\n", 0, match.start(2)) + 1
            for message in problems(blocks, name, returned, parameters):
                yield Finding("docs", path, line, f"{name}: {message}", name)


def check_types(tree):
    documented = set()
    for path in tree.files("src", "include"):
        documented.update(re.findall(r"/\*\*\n \* (Floe\w+):", tree.text(path)))
    for path in tree.files("include"):
        code = strip_comments(tree.text(path))
        for match in TYPE.finditer(code):
            if match.group(1) not in documented:
                yield Finding("docs", path, code.count("\n", 0, match.start(1)) + 1,
                              f"{match.group(1)}: the type has no documentation block",
                              match.group(1))


def check_rfc_map(tree):
    """Functions and tests that the map names in backticks must be there."""
    if RFC_MAP not in tree.paths:
        return
    code = "".join(tree.text(path) for path in tree.files("src"))
    tests = "".join(tree.text(path) for path in tree.files("tests"))
    for number, line in enumerate(tree.lines(RFC_MAP), 1):
        for name in re.findall(r"`([^`]+)`", line):
            test = re.fullmatch(r"([A-Z]\w+)\.([A-Z]\w+)", name)
            if test:
                is_there = re.search(rf"TEST(_[FP])? \({test.group(1)},\s+{test.group(2)}\)", tests)
            elif re.fullmatch(r"[a-z]\w+", name):
                is_there = re.search(rf"^{name} \(", code, re.M)
            else:
                is_there = name in tree.paths or not re.search(r"[./]\w+$", name)
            if not is_there:
                yield Finding("docs", RFC_MAP, number, f"there is no {name}", name)


def find_blocks(tree):
    """Name to text of each documentation block in a source file."""
    blocks = {}
    for path in tree.files("src", suffixes=(".c",)):
        for match in re.finditer(r"/\*\*\n \* (floe_\w+):.*?\n(.*?)\*/", tree.text(path), re.S):
            blocks[match.group(1)] = match.group(2)
    return blocks


def problems(blocks, name, returned, parameters):
    block = blocks.get(name)
    if block is None:
        yield "has no documentation block beside its definition"
        return
    names = parameter_names(parameters)
    for parameter in names:
        if not re.search(rf"^ \* @{parameter}:\s*\S", block, re.M):
            yield f"does not document @{parameter}"
    documented = re.findall(r"^ \* @(\w+):", block, re.M)
    for parameter in documented:
        if parameter not in names:
            yield f"documents @{parameter}, which it does not have"
    returns = re.search(r"^ \* Returns:\s*\S", block, re.M)
    if returned.strip() == "void" and returns:
        yield "documents what it returns and returns nothing"
    if returned.strip() != "void" and not returns:
        yield "does not say what it returns"
    if not re.search(r"^ \* Since: \d+\.\d+", block, re.M):
        yield "does not say since when"
    if "GError **" in parameters and not names_an_error(blocks, name):
        yield "takes a GError and names no FLOE_ERROR code"
    if not re.search(r"^ \* [A-Z][^\n]*", re.sub(r"^ \* (@|Returns:|Since:).*$", "", block,
                                                 flags=re.M), re.M):
        yield "says nothing"


def names_an_error(blocks, name):
    """A _finish function's errors may be told where the operation starts."""
    text = blocks[name] + blocks.get(re.sub(r"_finish$", "_async", name), "")
    return re.search(r"FLOE_ERROR_[A-Z]", text) is not None


def parameter_names(parameters):
    if parameters.strip() == "void":
        return []
    depth, current, split = 0, "", []
    for character in parameters + ",":
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            split.append(current)
            current = ""
        else:
            current += character
    return [parameter_name(one.strip()) for one in split]


def parameter_name(parameter):
    """The name in 'const char *name', 'guint8 name[]', 'void (*name) (int)' or '...'."""
    match = re.search(r"\(\*(\w+)\)", parameter) or re.search(r"(\w+)\s*(?:\[[^]]*\])?$", parameter)
    return match.group(1) if match else parameter
