#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Measures how transfers bear moves between paths, and writes docs/measured/rise.md.
#
#   sh tests/lab/rise.sh --build DIR [--output FILE] [--rounds N] [--megabytes N] [--message BYTES]
#                        [--deaths N] [--peers A,B] [--parts A,B,...] [--jobs N] [--resume FILE]
#                        [--logs DIR]
#
# 50 rounds of 100 MB, with floe-peer and Chromium: hours. 16 messages of 16000 BYTES are under way at
# a time; less at once is lost less often in a browser's small buffers, and takes less long then.
# --jobs N has N rounds with loss, and deaths, at a time; those without loss take a processor and are
# alone. --resume FILE writes each round there, and holds none again that is there of the same commit.
# --parts: death, outage, tcp, interface, address, relay, clean, lossy. --logs keeps what the peers
# say, and captures. The last line is 'N passed, N failed, N skipped'.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
build=
output=$root/docs/measured/rise.md
words=
jobs=1
resume=
logs=
while [ $# -gt 1 ]; do
    case $1 in
        --build) build=$2 ;;
        --output) output=$2 ;;
        --rounds | --megabytes | --message | --deaths | --peers | --parts) words="$words $1 $2" ;;
        --jobs) jobs=$2 ;;
        --resume) resume=$2 ;;
        --logs) logs=$2 ;;
        *) echo "rise.sh: no option $1" >&2; exit 2 ;;
    esac
    shift 2
done
[ -x "$build/samples/peer/floe-peer" ] || { sed -n '5,6s/^# *//p' "$0" >&2; exit 2; }
build=$(CDPATH='' cd -- "$build" && pwd)

commit=$(git -C "$root" describe --always --dirty --exclude '*' 2> /dev/null || echo unknown)
table=$(mktemp) || exit 1
trap 'rm -f "$table"' EXIT
LAB_ROUTER=$build/tests/lab/lab-router LAB_FLOE_PEER=$build/samples/peer/floe-peer \
    /usr/bin/python3 "$root/tests/lab/rise.py" $words --jobs "$jobs" --commit "$commit" \
    ${resume:+--resume "$resume"} ${logs:+--logs "$logs"} > "$table"
status=$?
cat "$table"
# With 1 something is too slow or not whole; else there is no table.
[ "$status" -lt 2 ] || exit "$status"

{
    cat << END
# Moves between paths, measured

Commit $commit, $(. /etc/os-release && echo "$NAME $VERSION_ID"), $(nproc) cores. All of it anew:

    sh tests/lab/rise.sh --build DIR$words

Two peers behind NATs, 40 ms apart, and a coturn; a floe-peer sends numbered messages, by default of 16
KB, 16 of them under way at a time. In each round the connection begins on the relay, goes up to a
direct path that is let through after a third of the transfer, and back when that is blocked again.
*Whole*: each message came once, in order, with the right CRC-32. A gap is the longest time between two
messages about the move; after a move down it has the time in which the path's death is noticed.

END
    cat "$table"
} > "$output"
if [ "$status" = 0 ]; then
    echo "1 passed, 0 failed, 0 skipped"
else
    echo "0 passed, 1 failed, 0 skipped"
fi
exit "$status"
