#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Tests the page's modules without a browser. The last line is 'N passed, N failed, N skipped'.
#
#   sh tests/floe/web/run.sh
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

give_up () {
    echo "skip the page's modules: $1"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}

command -v node > /dev/null || give_up "node is missing (Debian package nodejs)"
command -v python3 > /dev/null || give_up "python3 is missing (Debian package python3)"
node -e 'process.exit (parseInt (process.versions.node) < 18 ? 1 : 0)' \
    || give_up "node is older than version 18"

output=$(mktemp "${TMPDIR:-/tmp}/floe-web.XXXXXX") || exit 1
trap 'rm -f "$output"' EXIT
status=0
node --test --test-reporter=tap "$here"/*.test.mjs > "$output" 2>&1 || status=$?

count () {
    sed -n "s/^# $1 \\([0-9]*\\)\$/\\1/p" "$output" | tail -n 1
}
passed=$(count pass)
failed=$(count fail)
skipped=$(count skipped)
if [ "$status" != 0 ]; then
    grep -a -A 20 '^ *not ok' "$output" || cat "$output"
    [ "${failed:-0}" != 0 ] || failed=1
fi
echo "${passed:-0} passed, ${failed:-0} failed, ${skipped:-0} skipped"
exit "$status"
