#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""Runs one lint over the tree: lint.py NAME [ROOT], for exports also LIBRARY GENERATED-HEADERS.

Ends with 0 when nothing was found, 1 when something was, 77 when the lint can't run here."""

import os
import sys

sys.dont_write_bytecode = True
import docs, exports, format, layers, sizes, tidy, wraps  # noqa: E401
from source import Finding, Tree

LINTS = {"docs": docs, "exports": exports, "format": format, "layers": layers, "sizes": sizes,
         "tidy": tidy, "wraps": wraps}
RULES = {
    "docs": {"docs"}, "exports": {"exports"}, "format": {"format"},
    "layers": {"layers", "third-party", "glib-only", "public-only"},
    "sizes": {"file-lines", "function-lines", "function-p95", "depth", "members"},
    "tidy": {"licence", "notes", "locks", "sleep", "socket", "fuzz"}, "wraps": {"wraps"},
}
EXEMPTIONS = "tests/lint/exemptions.txt"


def read_exemptions(text, rules):
    """Lines of 'rule path subject -- reason' for the rules at hand; each must be of use."""
    exemptions, findings = {}, []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        what, _, reason = line.partition(" -- ")
        parts = what.split()
        if len(parts) != 3 or len(reason.strip()) < 10:
            findings.append(Finding("exemptions", EXEMPTIONS, number,
                                    "not 'rule path subject -- reason'"))
        elif parts[0] in rules:
            exemptions[tuple(parts)] = number
        elif not any(parts[0] in some for some in RULES.values()):
            findings.append(Finding("exemptions", EXEMPTIONS, number, f"no rule '{parts[0]}'"))
    return exemptions, findings


def run(name, root, *arguments):
    tree = Tree(root)
    found = list(LINTS[name].check(tree, *arguments))
    text = tree.text(EXEMPTIONS) if EXEMPTIONS in tree.paths else ""
    exemptions, findings = read_exemptions(text, RULES[name])
    used = set()
    for finding in found:
        key = (finding.rule, finding.path, str(finding.subject))
        if key in exemptions:
            used.add(key)
        else:
            findings.append(finding)
    findings += [Finding("exemptions", EXEMPTIONS, exemptions[key],
                         f"'{' '.join(key)}' exempts nothing any more: remove it")
                 for key in exemptions if key not in used]
    return findings


def main(arguments):
    if not arguments or arguments[0] not in LINTS:
        sys.exit(f"usage: lint.py {'|'.join(LINTS)} [ROOT [...]]")
    root = arguments[1] if len(arguments) > 1 else os.path.join(os.path.dirname(__file__), "../..")
    if arguments[0] == "format" and not format.is_available():
        print(f"{format.TOOL} is not installed")
        return 77
    findings = run(arguments[0], root, *arguments[2:])
    for finding in findings:
        print(finding)
    print(f"{arguments[0]}: {len(findings)} found")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
