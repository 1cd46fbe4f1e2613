#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Lets libFuzzer work on every target for a while, starting from its seeds.
#
#   sh tests/fuzz/run.sh --build DIRECTORY [--seconds N]
#
# What it finds on the way is kept in DIRECTORY/corpus, an input that breaks something in
# DIRECTORY/found. The last line is 'N passed, N failed, N skipped'.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
build=
seconds=10
while [ $# -gt 1 ]; do
    case $1 in
        --build) build=$2 ;;
        --seconds) seconds=$2 ;;
        *) break ;;
    esac
    shift 2
done
[ $# = 0 ] && [ -d "$build" ] || { sed -n '3,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
mkdir -p "$build/found"

# run_target PROGRAM NAME: leaves a file NAME.ok when nothing broke.
run_target ()
{
    mkdir -p "$build/corpus/$2"
    words=
    [ ! -f "$here/dictionaries/$2.dict" ] || words=-dict=$here/dictionaries/$2.dict
    "$1" ${words:+"$words"} -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$build/found/$2-" "$build/corpus/$2" "$here/corpus/$2" \
        > "$build/found/$2.log" 2>&1 && : > "$build/found/$2.ok"
}

set -- "$here"/fuzz-*.c
names=
for source in "$@"; do
    name=$(basename "$source" .c)
    names="$names ${name#fuzz-}"
done
rm -f "$build"/found/*.ok

# Two at a time.
set -- $names
while [ $# -gt 0 ]; do
    run_target "$build/tests/fuzz/fuzz-$1" "$1" &
    [ $# -lt 2 ] || run_target "$build/tests/fuzz/fuzz-$2" "$2" &
    wait
    shift
    [ $# = 0 ] || shift
done

passed=0
failed=0
for name in $names; do
    if [ -f "$build/found/$name.ok" ]; then
        passed=$((passed + 1))
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/found/$name.log")
        echo "fuzz-$name: ${runs:-?} inputs"
    else
        failed=$((failed + 1))
        echo "failed: fuzz-$name"
        tail -n 40 "$build/found/$name.log"
    fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
