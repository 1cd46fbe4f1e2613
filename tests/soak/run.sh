#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Uses Floe for long, and looks at what is left: memory, descriptors, threads, timers.
#
#   sh tests/soak/run.sh [--build DIR] [--short | --full]
#
# --short is what a build with a sanitizer can do in a moment, --full takes the better part of an
# hour. Without --build it is done in build/check. SOAK_SEED chooses what chance begins with. The
# last line is 'N passed, N failed, N skipped'.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
build=$root/build/check
form=quick
while [ $# -gt 0 ]; do
    case $1 in
        --build) shift; build=${1:-} ;;
        --short) form=short ;;
        --full) form=full ;;
        *) sed -n '3,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
    shift
done
programs="soak-cycles soak-crowd soak-volume soak-random"
targets=
for program in $programs; do targets="$targets tests/soak/$program"; done
ninja -C "$build" $targets > /dev/null || { echo "not ok soak-build: see ninja -C $build"; exit 1; }

# What is in use is counted to the byte only when nobody keeps a store of free blocks. A critical is
# a bug of ours wherever it comes from.
export G_SLICE=always-malloc
export G_DEBUG=fatal-criticals
export GLIBC_TUNABLES=glibc.malloc.tcache_count=0

log=$(mktemp)
trap 'rm -f "$log"' EXIT
seed=${SOAK_SEED:-1}
passed=0
failed=0

# soak PROGRAM OPTION...: counts its lines; one more has failed when it ended without having said so.
soak ()
{
    "$build/tests/soak/$@" > "$log" 2>&1
    status=$?
    cat "$log"
    passed=$((passed + $(grep -c '^ok ' "$log")))
    now_failed=$(grep -c '^not ok ' "$log")
    if [ $status -ne 0 ] && [ "$now_failed" -eq 0 ]; then
        echo "not ok $*: ended with status $status"
        now_failed=1
    fi
    failed=$((failed + now_failed))
}

# sees WHAT PROGRAM OPTION...: what is wrong on purpose must be seen, each in its place.
sees ()
{
    places=$1
    shift
    "$build/tests/soak/$@" > "$log" 2>&1
    for place in $places; do
        if grep -q "^not ok $place:" "$log"; then
            echo "ok $place-sees-what-is-wrong"
            passed=$((passed + 1))
        else
            echo "not ok $place-sees-what-is-wrong: $* did not fail there"
            cat "$log"
            failed=$((failed + 1))
        fi
    done
}

leaks="cycles-memory cycles-descriptors cycles-sources cycles-timers"
case $form in
    short)
        soak soak-cycles --cycles 40 --seed "$seed"
        soak soak-crowd --pairs 8 --rounds 2
        soak soak-volume --megabytes 20
        soak soak-random --seconds 4 --seed "$seed" ;;
    quick)
        soak soak-cycles --cycles 60 --seed "$seed"
        soak soak-crowd --pairs 40 --rounds 3
        soak soak-volume --megabytes 200
        soak soak-random --seconds 10 --seed "$seed"
        sees "$leaks" soak-cycles --cycles 60 --leak
        sees random-every-byte soak-random --seconds 2 --falsify ;;
    full)
        soak soak-cycles --cycles 1000 --seed "$seed"
        soak soak-crowd --pairs 200 --rounds 5
        soak soak-volume --megabytes 10000
        soak soak-random --seconds 600 --seed "$seed"
        sees "$leaks" soak-cycles --cycles 60 --leak
        sees random-every-byte soak-random --seconds 2 --falsify ;;
esac
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
