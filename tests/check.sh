#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Tests Floe: installs what is missing, builds, and runs every suite.
#
#   sh tests/check.sh                  the quick tier
#   sh tests/check.sh --full           with repetitions, timings, ten minutes of each fuzz target, and
#                                      tables of pairs, which it writes into docs/measured
#   sh tests/check.sh --suite NAME     one suite (may be given more than once)
#   sh tests/check.sh --list           names the suites
#   sh tests/check.sh --no-install     installs nothing
#
# Builds under build/, logs to build/logs/. With CI=true a skip is a failure. The last line is
# 'N passed, N failed, N skipped'.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
all_suites="lint unit integration fuzz install asan tsan floe interop relay browsers lab bench"
suites=
is_full=false
may_install=true

usage ()
{
    sed -n '3,13s/^# \{0,1\}//p' "$root/tests/check.sh"
}

while [ $# -gt 0 ]; do
    case $1 in
        --full) is_full=true ;;
        --no-install) may_install=false ;;
        --list) printf '%s\n' $all_suites; exit 0 ;;
        -h | --help) usage; exit 0 ;;
        --suite | --suite=*)
            case $1 in
                --suite) shift; name=${1:-} ;;
                *) name=${1#--suite=} ;;
            esac
            case " $all_suites " in
                *" $name "*) suites="$suites $name" ;;
                *) echo "check: no suite '$name': one of $all_suites" >&2; exit 2 ;;
            esac ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done
suites=${suites:-$all_suites}

cd "$root" || exit 1
logs=$root/build/logs
mkdir -p "$logs"
: > "$logs/skipped"
passed=0
failed=0
skipped=0
started=$(date +%s)

# Half of what a sanitizer reports is of use only with these.
ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:abort_on_error=1
UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
LSAN_OPTIONS=suppressions=$root/tests/lsan.supp:print_suppressions=0
TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=$root/tests/tsan/tsan.supp
export ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS TSAN_OPTIONS

# begin NAME TITLE: opens the section of a suite.
begin ()
{
    suite=$1
    suite_log=$logs/$1.log
    suite_started=$(date +%s)
    suite_counts="0 0 0"
    : > "$suite_log"
    printf '\n== %s: %s\n' "$1" "$2"
}

# add PASSED FAILED SKIPPED: to the suite and to the sum.
add ()
{
    set -- $suite_counts "$@"
    suite_counts="$(($1 + $4)) $(($2 + $5)) $(($3 + $6))"
    passed=$((passed + $4))
    failed=$((failed + $5))
    skipped=$((skipped + $6))
}

