# SPDX-License-Identifier: MPL-2.0
# How tests/check.sh runs suites: counting, building, and lanes, which are processes that do one job
# after the other, side by side. A job is a suite or, as build:NAME, a build. What a suite says is in
# $logs/NAME.section, and when it is over $logs/NAME.result has its counts and seconds; a lane that
# ends without leaving them has lost a suite, which is a failure.

idle_pid=${FLOE_CHECK_IDLE:-}
lane_pids=

# add PASSED FAILED SKIPPED: to the suite.
add ()
{
    set -- $suite_counts "$@"
    suite_counts="$(($1 + $4)) $(($2 + $5)) $(($3 + $6))"
}

failed_so_far ()
{
    set -- $suite_counts
    echo "$2"
}

# fail WHAT: one failure that no test of its own reports.
fail ()
{
    echo "  failed: $1 (see $suite_log)"
    tail -n 25 "$suite_log" | sed 's/^/    | /'
    add 0 1 0
}

# add_summary FILE: what its last line of 'N passed, N failed, N skipped' says; false without one.
add_summary ()
{
    summary=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' "$1" \
        | tail -n 1)
    [ -n "$summary" ] && add $summary
}

# run_suite NAME: its section goes to standard output. Only in a process of its own.
run_suite ()
{
    suite=$1
    suite_log=$logs/$1.log
    suite_counts="0 0 0"
    suite_started=$(date +%s)
    : > "$suite_log"
    printf '\n== %s: ' "$suite"
    "suite_$suite" 2>> "$suite_log"
    [ "$suite_counts" != "0 0 0" ] || fail "nothing was tested"
    set -- $suite_counts $(($(date +%s) - suite_started))
    echo "   $1 passed, $2 failed, $3 skipped in $4 s"
    echo "$*" > "$logs/$suite.result.new" && mv "$logs/$suite.result.new" "$logs/$suite.result"
}

# collect NAME: adds the counts of a suite that is over to the sum.
collect ()
{
    result=$(cat "$logs/$1.result" 2> /dev/null)
    name=$1
    set -- $result
    if [ $# != 4 ]; then
        echo "  failed: the suite $name broke off (see $logs/$name.log)"
        set -- 0 1 0 -
    fi
    passed=$((passed + $1))
    failed=$((failed + $2))
    skipped=$((skipped + $3))
    echo "| $name | $1 | $2 | $3 | $4 |" >> "$logs/rows"
}

# configure_and_build NAME TARGETS-OR-ALL OPTION...: configures build/NAME once and builds.
configure_and_build ()
{
    build_dir=$root/build/$1
    wanted=$2
    shift 2
    [ "$wanted" != all ] || wanted=
    if [ ! -f "$build_dir/build.ninja" ]; then
        echo "   building ${build_dir#"$root/"} for the first time: this takes minutes"
        rm -rf "$build_dir"
        meson setup "$build_dir" --werror "$@" >> "$suite_log" 2>&1 || return 1
    fi
    ninja -C "$build_dir" $wanted >> "$suite_log" 2>&1
}

# run_build NAME: the job, for all suites of all lanes that will ask for it.
run_build ()
{
    suite_log=$logs/build-$1.log
    : > "$suite_log"
    status=0
    ("build_$1") || status=$?
    echo "$status" > "$logs/build-$1.status.new"
    mv "$logs/build-$1.status.new" "$logs/build-$1.status"
}

# need BUILD: has it built, or waits until the lane that does so is through; false if it fails.
need ()
{
    if ! $is_lane; then
        "build_$1"
        return
    fi
    while [ ! -f "$logs/build-$1.status" ] && is_alive "$idle_pid"; do
        sleep 0.2
    done
    cat "$logs/build-$1.log" >> "$suite_log" 2> /dev/null
    [ "$(cat "$logs/build-$1.status" 2> /dev/null)" = 0 ]
}

# run_meson DIRECTORY LOGBASE TEST-OR-SUITE...
run_meson ()
{
    build_dir=$root/build/$1
    log_base=$2
    shift 2
    rm -f "$build_dir/meson-logs/$log_base.json"
    # What is beside it, or a slow machine, makes a test late; one that hangs is seen all the same.
    meson test -C "$build_dir" --no-rebuild --print-errorlogs --logbase "$log_base" \
        --timeout-multiplier 4 "$@" >> "$suite_log" 2>&1 || tail -n 60 "$suite_log" | sed 's/^/    | /'
    /usr/bin/python3 tests/count-results.py "$build_dir/meson-logs/$log_base.json" \
        > "$logs/$log_base.counts" 2>&1
    sed '$d' "$logs/$log_base.counts"
    add_summary "$logs/$log_base.counts" || fail "no count of $log_base"
}

# run_script LABEL COMMAND...: a suite that is a program, with the summary as its last line.
run_script ()
{
    label=$1
    output=$logs/$(echo "$label" | tr ' /' '--').out
    shift
    "$@" < /dev/null > "$output" 2>&1
    status=$?
    cat "$output" >> "$suite_log"
    before=$(failed_so_far)
    if ! add_summary "$output"; then
        fail "$label ended with status $status and no summary"
        return
    fi
    grep -i '^ *skip' "$output"
    if [ "$(failed_so_far)" != "$before" ]; then
        awk '/^(not ok|failed)/ { shown = 40 } /^(ok|skip|fuzz-)/ { shown = 0 } shown-- > 0' "$output" \
            | head -n 200 | sed 's/^/    | /'
        tail -n 15 "$output" | sed 's/^/    | /'
    elif [ "$status" != 0 ]; then
        fail "$label ended with status $status"
    fi
}

# is_alive PID: whether that process runs; one that has ended and was not waited for does not.
is_alive ()
{
    case $(sed 's/.*) //' "/proc/${1:-none}/stat" 2> /dev/null) in
        '' | [ZX]*) return 1 ;;
    esac
}

