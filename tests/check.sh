#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Tests Floe: installs what is missing, builds, and runs every suite.
#
#   sh tests/check.sh                  the quick tier: below 20 minutes
#   sh tests/check.sh --full           with repetitions, timings, ten minutes of each fuzz target, and
#                                      tables, which it writes into docs/measured: below 80 minutes
#   sh tests/check.sh --suite NAME     one suite, by itself (may be given more than once)
#   sh tests/check.sh --list           names the suites
#   sh tests/check.sh --no-install     installs nothing
#
# Without --suite compilers and fuzzers run beside the suites on what these leave, and with --full
# several suites at a time; what they say comes in a fixed order.
# Builds under build/, logs to build/logs/. With CI=true a skip is a failure. The last line is
# 'N passed, N failed, N skipped'.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
suites=
is_full=false
may_install=true
is_lane=false
is_listing=false

usage ()
{
    sed -n '3,15s/^# \{0,1\}//p' "$root/tests/check.sh"
}

while [ $# -gt 0 ]; do
    case $1 in
        --full) is_full=true ;;
        --no-install) may_install=false ;;
        --list) is_listing=true ;;
        -h | --help) usage; exit 0 ;;
        --suite) shift; suites="$suites ${1:-''}" ;;
        --suite=*) suites="$suites ${1#--suite=}" ;;
        --lane) is_lane=true; shift; break ;; # this script calls itself with it
        *) usage >&2; exit 2 ;;
    esac
    shift
done

cd "$root" || exit 1
logs=$root/build/logs
mkdir -p "$logs"
passed=0
failed=0
skipped=0

# Half of what a sanitizer reports is of use only with these.
ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:abort_on_error=1
UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
LSAN_OPTIONS=suppressions=$root/tests/lsan.supp:print_suppressions=0
TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=$root/tests/tsan/tsan.supp
export ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS TSAN_OPTIONS

. "$root/tests/check/jobs.sh"
. "$root/tests/check/suites.sh"

if $is_lane; then
    run_lane "$@"
    exit
fi

plan=$quick_plan
! $is_full || plan=$full_plan
all_suites=$(echo "$plan" | sed -n 's/^show //p' | tr '\n' ' ')
if $is_listing; then
    printf '%s\n' $all_suites
    exit
fi
for name in $suites; do
    case " $all_suites " in
        *" $name "*) ;;
        *) echo "check: no suite '$name': one of $all_suites" >&2; exit 2 ;;
    esac
done

trap stop_lanes EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Each suite uses a part only, but a newcomer wants to be asked once.
install_option=
$may_install || install_option=--no-install
if ! sh tests/setup.sh $install_option library samples tests; then
    $may_install && echo "check: packages could not be installed" >&2 && exit 1
    echo "check: going on without them" >&2
fi

# What is measured counts for a commit only when it is what was built.
commit=$(git describe --always --dirty --exclude '*' 2> /dev/null || echo unknown)
is_clean=false
[ -n "$(git status --porcelain 2> /dev/null || echo unknown)" ] || is_clean=true
rm -rf "$logs/pages" "$logs/rows"
started=$(date +%s)
if [ -n "$suites" ]; then
    for name in $suites; do
        rm -f "$logs/$name.result"
        (run_suite "$name")
        collect "$name"
    done
else
    run_plan "$plan"
fi
seconds=$(($(date +%s) - started))

# write_full: the tier as a table.
write_full ()
{
    model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
    cat << END
# The full tier, suite by suite

Commit $commit, $(date -u +%Y-%m-%d), $(. /etc/os-release && echo "$NAME $VERSION_ID"), $(nproc) cores
($model). All of it anew, with everything installed:

    sh tests/check.sh --full

Suites run side by side: each took its seconds, and all together $seconds. The same run has measured
[matrix.md](matrix.md) and [plain-peers.md](plain-peers.md), and done anew, as a check and without
keeping them, what [nat.md](nat.md), [gathering.md](gathering.md) and [blocked.md](blocked.md) show.

| suite | passed | failed | skipped | seconds |
|---|---|---|---|---|
END
    cat "$logs/rows"
    echo "| all | $passed | $failed | $skipped | $seconds |"
}

if $is_full && $is_clean && [ -z "$suites" ]; then
    mkdir -p "$logs/pages"
    write_full > "$logs/pages/full.md"
fi
# Not before the end: the tree is clean as long as something measures it.
[ ! -d "$logs/pages" ] || cp "$logs/pages"/*.md docs/measured/

status=0
if [ "${CI:-}" = true ] && [ "$skipped" != 0 ]; then
    printf '\nIn CI a skip is a failure: %s skipped.\n' "$skipped"
    status=1
fi
[ "$failed" = 0 ] || status=1
printf '\n%s s in all, logs in build/logs\n' "$seconds"
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
