# SPDX-License-Identifier: MPL-2.0
"""The fallbacks in subprojects/ are released versions by name, and a meson.build asks for them."""

import configparser
import os
import re

from source import Finding

FOLDER = "subprojects"
KEYS = {"url", "revision", "depth", "patch_directory"}
# A tag with a whole version number, or a whole commit: no branch, which is another thing tomorrow.
RELEASE = re.compile(r"(?:[a-z]+-)?v?(\d+(?:\.\d+)+)$")
COMMIT = re.compile(r"[0-9a-f]{40}$")


def check(tree):
    folder = os.path.join(tree.root, FOLDER)
    asked = asked_for(tree)
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if name.endswith(".wrap"):
            path = f"{FOLDER}/{name}"
            for message in check_wrap(os.path.join(folder, name), folder, asked):
                yield Finding("wraps", path, 1, message, name)


def asked_for(tree):
    """The names in all calls of dependency ()."""
    return {name for path in tree.paths if os.path.basename(path) == "meson.build"
            for name in re.findall(r"\bdependency\('([^']+)'", tree.text(path))}


def check_wrap(path, folder, asked):
    wrap = configparser.ConfigParser(interpolation=None)
    try:
        wrap.read(path, encoding="utf-8")
    except configparser.Error as error:
        yield f"is no wrap file: {error}"
        return
    if wrap.sections() != ["wrap-git", "provide"]:
        yield "has other sections than [wrap-git] and [provide]"
        return
    values = wrap["wrap-git"]
    for key in sorted(set(values) - KEYS):
        yield f"has the key {key}, which nobody has thought about"
    if not re.match(r"https://[a-z0-9.]+\.[a-z]+/[\w./-]+$", values.get("url", "")):
        yield "has no https address of a public host"
    revision = values.get("revision", "")
    release = RELEASE.match(revision)
    if release is None and not COMMIT.match(revision):
        yield f"'{revision}' is neither a release nor a whole commit"
    if values.get("depth") != "1":
        yield "fetches all history: depth = 1"
    for name in wrap["provide"]:
        if name not in asked:
            yield f"provides {name}, for which no meson.build asks"
    if "patch_directory" in values:
        build = os.path.join(folder, "packagefiles", values["patch_directory"], "meson.build")
        yield from check_patch(build, wrap["provide"].values(), release)


def check_patch(path, variables, release):
    """Where upstream has no meson.build, ours defines what the wrap provides."""
    if not os.path.isfile(path):
        yield "has no meson.build in its patch_directory"
        return
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for variable in variables:
        if not re.search(rf"^{re.escape(variable)} = ", text, re.M):
            yield f"provides {variable}, which its meson.build does not define"
    if release is not None and f"version: '{release.group(1)}'" not in text:
        yield f"is release {release.group(1)}, and its meson.build says another version"
