#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Tests the page's modules without a browser, in half a minute. The last line is 'N passed, N failed, N skipped'.
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

outputs=$(mktemp -d "${TMPDIR:-/tmp}/floe-web.XXXXXX") || exit 1
trap 'rm -rf "$outputs"' EXIT
output=$outputs/all
# A process a file, some at a time.
printf '%s\n' "$here"/*.test.mjs | xargs -P 4 -I FILE sh -c '
    node --test --test-reporter=tap "$1" > "$2/$(basename "$1").tap" 2>&1 || : > "$2/failed"' \
    sh FILE "$outputs"
cat "$outputs"/*.tap > "$output"
status=0
[ ! -e "$outputs/failed" ] || status=1

# count WHAT: in all files; nothing when a file does not say.
count () {
    sed -n "s/^# $1 \\([0-9]*\\)\$/\\1/p" "$output" | awk '{ sum += $1 } END { print sum + 0 }'
}
for file in "$here"/*.test.mjs; do
    if ! grep -q '^# pass ' "$outputs/$(basename "$file").tap" 2> /dev/null; then
        echo "not ok $(basename "$file") broke off"
        status=1
    fi
done
passed=$(count pass)
failed=$(count fail)
skipped=$(count skipped)
if [ "$status" != 0 ]; then
    grep -a -A 20 '^ *not ok' "$output" || cat "$output"
    [ "${failed:-0}" != 0 ] || failed=1
fi
echo "${passed:-0} passed, ${failed:-0} failed, ${skipped:-0} skipped"
exit "$status"
