#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Tests floe and floe-peer as a user runs them, over the loopback interface.
#
#   sh tests/floe/run.sh --floe PATH [--only 'PART...']
#
# PART is one of transfers, conflicts, failures, endings, hostile, auth, nat and peer. The other programs
# are looked for in the same build. The last line is 'N passed, N failed, N skipped'.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
floe=
parts='transfers conflicts failures endings hostile auth nat peer'
while [ $# -gt 1 ]; do
    case $1 in
        --floe) floe=$2 ;;
        --only) parts=$2 ;;
        *) echo "run.sh: no option $1" >&2; exit 2 ;;
    esac
    shift 2
done
[ -x "$floe" ] || { sed -n '5s/^# *//p' "$0" >&2; exit 2; }
case $floe in /*) ;; *) floe=$PWD/$floe ;; esac

# A process for each part, some at a time, as they spend their time waiting.
case $parts in
    *' '*)
        outputs=$(mktemp -d "${TMPDIR:-/tmp}/floe-test.XXXXXX") || exit 1
        trap 'rm -rf "$outputs"' EXIT
        trap 'exit 130' INT TERM
        printf '%s\n' $parts | xargs -P 4 -I PART \
            sh -c 'sh "$1" --floe "$2" --only PART > "$3/PART" 2>&1' sh "$0" "$floe" "$outputs"
        for part in $parts; do
            sed '/^[0-9]* passed, [0-9]* failed, [0-9]* skipped$/d' "$outputs/$part"
        done
        for part in $parts; do
            # A part that broke off has no such line, which is a failure of its own.
            tail -n 1 "$outputs/$part" | grep '^[0-9]* passed, [0-9]* failed, [0-9]* skipped$' \
                || { echo "not ok $part: it broke off" >&2; echo "0 passed, 1 failed, 0 skipped"; }
        done | awk '{ passed += $1; failed += $3; skipped += $5 }
            END { print passed " passed, " failed " failed, " skipped " skipped"; exit failed > 0 }'
        exit ;;
esac
build=$(dirname "$floe")/../..
hostile=$build/tests/floe/hostile-peer
lying=$build/tests/floe/lying-rendezvous
peer=$build/samples/peer/floe-peer

passed=0
failed=0
skipped=0
work=$(mktemp -d "${TMPDIR:-/tmp}/floe-test.XXXXXX") || exit 1
pids=
trap 'for p in $pids; do kill -9 "$p" 2> /dev/null; done; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work" || exit 1
mkdir files
# What floe remembers of networks is this run's own.
XDG_CACHE_HOME=$work/cache
export XDG_CACHE_HOME
mkdir -p cache/floe

. "$here/helpers.sh"
. "$here/$parts.sh"

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
