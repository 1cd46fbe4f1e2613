#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Tests the laboratory itself: worlds in network namespaces, with plain UDP, coturn and floe-peer.
#
#   sh tests/lab/run.sh --router PATH [--floe-peer PATH] [--floe PATH] [--only PATTERN] [--full]
#                       [--jobs N]
#
# --jobs: tests at a time, 4 if not given; those that measure short times run by themselves.
# As root or, where user namespaces are allowed, not. The last line is
# 'N passed, N failed, N skipped'.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
router=
peer=
floe=
only=
full=0
jobs=4
while [ $# -gt 0 ]; do
    case $1 in
        --router) router=$2 ;;
        --floe-peer) peer=$2 ;;
        --floe) floe=$2 ;;
        --only) only=$2 ;;
        --jobs) jobs=$2 ;;
        --full) full=1; shift; continue ;;
        *) echo "run.sh: no option $1" >&2; exit 2 ;;
    esac
    [ $# -gt 1 ] || { echo "run.sh: $1 needs a value" >&2; exit 2; }
    shift 2
done
[ -x "$router" ] || { sed -n '5,6s/^# *//p' "$0" >&2; exit 2; }
[ -n "$peer" ] || peer=$(dirname "$router")/../../samples/peer/floe-peer
[ -n "$floe" ] || floe=$(dirname "$router")/../../samples/file-transfer/floe
probe=$(dirname "$router")/nat-probe
case $router in /*) ;; *) router=$PWD/$router ;; esac
case $probe in /*) ;; *) probe=$PWD/$probe ;; esac
case $peer in /*) ;; *) peer=$PWD/$peer ;; esac
case $floe in /*) ;; *) floe=$PWD/$floe ;; esac

export LAB_ROUTER="$router" LAB_FLOE_PEER="$peer" LAB_FLOE="$floe" \
    LAB_NAT_PROBE="$probe" LAB_FULL=$full
exec /usr/bin/python3 "$here/suite/run.py" --jobs "$jobs" $only
