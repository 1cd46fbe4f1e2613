#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Prints the matrix: two floe-peers behind each ordered pair of eight kinds of NAT, which path they
# find, and when. About a minute.
#
#   sh tests/lab/matrix.sh [--build DIR] [--seeds N] [--pairs A:B,...] [--kinds A,B,...] [--no-turn]
#                          [--peer NAME[:NAME]] [--json FILE] [--logs DIR] [--jobs N]
#   sh tests/lab/matrix.sh --write FILE [--build DIR] [...]
#
# DIR is a build of Floe, made if it isn't there. --write measures with a TURN server and without,
# and writes both, for docs/measured/matrix.md.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
build=$root/build
write=
# What is not ours is passed on: taken from the front, put at the end, once around.
left=$#
while [ "$left" -gt 0 ]; do
    case $1 in
        --build | --write)
            [ "$left" -gt 1 ] || { echo "matrix.sh: $1 needs a value" >&2; exit 2; }
            [ "$1" = --build ] && build=$2 || write=$2
            shift 2
            left=$((left - 2)) ;;
        *) set -- "$@" "$1"; shift; left=$((left - 1)) ;;
    esac
done
case $build in /*) ;; *) build=$PWD/$build ;; esac

log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
[ -f "$build/build.ninja" ] \
    || meson setup "$build" "$root" -Dintrospection=disabled -Dvapi=disabled > "$log" 2>&1 \
    || { cat "$log" >&2; exit 1; }
ninja -C "$build" samples/peer/floe-peer tests/lab/lab-router > "$log" 2>&1 \
    || { cat "$log" >&2; exit 1; }
export LAB_ROUTER="$build/tests/lab/lab-router" LAB_FLOE_PEER="$build/samples/peer/floe-peer"

matrix () {
    /usr/bin/python3 "$root/tests/lab/matrix.py" "$@"
}

if [ -z "$write" ]; then
    matrix "$@"
    exit
fi

commit=$(git -C "$root" describe --always --dirty --exclude '*' 2> /dev/null || echo unknown)
load=$(cut -d ' ' -f 1 /proc/loadavg)
cores=$(nproc)
{
    cat << END
# Who meets whom, and when

Commit $commit, $(. /etc/os-release && echo "$NAME $VERSION_ID"), $cores cores. All of it anew:

    sh tests/lab/matrix.sh --write docs/measured/matrix.md${*:+ $*}

Two floe-peers behind each ordered pair of NATs in the laboratory ([lab.md](../lab.md)), the offerer's
kind is the row's. It is 40 ms from any host to any other and back, signalling takes 40 ms each way,
nothing is lost. A cell tells which path carried the first message, direct or relay, and how many
milliseconds after the offer had left the channel was open at both ends: \`D250\`, \`R430\`. After an
arrow comes the first message that went directly, if one did within 15 s and the next one as well:
\`R430→D1200\`; there is one every tenth of a second, and after 2 s every quarter. \`-\` is no
connection. What carried is known from bytes on the wire, in both directions, whatever the peers say.

OPEN: no NAT. C, A, P: endpoint-independent mapping, and filtering by nothing, by address, by address
and port. CGN2: P behind a carrier's NAT. D: address-dependent mapping and filtering. S, R: symmetric,
with sequential and with random ports.
END
    if [ "${load%.*}" -ge "$cores" ]; then
        printf '\nThe machine had other things to do (a load of %s): times may be too long.\n' "$load"
    fi
    printf '\n## With a TURN server\n'
    matrix "$@" || exit
    printf '\n## With a STUN server only\n'
    matrix --no-turn "$@" || exit
} > "$log"
status=$?
[ "$status" != 0 ] || cp "$log" "$write"
exit "$status"
