#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Tests floe and floe-peer as a user runs them, over the loopback interface.
#
#   sh tests/floe/run.sh --floe PATH [--only 'PART...']
#
# PART is one of transfers, conflicts, failures, endings, hostile, auth and peer. The other programs
# are looked for in the same build. The last line is 'N passed, N failed, N skipped'.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
floe=
parts='transfers conflicts failures endings hostile auth peer'
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

. "$here/helpers.sh"
for part in $parts; do
    . "$here/$part.sh"
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
