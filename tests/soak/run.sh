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

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
seed=${SOAK_SEED:-1}

# soak PROGRAM OPTION...: one that ended badly without having said why has failed as well.
soak ()
{
    log=$(mktemp "$folder/XXXXXX")
    "$build/tests/soak/$@" > "$log" 2>&1
    status=$?
    cat "$log"
    if [ $status -ne 0 ] && ! grep -q '^not ok ' "$log"; then
        echo "not ok $*: ended with status $status"
    fi
}

# sees WHAT PROGRAM OPTION...: what is wrong on purpose must be seen, each in its place.
sees ()
{
    places=$1
    shift
    log=$(mktemp "$folder/XXXXXX")
    "$build/tests/soak/$@" > "$log" 2>&1
    for place in $places; do
        if grep -q "^not ok $place:" "$log"; then
            echo "ok $place-sees-what-is-wrong"
        else
            echo "not ok $place-sees-what-is-wrong: $* did not fail there"
            sed 's/^/# /' "$log"
        fi
    done
}

leaks="cycles-memory cycles-descriptors cycles-sources cycles-timers"

# Two programs at a time: each measures itself, and mostly waits.
quick ()
{
    {
        soak soak-crowd --pairs 30 --rounds 2
        soak soak-random --seconds 5 --seed "$seed"
        sees random-every-byte soak-random --seconds 2 --falsify
    } > "$folder/beside" &
    soak soak-cycles --cycles 60 --seed "$seed"
    soak soak-volume --megabytes 100
    sees "$leaks" soak-cycles --cycles 60 --leak
    wait
    cat "$folder/beside"
}

short ()
{
    soak soak-cycles --cycles 40 --seed "$seed"
    soak soak-crowd --pairs 8 --rounds 2
    soak soak-volume --megabytes 20
    soak soak-random --seconds 4 --seed "$seed"
}

full ()
{
    soak soak-cycles --cycles 1000 --seed "$seed"
    soak soak-crowd --pairs 200 --rounds 5
    soak soak-volume --megabytes 10000
    soak soak-random --seconds 600 --seed "$seed"
    sees "$leaks" soak-cycles --cycles 60 --leak
    sees random-every-byte soak-random --seconds 2 --falsify
}

$form | tee "$folder/all"
passed=$(grep -c '^ok ' "$folder/all")
failed=$(grep -c '^not ok ' "$folder/all")
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
