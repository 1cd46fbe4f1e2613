#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Tests the laboratory itself: worlds in network namespaces, with plain UDP, coturn and floe-peer.
#
#   sh tests/lab/run.sh --router PATH [--floe-peer PATH] [--only PATTERN]
#
# As root or, where user namespaces are allowed, not. The last line is
# 'N passed, N failed, N skipped'.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
router=
peer=
only=
while [ $# -gt 1 ]; do
    case $1 in
        --router) router=$2 ;;
        --floe-peer) peer=$2 ;;
        --only) only=$2 ;;
        *) echo "run.sh: no option $1" >&2; exit 2 ;;
    esac
    shift 2
done
[ -x "$router" ] || { sed -n '5s/^# *//p' "$0" >&2; exit 2; }
[ -n "$peer" ] || peer=$(dirname "$router")/../../samples/peer/floe-peer
case $router in /*) ;; *) router=$PWD/$router ;; esac
case $peer in /*) ;; *) peer=$PWD/$peer ;; esac

LAB_ROUTER=$router LAB_FLOE_PEER=$peer exec /usr/bin/python3 "$here/suite/run.py" $only
