#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Measures how soon peers that UDP doesn't leave are connected, and writes docs/measured/blocked.md.
#
#   sh tests/lab/blocked.sh --build DIR [--output FILE] [--rounds N]
#
# Ten minutes for 20 rounds. The last line is 'N passed, N failed, N skipped': whether all were
# connected, and nine of ten within a second where the reports are known.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
build=
output=$root/docs/measured/blocked.md
rounds=20
while [ $# -gt 1 ]; do
    case $1 in
        --build) build=$2 ;;
        --output) output=$2 ;;
        --rounds) rounds=$2 ;;
        *) echo "blocked.sh: no option $1" >&2; exit 2 ;;
    esac
    shift 2
done
[ -x "$build/samples/peer/floe-peer" ] || { sed -n '5s/^# *//p' "$0" >&2; exit 2; }
build=$(CDPATH='' cd -- "$build" && pwd)

table=$(mktemp) || exit 1
trap 'rm -f "$table"' EXIT
LAB_ROUTER=$build/tests/lab/lab-router LAB_FLOE_PEER=$build/samples/peer/floe-peer \
    LAB_FLOE=$build/samples/file-transfer/floe \
    /usr/bin/python3 "$root/tests/lab/blocked.py" --rounds "$rounds" > "$table"
status=$?
cat "$table"

commit=$(git -C "$root" describe --always --dirty --exclude '*' 2> /dev/null || echo unknown)
{
    cat << END
# Where UDP is blocked, measured

Commit $commit, $(. /etc/os-release && echo "$NAME $VERSION_ID"), $(nproc) cores. All of it anew:

    sh tests/lab/blocked.sh --build DIR

Two \`floe-peer\`s, 40 ms from each other and from coturn and back, signalling 40 ms one way; TURN is
reached over TCP or TLS only. From the offer to the channel that is open at both, $rounds rounds,
interleaved. *P* is behind a port-restricted NAT, *OPEN* behind none.

END
    cat "$table"
} > "$output"
if [ "$status" = 0 ]; then
    echo "1 passed, 0 failed, 0 skipped"
else
    echo "0 passed, 1 failed, 0 skipped"
fi
exit "$status"
