#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Measures Floe and other WebRTC stacks in turn on this machine, and prints tables.
#
#   sh tests/bench/run.sh [--build DIR] [--smoke] [--output FOLDER] [--rounds N] [OPTION...]
#   sh tests/bench/run.sh --setup        installs the peers from npm and builds pion's; no more
#
# --smoke lets every stack that is installed work for a moment, so that none can rot: seconds in all.
# --output writes bench.md and bench.json into a folder. More options (--stacks, --measures, ...) are
# those of bench.py. Without --build a release build is made in build/bench; the peers in Go and
# JavaScript are made ready in ${XDG_CACHE_HOME:-~/.cache}/floe-bench. docs/benchmark.md tells what
# the figures mean. The last line is 'N passed, N failed, N skipped'.
#
# Everything happens in a namespace of its own (tests/namespace.sh).
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/floe-bench
programs="tests/bench/floe-bench-peer"
build=
output=

usage ()
{
    sed -n '3,14s/^# \{0,1\}//p' "$here/run.sh" >&2
    exit 2
}

absolute ()
{
    case $1 in
        /*) printf '%s\n' "$1" ;;
        *) printf '%s\n' "$PWD/$1" ;;
    esac
}

# GOPATH mode takes the libraries as Debian packages them and never asks the network.
build_pion ()
{
    program=$cache/pion-bench-peer
    [ -d /usr/share/gocode/src/github.com/pion/webrtc ] && command -v go > /dev/null || return 0
    newer=$(find "$here/peers/pion" -name '*.go' -newer "$program" 2> /dev/null) \
        && [ -z "$newer" ] && return 0
    mkdir -p "$cache"
    version=$(dpkg-query -W -f='${Version}' golang-github-pion-webrtc.v3-dev 2> /dev/null) || version=3
    (cd "$here/peers/pion" \
        && GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS='' GOPROXY=off \
            GOCACHE="$cache/go-build" go build -p 2 -ldflags "-X main.version=$version" \
            -o "$program.new" .) \
        > "$cache/pion-build.log" 2>&1 \
        && mv "$program.new" "$program" \
        || { rm -f "$program"; cat "$cache/pion-build.log" >&2; }
}

# webrtcbin's peer is there where its headers are.
build_floe ()
{
    if [ ! -f "$build/build.ninja" ]; then
        meson setup "$build" "$root" -Dbuildtype=release -Dintrospection=disabled -Dvapi=disabled \
            -Dsamples=false > /dev/null || exit 1
    fi
    ninja -C "$build" build.ninja > /dev/null || exit 1
    if ninja -C "$build" -t targets all | grep -q '^tests/bench/webrtcbin-bench-peer:'; then
        programs="$programs tests/bench/webrtcbin-bench-peer"
    fi
    # shellcheck disable=SC2086 # a list
    ninja -C "$build" $programs > "$build/bench.log" 2>&1 || { cat "$build/bench.log" >&2; exit 1; }
}

setup ()
{
    sh "$here/peers/install.sh" || echo "bench: the peers from npm could not be installed" >&2
    build_pion
}

is_smoke=false
count=$#
while [ "$count" -gt 0 ]; do
    case $1 in
        --build) [ "$count" -gt 1 ] || usage; build=$(absolute "$2"); shift 2; count=$((count - 2)) ;;
        --output) [ "$count" -gt 1 ] || usage; output=$(absolute "$2"); shift 2; count=$((count - 2)) ;;
        --setup) setup; exit 0 ;;
        --smoke) is_smoke=true; set -- "$@" "$1"; shift; count=$((count - 1)) ;;
        -h | --help) usage ;;
        *) set -- "$@" "$1"; shift; count=$((count - 1)) ;;
    esac
done

[ -n "$build" ] || build=$root/build/bench
build_floe
# The smoke run takes what is there, and asks no registry.
if $is_smoke; then
    build_pion
else
    setup
fi
if [ -n "$output" ]; then
    mkdir -p "$output" || exit 1
    set -- --table "$output/bench.md" --json "$output/bench.json" "$@"
fi
exec sh "$root/tests/namespace.sh" /usr/bin/python3 "$here/bench.py" --build "$build" \
    --cache "$cache" "$@"
