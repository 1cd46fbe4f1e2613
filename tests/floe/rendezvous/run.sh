#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Attacks the rendezvous while honest pairs use it, in half a minute, over the loopback interface.
#
#   sh tests/floe/rendezvous/run.sh --build BUILD [--sanitized]
#
# --sanitized: memory is not looked at. The last line is 'N passed, N failed, N skipped'.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
build=
sanitized=
while [ $# -gt 0 ]; do
    case $1 in
        --build) build=${2-}; [ $# -eq 1 ] || shift ;;
        --sanitized) sanitized=--sanitized ;;
        *) echo "run.sh: no option $1" >&2; exit 2 ;;
    esac
    shift
done
server=$build/tests/floe/rendezvous-server
[ -x "$server" ] || { sed -n '5s/^# *//p' "$0" >&2; exit 2; }
exec python3 -B "$here/run.py" "$server" $sanitized
