# SPDX-License-Identifier: MPL-2.0
"""Who may include what: docs/architecture.md, rules 2 to 4."""

import os
import re

from source import Finding, includes

RANKS = {}
for rank, names in enumerate(["base", "sdp stun stats", "tunnel mdns",
                              "jsep ice dtls sctp rtp nat portmap",
                              "channel media strategy", "traverse", "stack", "peer"]):
    for name in names.split():
        RANKS[name] = rank

# A third-party library's headers, and the folders that may include them.
THIRD_PARTY = [
    (r"nice/|nice\.h|agent\.h|stun/", {"ice"}, "libnice"),
    (r"openssl/(evp|hmac|sha|md5|crypto|params|core_names)\.h", {"dtls", "base", "stun"}, "OpenSSL's hashes"),
    (r"openssl/(?!(evp|hmac|sha|md5|crypto|params|core_names)\.h)", {"dtls"}, "OpenSSL"),
    (r"usrsctp", {"sctp"}, "usrsctp"),
    (r"srtp2?/|srtp\.h", {"rtp"}, "libsrtp2"),
]
GLIB_ONLY = re.compile(r"-(codec|core)(-[a-z0-9-]+)?(-private)?\.[ch]$")
GLIB_HEADERS = re.compile(r"(glib|glib-object|gobject/[\w-]+|glib/[\w-]+)\.h$")


def check(tree):
    folders = {os.path.basename(path): path.split("/")[1]
               for path in tree.files("src") if path.count("/") == 2}
    for path in tree.files("src", "include"):
        yield from check_third_party(tree, path)
    for path in tree.files("src"):
        if path.count("/") == 2:
            yield from check_ranks(tree, path, path.split("/")[1], folders)
            yield from check_glib_only(tree, path)
    for path in tree.files("tests/unit", "tests/integration", "samples"):
        yield from check_user(tree, path, folders)


def layer_of(name, folders):
    """The layer that a header of ours belongs to, or None: a public header's is its .c file's."""
    base = os.path.basename(name)
    return folders.get(base) or folders.get(base.replace(".h", ".c"))


def check_ranks(tree, path, layer, folders, rule="layers"):
    if layer not in RANKS:
        yield Finding(rule, path, 1, f"'{layer}' is no layer of docs/architecture.md", layer)
        return
    for line, _, name in includes(tree.code(path)):
        other = layer_of(name, folders)
        if other is None or other == layer or other not in RANKS:
            continue
        if RANKS[other] >= RANKS[layer]:
            yield Finding(rule, path, line, f"{layer} includes {name} of {other}: includes go "
                          "downwards only", name)


def check_third_party(tree, path, rule="third-party"):
    layer = path.split("/")[1]
    for line, _, name in includes(tree.code(path)):
        for pattern, allowed, library in THIRD_PARTY:
            if re.match(pattern, name) and layer not in allowed:
                yield Finding(rule, path, line, f"{name}: {library} belongs to "
                              f"{', '.join(sorted(allowed))} only", name)


def check_glib_only(tree, path):
    """A core or codec reaches neither GIO nor a third-party library, not by way of ours either."""
    if not GLIB_ONLY.search(path):
        return
    seen, waiting = set(), [path]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        for line, quote, name in includes(tree.code(current)):
            found = [p for p in tree.paths if os.path.basename(p) == os.path.basename(name)
                     and p.startswith(("src/", "include/"))] if "floe" in name else []
            waiting += found
            if found or "floe" in name:
                continue
            if quote == '"' or name.startswith(("gio/", "openssl/", "nice/", "usrsctp", "srtp",
                                                "sys/socket", "netinet/", "net/")):
                by = "" if current == path else f" by way of {current}"
                yield Finding("glib-only", path, line if current == path else 1,
                              f"a core or codec includes {name}{by}: GLib only", name)


def check_user(tree, path, folders):
    """Samples and tests of the public API see what applications see."""
    parts = path.split("/")
    inner = parts[2] if parts[0] == "tests" and len(parts) > 3 else None
    if parts[1] == "unit" and inner in RANKS:
        yield from check_ranks(tree, path, inner, folders)
        return
    if parts[1] == "unit" or (parts[1] == "integration" and inner in RANKS and inner != "peer"):
        return
    for line, _, name in includes(tree.code(path)):
        if "floe" not in name or name == "floe/floe.h":
            continue
        if name.startswith("floe/") or name.endswith("-private.h"):
            yield Finding("public-only", path, line, f"{name}: only <floe/floe.h> is public", name)
