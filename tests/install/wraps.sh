#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Builds Floe as on a machine that lacks the packages for which subprojects/ has wraps, although they
# are there: fetches their sources with git, builds all of it, and runs tests with it.
#
#   sh tests/install/wraps.sh [--keep]
#
# By hand only: it needs the network and ten minutes. --keep leaves the clone in which it works. The
# last line is 'N passed, N failed, N skipped'.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
keeps=false
case ${1:-} in
    '') ;;
    --keep) keeps=true ;;
    *) sed -n '3,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
work=$(mktemp -d "${TMPDIR:-/var/tmp}/floe-wraps.XXXXXX") || exit 1
trap '$keeps && echo "The clone is $work/floe" || rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
passed=0
failed=0

# attempt NAME COMMAND...
attempt ()
{
    name=$1
    shift
    if "$@" > "$work/output" 2>&1; then
        passed=$((passed + 1))
        echo "ok $name"
    else
        failed=$((failed + 1))
        echo "not ok $name:"
        tail -n 40 "$work/output" | sed 's/^/    /'
        return 1
    fi
}

# Those that [provide] names of all wraps, with commas between.
provided=$(awk '/^\[/ { names = /provide/; next } names && / = / { print $1 }' \
    "$root"/subprojects/*.wrap | paste -s -d ,)
build=$work/floe/build

configure ()
{
    meson setup "$build" "$work/floe" --force-fallback-for="$provided" --prefix "$work/prefix" \
        -Dsamples=false -Dintrospection=disabled -Dvapi=disabled
}

# The library was linked with what was fetched, and not with the packages.
is_linked_with_fallbacks ()
{
    ldd "$build"/src/libfloe-1.0.so.0 | tee "$work/ldd" | grep -E 'libnice|libusrsctp'
    [ "$(grep -c "$build/subprojects/" "$work/ldd")" = 2 ]
}

# Installed with what it needs, it is whole: another program finds all of that.
use_installed ()
{
    meson install -C "$build" --no-rebuild || return 1
    libdir=$(dirname "$(find "$work/prefix" -name libfloe-1.0.so)")
    PKG_CONFIG_PATH=$libdir/pkgconfig
    export PKG_CONFIG_PATH
    cc "$root/tests/install/hello.c" -o "$work/hello" $(pkg-config --cflags --libs floe-1.0) \
        && LD_LIBRARY_PATH=$libdir "$work/hello"
}

git clone --quiet --no-hardlinks "$root" "$work/floe" || exit 1
echo "   fallbacks for $provided"
if attempt "fetches and configures" configure && attempt "builds" ninja -C "$build"; then
    attempt "links what was fetched" is_linked_with_fallbacks
    attempt "exports nothing of it" meson test -C "$build" --no-rebuild abi
    for suite in unit integration; do
        attempt "passes the suite $suite" meson test -C "$build" --no-rebuild \
            --suite "floe:$suite" --print-errorlogs
    done
    attempt "installs, and a program uses it" use_installed
fi
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
