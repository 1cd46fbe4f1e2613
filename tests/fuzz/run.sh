#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Lets libFuzzer work on every target for a while, starting from its seeds.
#
#   sh tests/fuzz/run.sh --build DIRECTORY [--seconds N] [--jobs N] [--seed N] [--only NAME]
#                        [--background]
#
# --seconds: for each target; 10 if not given. --jobs: targets side by side; as many as there are
# processors if not given. --seed: what chance begins with; without it each run goes other ways.
# --background, which more jobs than processors imply: only what others
# leave of the processors. What is found on the way is kept in DIRECTORY/corpus, an input that
# breaks something in DIRECTORY/found, beside the target's log. Each target has a line 'ok NAME: …'
# or 'not ok NAME: …', the latter with the log under it and once more at the end. The last line is
# 'N passed, N failed, N skipped'.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
processors=$(getconf _NPROCESSORS_ONLN 2> /dev/null || echo 1)

usage ()
{
    sed -n '3,15s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

is_number ()
{
    case $1 in '' | *[!0-9]* | 0*) return 1 ;; esac
}

build=
seconds=10
jobs=$processors
seed=
only=
is_background=false
is_child=false
while [ $# -gt 0 ]; do
    case $1 in
        --background) is_background=true; shift; continue ;;
        --child) is_child=true; shift; continue ;; # this script calls itself with it
    esac
    [ $# -gt 1 ] || usage
    case $1 in
        --build) build=$2 ;;
        --seconds) seconds=$2 ;;
        --jobs) jobs=$2 ;;
        --seed) seed=$2 ;;
        --only) only=$2 ;;
        *) usage ;;
    esac
    shift 2
done
[ -d "$build" ] || usage
is_number "$seconds" || usage
is_number "$jobs" || usage
[ -z "$seed" ] || is_number "$seed" || usage
build=$(CDPATH='' cd -- "$build" && pwd)
found=$build/found

# Once more in a session of its own: its processes can be ended together, and the scheduler goes by
# sessions first where autogroup is on.
if ! $is_child; then
    [ "$jobs" -le "$processors" ] || is_background=true
    background=
    ! $is_background || background=--background
    setsid sh "$0" --child --build "$build" --seconds "$seconds" --jobs "$jobs" \
        ${seed:+--seed "$seed"} ${only:+--only "$only"} ${background:+"$background"} &
    child=$!
    trap 'kill -s TERM -- "-$child" 2> /dev/null; exit 130' HUP INT TERM
    wait "$child"
    exit
fi
lowly=
if $is_background; then
    { echo 19 > /proc/self/autogroup; } 2> /dev/null || :
    ! command -v chrt > /dev/null || lowly='chrt --idle 0'
    lowly="$lowly nice -n 19"
fi

# run_target NAME: leaves its exit status in NAME.status.
#
# -timeout is for what waits for ever: processor-limit.c sees to what works for ever.
run_target ()
{
    mkdir -p "$build/corpus/$1"
    # shellcheck disable=SC2086 # a command and its arguments
    $lowly "$build/tests/fuzz/fuzz-$1" "-dict=$here/dictionaries/$1.dict" \
        "-max_total_time=$seconds" -timeout=300 -rss_limit_mb=2048 -print_final_stats=1 \
        ${seed:+"-seed=$seed"} "-artifact_prefix=$found/$1-" "$build/corpus/$1" "$here/corpus/$1" > "$found/$1.log" 2>&1
    echo $? > "$found/$1.status"
}

# run_share FIRST: every N-th target, from there on.
run_share ()
{
    index=0
    for name in $names; do
        [ $((index % jobs)) != "$1" ] || run_target "$name"
        index=$((index + 1))
    done
}

# statistic NAME KEY: the last value behind "KEY: " in the log.
statistic ()
{
    sed -n "s/.*$2: *\([0-9][0-9]*\).*/\1/p" "$found/$1.log" | tail -n 1
}

# why NAME: what the log of a target that failed says first.
why ()
{
    reason=$(grep -a -m 1 -E 'ERROR:|runtime error:|error while loading|not found' "$found/$1.log")
    echo "${reason:-it ended with status $(cat "$found/$1.status" 2> /dev/null || echo unknown)}"
}

# show_failure NAME: the log from where it went wrong, without the rows of libFuzzer's progress, and
# the input itself if it is small: a log may be all that is left.
show_failure ()
{
    grep -a -v -E '^#[0-9]+[[:space:]]+(INITED|NEW|REDUCE|RELOAD|pulse|DONE)|^stat::|^\"' \
        "$found/$1.log" | tail -n 60 | sed 's/^/    /'
    for input in "$found/$1"-crash-* "$found/$1"-leak-* "$found/$1"-timeout-* "$found/$1"-oom-*; do
        [ -f "$input" ] || continue
        echo "    input: $input"
        [ "$(wc -c < "$input")" -gt 2048 ] || base64 "$input" | sed 's/^/    base64: /'
    done
}

mkdir -p "$found"
rm -f "$found"/*.status "$found"/*.log
names=
for source in "$here"/fuzz-*.c; do
    name=$(basename "$source" .c)
    name=${name#fuzz-}
    case $name in *"$only"*) names="$names $name" ;; esac
done

trap 'trap - TERM; kill -s TERM 0; exit 130' HUP INT TERM
share=0
while [ "$share" -lt "$jobs" ]; do
    run_share "$share" &
    share=$((share + 1))
done
wait

passed=0
failed=0
failures=
for name in $names; do
    if [ "$(cat "$found/$name.status" 2> /dev/null)" = 0 ]; then
        passed=$((passed + 1))
        echo "ok fuzz-$name: $(statistic "$name" stat::number_of_executed_units) inputs," \
             "cov $(statistic "$name" cov), ft $(statistic "$name" ft)"
    else
        failed=$((failed + 1))
        failures="$failures $name"
        echo "not ok fuzz-$name: $(why "$name")"
        show_failure "$name"
    fi
done
for name in $failures; do
    echo "failed: fuzz-$name: $(why "$name")"
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
