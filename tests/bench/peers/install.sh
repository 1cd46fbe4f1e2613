#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Installs the stacks that come from npm, in node_modules beside this file: all of them brought by
# the packages themselves, nothing is built or fetched from elsewhere. Does nothing when they are
# there and package-lock.json is not newer.
#
#   sh tests/bench/peers/install.sh [--check]
#
# --check installs nothing: its status tells whether that is so.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
done_file=$here/node_modules/.package-lock.json

[ $# -eq 0 ] || [ "$*" = --check ] || { sed -n '3,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
if [ -f "$done_file" ] && [ -z "$(find "$here/package-lock.json" -newer "$done_file")" ]; then
    exit 0
fi
[ $# -eq 0 ] || exit 1
command -v npm > /dev/null || { echo "npm is missing (Debian package npm)" >&2; exit 1; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# One more try: registries hiccup.
for attempt in 1 2; do
    if (cd "$here" && npm ci --ignore-scripts --no-audit --no-fund) > "$log" 2>&1; then
        touch "$done_file" # npm keeps the times of the archive
        exit 0
    fi
done
tail -n 12 "$log" >&2
exit 1
