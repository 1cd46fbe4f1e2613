# SPDX-License-Identifier: MPL-2.0
"""What the lints know about the source tree: its files, its C without comments, its functions."""

import os
import re

SKIPPED_FOLDERS = {".git", "node_modules", "__pycache__", "corpus", "subprojects"}
C_SUFFIXES = (".c", ".h", ".cc")


class Finding:
    """One place that breaks one rule. `subject` is what an exemption may name: the file, or a
    function or type in it."""

    def __init__(self, rule, path, line, message, subject=None):
        self.rule, self.path, self.line, self.message = rule, path, line, message
        self.subject = subject

    def __str__(self):
        return f"{self.path}:{self.line}: [{self.rule}] {self.message}"


class Tree:
    """The files under `root`, by their path relative to it."""

    def __init__(self, root):
        self.root = root
        self._texts = {}
        self.paths = sorted(self._walk())

    def _walk(self):
        for folder, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS
                          and not re.match(r"_?build", name) and not name.startswith(".flatpak")]
            for name in names:
                yield os.path.relpath(os.path.join(folder, name), self.root)

    def files(self, *folders, suffixes=C_SUFFIXES):
        """Paths below one of `folders` that end in one of `suffixes`."""
        starts = tuple(folder + "/" for folder in folders)
        return [path for path in self.paths if path.startswith(starts) and path.endswith(suffixes)]

    def text(self, path):
        if path not in self._texts:
            with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as file:
                self._texts[path] = file.read()
        return self._texts[path]

    def lines(self, path):
        return self.text(path).splitlines()

    def code(self, path):
        return strip_comments(self.text(path))


def strip_comments(text):
    """C without comments and without what is in quotes; every line stays on its line."""
    # An #include keeps its quotes: they are its whole meaning.
    token = re.compile(r'^[ \t]*#[ \t]*include[^\n]*$|//[^\n]*|/\*.*?\*/'
                       r'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S | re.M)

    def blank(match):
        found = match.group(0)
        if found.lstrip().startswith("#"):
            return found
        kept = found[0] * 2 if found[0] in "\"'" else " "
        return kept + "\n" * found.count("\n")

    return token.sub(blank, text)


class Function:
    def __init__(self, name, line, body):
        self.name, self.line, self.body = name, line, body

    @property
    def length(self):
        """Lines from the one with the name to the closing brace."""
        return len(self.body)

    @property
    def depth(self):
        """Levels of blocks: 1 is the function's own. A block's brace has its line for itself."""
        depth = deepest = 0
        for line in self.body:
            if line.strip() == "{":
                depth += 1
                deepest = max(deepest, depth)
            elif re.match(r"\s*\}(?! *[,;)])", line) and depth > 0:
                depth -= 1
        return deepest


def functions(code):
    """The functions of a formatted C or C++ file: a name in the first column, and braces there."""
    lines = code.splitlines()
    index = 0
    while index < len(lines):
        match = re.match(r"([A-Za-z_]\w*) \(", lines[index])
        if not match or lines[index].rstrip().endswith(";"):
            index += 1
            continue
        start = index
        while index < len(lines) and lines[index] not in ("{", "}") \
                and not lines[index].rstrip().endswith(";"):
            index += 1
        if index >= len(lines) or lines[index] != "{":
            index += 1
            continue
        while index < len(lines) and lines[index] != "}":
            index += 1
        name = match.group(1)
        test = re.match(r"TEST(?:_[FP])? \((\w+), (\w+)\)", lines[start])
        if test:
            name = f"{test.group(1)}.{test.group(2)}"
        yield Function(name, start + 1, lines[start:index + 1])
        index += 1


def includes(code):
    """(line, delimiter, name) of every #include."""
    for number, line in enumerate(code.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match.group(1), match.group(2)
