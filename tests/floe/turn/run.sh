#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Tests floe-turn against real and false TURN servers, in a network namespace with public addresses.
#
#   sh tests/floe/turn/run.sh --floe-turn PATH [--only 'NAME...']
#
# NAME is a function of tests/floe/turn/cases.py. The last line is 'N passed, N failed, N skipped'.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
program=
only=
while [ $# -gt 1 ]; do
    case $1 in
        --floe-turn) program=$2 ;;
        --only) only=$2 ;;
        *) echo "run.sh: no option $1" >&2; exit 2 ;;
    esac
    shift 2
done
[ -x "$program" ] || { sed -n '5s/^# *//p' "$0" >&2; exit 2; }
case $program in /*) ;; *) program=$PWD/$program ;; esac
# shellcheck disable=SC2086 # a list of names
exec sh "$here/../../namespace.sh" python3 -B "$here/run.py" "$program" $only