end ()
{
    set -- $suite_counts
    echo "   $1 passed, $2 failed, $3 skipped in $(($(date +%s) - suite_started)) s"
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

# build NAME TARGETS-OR-ALL OPTION...: configures build/NAME once and builds.
build ()
{
    build_dir=$root/build/$1
    targets=$2
    shift 2
    [ "$targets" != all ] || targets=
    if [ ! -f "$build_dir/build.ninja" ]; then
        echo "   building ${build_dir#"$root/"} for the first time: this takes minutes"
        rm -rf "$build_dir"
        meson setup "$build_dir" --werror "$@" >> "$suite_log" 2>&1 || return 1
    fi
    ninja -C "$build_dir" $targets >> "$suite_log" 2>&1
}

build_plain ()
{
    build check all -Dintrospection=enabled -Dvapi=enabled -Ddocs=enabled -Dlaboratory=true
}

# g-ir-scanner can't load a library that wants a sanitizer.
build_asan ()
{
    build asan all -Db_sanitize=address,undefined -Db_lundef=false \
        -Dintrospection=disabled -Dvapi=disabled
}

# run_meson DIRECTORY LOGBASE TEST-OR-SUITE...
run_meson ()
{
    build_dir=$root/build/$1
    log_base=$2
    shift 2
    rm -f "$build_dir/meson-logs/$log_base.json"
    meson test -C "$build_dir" --no-rebuild --print-errorlogs --logbase "$log_base" "$@" \
        >> "$suite_log" 2>&1 || tail -n 60 "$suite_log" | sed 's/^/    | /'
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
    before=$failed
    if ! add_summary "$output"; then
        fail "$label ended with status $status and no summary"
        return
    fi
    grep -i '^ *skip' "$output"
    if [ "$failed" != "$before" ]; then
        awk '/^(not ok|failed)/ { shown = 40 } /^(ok|skip|fuzz-)/ { shown = 0 } shown-- > 0' "$output" \
            | head -n 200 | sed 's/^/    | /'
        tail -n 15 "$output" | sed 's/^/    | /'
    elif [ "$status" != 0 ]; then
        fail "$label ended with status $status"
    fi
}

suite_lint ()
{
    begin lint "layers, sizes, documentation, format, habits"
    build_plain || { fail "the build"; return; }
    run_meson check lint --suite lint --suite docs
}

suite_unit ()
{
    begin unit "codecs and cores, without sleep or socket"
    build_plain || { fail "the build"; return; }
    run_meson check unit --suite unit
}

suite_integration ()
{
    begin integration "connections within one process"
    build_plain || { fail "the build"; return; }
    repeat=1
    ! $is_full || repeat=10
    # They wait more than they compute.
    run_meson check integration --suite integration --repeat "$repeat" \
        --num-processes $((4 * $(nproc)))
    ! $is_full || FLOE_TEST_FULL=1 run_meson check long --suite long
}

suite_fuzz ()
{
    begin fuzz "corpora, and $fuzz_seconds s of libFuzzer a target"
    build_plain || { fail "the build"; return; }
    run_meson check fuzz --suite fuzz
    CC=clang CXX=clang++ build fuzz fuzzers -Dfuzzing=true -Db_sanitize=address,undefined \
        -Db_lundef=false -Dsamples=false -Dintrospection=disabled -Dvapi=disabled \
        || { fail "the build with clang"; return; }
    run_script fuzzers sh tests/fuzz/run.sh --build "$root/build/fuzz" --seconds "$fuzz_seconds"
}

suite_install ()
{
    begin install "what a package would hold, used from C, Python and Vala"
    build_plain || { fail "the build"; return; }
    run_script install sh tests/install/run.sh --build "$root/build/check"
}

suite_asan ()
{
    begin asan "unit, integration, corpora and floe under ASan and UBSan"
    build_asan || { fail "the build"; return; }
    run_meson asan asan --suite unit --suite integration --suite fuzz --timeout-multiplier 4 \
        --num-processes $((2 * $(nproc)))
    run_script "floe asan" sh tests/floe/run.sh --floe "$(find_program_in asan floe)"
}

# Only what is about threads, and only that is built: GLib itself is not instrumented.
suite_tsan ()
{
    begin tsan "the mailbox and closing under the thread sanitizer"
    units="mailbox mailbox-threads network-context network-thread"
    integrations="peer-closing"
    targets=
    for name in $units; do targets="$targets tests/unit/unit-$name"; done
    for name in $integrations; do targets="$targets tests/integration/integration-$name"; done
    build tsan "$targets" -Db_sanitize=thread -Db_lundef=false -Dsamples=false \
        -Dintrospection=disabled -Dvapi=disabled || { fail "the build"; return; }
    run_meson tsan tsan $units $integrations --timeout-multiplier 8
}

# find_program_in BUILD NAME: the path of a sample, wherever under samples/ it is built.
find_program_in ()
{
    found=$(find "$root/build/$1/samples" -type f -name "$2" -perm -u+x 2> /dev/null | head -n 1)
    echo "${found:-$root/build/$1/samples/$2}"
}

suite_floe ()
{
    begin floe "the file transfer program, its rendezvous and its page"
    build_plain || { fail "the build"; return; }
    run_script floe sh tests/floe/run.sh --floe "$(find_program_in check floe)"
    run_script "floe rendezvous" sh tests/floe/rendezvous/run.sh --build "$root/build/check"
    run_script "floe page" sh tests/floe/web/run.sh
    run_script "floe turn" sh tests/floe/turn/run.sh --floe-turn "$(find_program_in check floe-turn)"
}

# Only when package-lock.json is newer than what it led to.
install_node_modules ()
{
    [ -f tests/interop/package-lock.json ] || return 0
    done_file=tests/interop/node_modules/.package-lock.json
    if [ -f "$done_file" ] && [ -z "$(find tests/interop/package-lock.json -newer "$done_file")" ]; then
        return 0
    fi
    $may_install || { echo "   tests/interop/node_modules is missing or old"; return 1; }
    echo "   installing puppeteer-core from npm into tests/interop/node_modules"
    for attempt in 1 2; do
        if (cd tests/interop && npm ci --ignore-scripts --no-audit --no-fund) >> "$suite_log" 2>&1
        then
            # npm keeps the times of the archive.
            touch "$done_file"
            return 0
        fi
    done
    return 1
}

suite_interop ()
{
    begin interop "floe-peer with Chromium, Firefox, pion, aiortc and webrtcbin"
    build_plain || { fail "the build"; return; }
    install_node_modules || { fail "npm ci in tests/interop"; return; }
    set --
    ! $is_full || set -- --full
    run_script interop sh tests/interop/run.sh --floe-peer "$(find_program_in check floe-peer)" "$@"
}

suite_relay ()
{
    begin relay "floe-peer through TURN servers and proxies"
    build_plain || { fail "the build"; return; }
    install_node_modules || { fail "npm ci in tests/interop"; return; }
    set --
    ! $is_full || set -- --full
    run_script relay sh tests/relay/run.sh --floe-peer "$(find_program_in check floe-peer)" "$@"
}

suite_browsers ()
{
    begin browsers "floe with its page in Chromium and Firefox"
    build_plain || { fail "the build"; return; }
    install_node_modules || { fail "npm ci in tests/interop"; return; }
    run_script browsers sh tests/namespace.sh node tests/floe/browsers/run.mjs \
        --floe "$(find_program_in check floe)"
}

suite_lab ()
{
    begin lab "NATs, links and servers of a virtual internet"
    build_plain || { fail "the build"; return; }
    install_node_modules || { fail "npm ci in tests/interop"; return; }
    set --
    ! $is_full || set -- --full
    run_script lab sh tests/lab/run.sh "$@" --router "$root/build/check/tests/lab/lab-router" \
        --floe-peer "$(find_program_in check floe-peer)" --floe "$(find_program_in check floe)"
    ! $is_full || run_script "nat table" sh tests/lab/nat-table.sh --build "$root/build/check" \
        --output "$logs/nat-table.md"
    ! $is_full || run_script gathering sh tests/lab/gathering.sh --build "$root/build/check" \
        --output "$logs/gathering.md"
    ! $is_full || run_script blocked sh tests/lab/blocked.sh --build "$root/build/check" \
        --output "$logs/blocked.md"
    ! $is_full || measure_pairs
}

# Two hours, in pieces if it is broken off: what was measured of a commit stays. The tables go into
# the tree when all have been measured, so that all are of the same commit.
measure_pairs ()
{
    install_node_modules || { fail "npm ci in tests/interop"; return; }
    sh tests/interop/run.sh --list >> "$suite_log" 2>&1 # builds the pion peer
    run_script matrix sh tests/lab/matrix.sh --build "$root/build/check" --cached --seeds 20 \
        --check --resume "$logs/matrix.jsonl" --write "$logs/matrix.md"
    run_script "plain peers" sh tests/lab/matrix.sh --build "$root/build/check" --cached --seeds 3 \
        --check --resume "$logs/matrix.jsonl" --write "$logs/plain-peers.md" \
        --peers pion,webrtcbin,chromium
    for page in matrix plain-peers; do
        [ ! -f "$logs/$page.md" ] || cp "$logs/$page.md" "docs/measured/$page.md"
    done
}

suite_bench ()
{
    begin bench "times and sizes against their limits"
    build_plain || { fail "the build"; return; }
    set -- --smoke
    ! $is_full || set --
    run_script bench sh tests/bench/run.sh "$@"
}

# Each suite uses a part only, but a newcomer wants to be asked once.
install_option=
$may_install || install_option=--no-install
if ! sh tests/setup.sh $install_option library samples tests; then
    $may_install && echo "check: packages could not be installed" >&2 && exit 1
    echo "check: going on without them" >&2
fi

fuzz_seconds=5
! $is_full || fuzz_seconds=600
for name in $suites; do
    "suite_$name"
    end
done

if [ "${CI:-}" = true ] && [ "$skipped" != 0 ]; then
    printf '\nIn CI a skip is a failure: %s skipped.\n' "$skipped"
    status=1
else
    status=0
fi
[ "$failed" = 0 ] || status=1
printf '\n%s s in all, logs in build/logs\n' "$(($(date +%s) - started))"
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