# Takes only what others leave of the processors. Where autogroup is on, the scheduler goes by
# sessions first, and this is one.
become_idle ()
{
    { echo 19 > /proc/self/autogroup; } 2> /dev/null
    chrt --idle --pid 0 $$ > /dev/null 2>&1 || renice -n 19 -p $$ > /dev/null 2>&1
}

# run_lane KIND JOB...: all that a lane does.
run_lane ()
{
    [ "$1" != idle ] || become_idle
    shift
    for job in "$@"; do
        is_alive "$FLOE_CHECK_MAIN" || exit 1
        case $job in
            build:*) run_build "${job#build:}" ;;
            *) (run_suite "$job") > "$logs/$job.section" 2>&1 ;;
        esac
    done
}

# start_lane KIND JOB...: `idle` takes only what others leave of the processors. The others wait for
# its builds, so it has to be the first.
start_lane ()
{
    FLOE_CHECK_MAIN=$$ FLOE_CHECK_IDLE=$idle_pid setsid sh "$root/tests/check.sh" \
        $($is_full && echo --full) $($may_install || echo --no-install) --lane "$@" \
        < /dev/null > "$logs/lane-$1.log" 2>&1 &
    lane_pids="$lane_pids $!"
    [ "$1" != idle ] || idle_pid=$!
    shift
    for job in "$@"; do
        case $job in build:*) ;; *) eval "lane_of_$job=$!" ;; esac
    done
}

# show SUITE...: prints their sections in this order, as soon as they are there.
show ()
{
    for name in "$@"; do
        eval "lane=\${lane_of_$name:-}"
        # A result may come between the two looks.
        while [ ! -f "$logs/$name.result" ] && is_alive "$lane"; do
            sleep 0.2
        done
        cat "$logs/$name.section" 2> /dev/null || printf '\n== %s\n' "$name"
        collect "$name"
    done
}

# run_plan TEXT: a line is a lane and its jobs, or `show` and the suites to wait for, or `build` and
# what is built before all else, with all processors.
run_plan ()
{
    rm -f "$logs"/*.result "$logs"/*.section "$logs"/build-*.status
    while read -r word jobs; do
        case $word in
            '') ;;
            build) for name in $jobs; do run_build "$name"; done ;;
            show) show $jobs ;;
            *) start_lane "$word" $jobs ;;
        esac
    done << END
$1
END
}

# What runs gets the chance to clean up after itself.
stop_lanes ()
{
    trap '' INT TERM HUP
    left=
    for pid in $lane_pids; do
        kill -s TERM -- "-$pid" 2> /dev/null && left="$left $pid"
    done
    tries=0
    while [ -n "$left" ] && [ "$tries" -lt 50 ]; do
        still=
        for pid in $left; do ! kill -s 0 -- "-$pid" 2> /dev/null || still="$still $pid"; done
        left=$still
        [ -z "$left" ] || sleep 0.1
        tries=$((tries + 1))
    done
    for pid in $left; do kill -s KILL -- "-$pid" 2> /dev/null; done
}
