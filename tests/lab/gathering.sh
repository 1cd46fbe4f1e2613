#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Measures how long gathering takes with live and dead servers and writes docs/measured/gathering.md.
#
#   sh tests/lab/gathering.sh --build DIR [--output FILE] [--rounds N]
#
# Half a minute for 20 rounds. The last line is 'N passed, N failed, N skipped': whether dead servers
# cost no more than 50 ms, and all takes 150 ms at most.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
build=
output=$root/docs/measured/gathering.md
rounds=20
while [ $# -gt 1 ]; do
    case $1 in
        --build) build=$2 ;;
        --output) output=$2 ;;
        --rounds) rounds=$2 ;;
        *) echo "gathering.sh: no option $1" >&2; exit 2 ;;
    esac
    shift 2
done
[ -x "$build/samples/peer/floe-peer" ] || { sed -n '5s/^# *//p' "$0" >&2; exit 2; }
build=$(CDPATH='' cd -- "$build" && pwd)

table=$(mktemp) || exit 1
trap 'rm -f "$table"' EXIT
LAB_ROUTER=$build/tests/lab/lab-router /usr/bin/python3 "$root/tests/lab/gathering.py" \
    --floe-peer "$build/samples/peer/floe-peer" --rounds "$rounds" > "$table"
status=$?
cat "$table"

commit=$(git -C "$root" describe --always --dirty --exclude '*' 2> /dev/null || echo unknown)
{
    cat << END
# Gathering, measured

Commit $commit, $(. /etc/os-release && echo "$NAME $VERSION_ID"), $(nproc) cores. All of it anew:

    sh tests/lab/gathering.sh --build DIR

A \`floe-peer\` behind a NAT, in the laboratory; each server 40 ms away and back, coturn both. From the
line with the offer to the line that ends the candidates, $rounds rounds, interleaved.

END
    cat "$table"
} > "$output"
if [ "$status" = 0 ]; then
    echo "1 passed, 0 failed, 0 skipped"
else
    echo "0 passed, 1 failed, 0 skipped"
fi
exit "$status"
