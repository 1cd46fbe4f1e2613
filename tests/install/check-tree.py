#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""Looks at an installation below its prefix, and prints what is wrong with it, a line each.

    check-tree.py CHECK ROOT PREFIX OPTIONS      CHECK: files, links, modes or traces

ROOT is what stands before PREFIX, or the installation itself with / for PREFIX; OPTIONS is the build's answer to 'meson introspect
--buildoptions'. Ends with 0 when there was nothing to print."""

import fnmatch
import json
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
GENERATED_HEADERS = {"floe-enum-types.h", "floe-version.h"}
ELF_MAGIC = (b"\x7fELF", b"!<arch>\n")


class Installation:
    def __init__(self, root, prefix, options):
        self.root = pathlib.Path(root)
        self.top = self.root / prefix.lstrip("/")
        self.options = {one["name"]: one["value"]
                        for one in json.loads(pathlib.Path(options).read_text("utf-8"))}
        self.paths = sorted(path for path in self.root.rglob("*")
                            if path.is_symlink() or not path.is_dir())
        self.names = [str(path.relative_to(self.top)) for path in self.paths
                      if path.is_relative_to(self.top)]

    def wants(self, group):
        """True, False, or None where the build decided by what it found."""
        if group == "library":
            return True
        if group == "static":
            return self.options["default_library"] == "both"
        value = self.options[group]
        return value if isinstance(value, bool) else {"enabled": True, "disabled": False}.get(value)

    def binaries(self):
        for path in self.paths:
            if not path.is_symlink():
                with path.open("rb") as file:
                    if file.read(8).startswith(ELF_MAGIC):
                        yield path


def read_patterns(libdir):
    groups = {}
    for line in (SOURCE / "tests/install/files.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            group, pattern = line.split()
            groups.setdefault(group, []).append(pattern.replace("LIBDIR", libdir))
    headers = {path.name for path in (SOURCE / "include/floe").glob("*.h")} | GENERATED_HEADERS
    groups["library"] += [f"include/floe-1.0/floe/{name}" for name in headers]
    return groups


def check_files(tree):
    """Each file that should be there is, and no other one, also not outside the prefix."""
    allowed = []
    for group, patterns in sorted(read_patterns(tree.options["libdir"]).items()):
        missing = [one for one in patterns if not fnmatch.filter(tree.names, one)]
        wanted = tree.wants(group)
        if wanted is None:
            wanted = len(missing) < len(patterns)
        if wanted:
            allowed += patterns
            yield from (f"missing of {group}: {one}" for one in missing)
    for name in tree.names:
        if not any(fnmatch.fnmatch(name, pattern) for pattern in allowed):
            yield f"should not be there: {name}"
    for path in tree.paths:
        if not path.is_relative_to(tree.top):
            yield f"outside the prefix: {path}"


def check_links(tree):
    """Programs that were linked against libfloe-1.0.so ask for a version that stays compatible."""
    libdir = tree.top / tree.options["libdir"]
    for name, target in (("libfloe-1.0.so", "libfloe-1.0.so.0"),
                         ("libfloe-1.0.so.0", "libfloe-1.0.so.0.1.0")):
        link = libdir / name
        if not link.is_symlink() or str(link.readlink()) != target:
            yield f"{name} should be a link to {target}"
    for path in tree.binaries():
        dynamic = subprocess.run(["readelf", "-d", path], text=True, check=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        if re.search(r"\((RPATH|RUNPATH)\)", dynamic):
            yield f"{path.name} has an RPATH or RUNPATH"
        if path.parent == libdir and path.name.startswith("libfloe-1.0.so") \
                and "soname: [libfloe-1.0.so.0]" not in dynamic:
            yield f"{path.name} has another soname than libfloe-1.0.so.0"


def check_modes(tree):
    for path in tree.paths:
        if path.is_symlink():
            continue
        mode = path.stat().st_mode & 0o7777
        runs = path.parent.name == "bin" or path.name == "lab-router"
        if path.suffix in (".h", ".pc", ".gir", ".vapi", ".1") and mode != 0o644:
            yield f"{path.name} has the mode {mode:o}"
        if runs and mode != 0o755:
            yield f"{path.name} is a program with the mode {mode:o}"


def check_traces(tree):
    """No file tells where Floe was built: debugging information does, and packagers take it out."""
    binaries = set(tree.binaries())
    forbidden = {str(SOURCE).encode()}
    if tree.root != tree.top:
        forbidden.add(str(tree.root).encode())
    with tempfile.TemporaryDirectory() as folder:
        for path in tree.paths:
            if path.is_symlink():
                continue
            data = path
            if path in binaries:
                data = pathlib.Path(folder) / "stripped"
                subprocess.run(["objcopy", "--strip-debug", path, data], check=True)
            content = data.read_bytes()
            for one in forbidden:
                if one in content:
                    yield f"{path.name} has the path {one.decode()} in it"


CHECKS = {"files": check_files, "links": check_links, "modes": check_modes, "traces": check_traces}


def main(arguments):
    if len(arguments) != 4 or arguments[0] not in CHECKS:
        print(__doc__, file=sys.stderr)
        return 2
    found = list(CHECKS[arguments[0]](Installation(*arguments[1:])))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
