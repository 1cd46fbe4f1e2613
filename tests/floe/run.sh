#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Tests the floe program as a user runs it, over the loopback interface.
#
#   sh tests/floe/run.sh --floe PATH [--hostile-sender PATH]
#
# The hostile sender is looked for in the same build. The last line is
# 'N passed, N failed, N skipped'.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
floe=
hostile=
while [ $# -gt 1 ]; do
    case $1 in
        --floe) floe=$2 ;;
        --hostile-sender) hostile=$2 ;;
        *) echo "run.sh: no option $1" >&2; exit 2 ;;
    esac
    shift 2
done
[ -x "$floe" ] || { echo "usage: run.sh --floe PATH [--hostile-sender PATH]" >&2; exit 2; }
[ -n "$hostile" ] || hostile=$(dirname "$floe")/../../tests/floe/hostile-sender

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

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
