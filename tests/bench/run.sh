#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Measures Floe on this machine and prints a line for each bench.
#
#   sh tests/bench/run.sh [--build DIR] [--smoke]
#
# --smoke runs each bench for a moment, so that none can rot. Without --build a release build is
# made in build/bench. The last line is 'N passed, N failed, N skipped'.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
build=
is_smoke=false
while [ $# -gt 0 ]; do
    case $1 in
        --build) shift; build=${1:-} ;;
        --smoke) is_smoke=true ;;
        *) sed -n '3,8s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
    shift
done

if [ -z "$build" ]; then
    build=$root/build/bench
    [ -f "$build/build.ninja" ] || meson setup "$build" "$root" -Dbuildtype=release \
        -Dintrospection=disabled -Dvapi=disabled -Dsamples=false > /dev/null || exit 1
    ninja -C "$build" tests/bench/bench-connect tests/bench/bench-transfer > /dev/null || exit 1
fi

passed=0
failed=0
bench ()
{
    if timeout 120 "$build/tests/bench/$@"; then
        passed=$((passed + 1))
    else
        echo "not ok $*"
        failed=$((failed + 1))
    fi
}

if $is_smoke; then
    bench bench-connect 50
    bench bench-transfer 16
else
    echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
    for round in 1 2 3; do
        bench bench-connect 50
    done
    for size in 1024 16384 65536 262144; do
        bench bench-transfer 64 "$size"
    done
fi
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
