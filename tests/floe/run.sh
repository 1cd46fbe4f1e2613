#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Tests floe and floe-peer as a user runs them, over the loopback interface.
#
#   sh tests/floe/run.sh --floe PATH [--hostile-sender PATH] [--floe-peer PATH]
#
# The other two are looked for in the same build. The last line is
# 'N passed, N failed, N skipped'.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
floe=
hostile=
peer=
while [ $# -gt 1 ]; do
    case $1 in
        --floe) floe=$2 ;;
        --hostile-sender) hostile=$2 ;;
        --floe-peer) peer=$2 ;;
        *) echo "run.sh: no option $1" >&2; exit 2 ;;
    esac
    shift 2
done
[ -x "$floe" ] || { sed -n '5s/^# *//p' "$0" >&2; exit 2; }
[ -n "$hostile" ] || hostile=$(dirname "$floe")/../../tests/floe/hostile-sender
[ -n "$peer" ] || peer=$(dirname "$floe")/../peer/floe-peer
case $floe in /*) ;; *) floe=$PWD/$floe ;; esac
case $hostile in /*) ;; *) hostile=$PWD/$hostile ;; esac
case $peer in /*) ;; *) peer=$PWD/$peer ;; esac

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
. "$here/transfers.sh"
. "$here/failures.sh"
. "$here/hostile.sh"
. "$here/peer.sh"

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
