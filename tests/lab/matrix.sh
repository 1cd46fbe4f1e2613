#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Prints the matrix: two floe-peers behind each ordered pair of eight kinds of NAT, which path they
# find, and when. About a minute.
#
#   sh tests/lab/matrix.sh [--build DIR] [--cached] [--seeds N] [--pairs A:B,...] [--kinds A,B,...]
#                          [--no-turn] [--peer NAME[:NAME]] [--against NAME] [--check]
#                          [--resume FILE] [--json FILE] [--logs DIR] [--jobs N]
#   sh tests/lab/matrix.sh --write FILE [--build DIR] [...]
#   sh tests/lab/matrix.sh --write FILE --peers NAME,... [--build DIR] [...]
#
# DIR is a build of Floe, made if it isn't there. --write measures with a TURN server and without,
# and writes both, for docs/measured/matrix.md; with --peers it measures against each of those, for
# docs/measured/plain-peers.md.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
build=$root/build
write=
peers=
# What is not ours is passed on: taken from the front, put at the end, once around.
left=$#
while [ "$left" -gt 0 ]; do
    case $1 in
        --build | --write | --peers)
            [ "$left" -gt 1 ] || { echo "matrix.sh: $1 needs a value" >&2; exit 2; }
            case $1 in
                --build) build=$2 ;;
                --write) write=$2 ;;
                --peers) peers=$2 ;;
            esac
            shift 2
            left=$((left - 2)) ;;
        *) set -- "$@" "$1"; shift; left=$((left - 1)) ;;
    esac
done
[ -n "$write" ] || [ -z "$peers" ] || { echo "matrix.sh: --peers needs --write" >&2; exit 2; }
case $build in /*) ;; *) build=$PWD/$build ;; esac

log=$(mktemp) || exit 1
trap 'rm -f "$log" "$log.part"' EXIT
[ -f "$build/build.ninja" ] \
    || meson setup "$build" "$root" -Dintrospection=disabled -Dvapi=disabled > "$log" 2>&1 \
    || { cat "$log" >&2; exit 1; }
ninja -C "$build" samples/peer/floe-peer samples/file-transfer/floe tests/lab/lab-router \
    > "$log" 2>&1 || { cat "$log" >&2; exit 1; }
export LAB_ROUTER="$build/tests/lab/lab-router" LAB_FLOE_PEER="$build/samples/peer/floe-peer" \
    LAB_FLOE="$build/samples/file-transfer/floe"
commit=$(git -C "$root" describe --always --dirty --exclude '*' 2> /dev/null || echo unknown)

matrix ()
{
    /usr/bin/python3 "$root/tests/lab/matrix.py" --commit "$commit" "$@"
}

if [ -z "$write" ]; then
    matrix "$@"
    exit
fi

# part TITLE OPTION...: a section of the page. What --check counts goes to the total instead.
passed=0
failed=0
part ()
{
    printf '\n## %s\n\n' "$1"
    shift
    matrix "$@" > "$log.part"
    status=$?
    counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, 0 skipped$/\1 \2/p' "$log.part")
    # With 1 goals were not reached; else there is no table.
    [ "$status" = 0 ] || [ -n "$counts" ] || exit "$status"
    sed '/^[0-9]* passed, [0-9]* failed, 0 skipped$/d' "$log.part"
    [ -z "$counts" ] || { passed=$((passed + ${counts% *})); failed=$((failed + ${counts#* })); }
}

# command OPTION...: how to do it again, but for what is about files and the exit status.
command ()
{
    page=matrix
    [ -z "$peers" ] || page=plain-peers
    options=
    while [ $# -gt 0 ]; do
        case $1 in
            --resume | --json | --logs | --jobs) shift ;;
            --check) ;;
            *) options="$options $1" ;;
        esac
        shift
    done
    echo "sh tests/lab/matrix.sh --write docs/measured/$page.md${peers:+ --peers $peers}$options"
}

describe_machine ()
{
    cores=$(nproc)
    load=$(cut -d ' ' -f 1 /proc/loadavg)
    printf '\nCommit %s, %s, %s cores. All of it anew:\n\n    %s\n\n' "$commit" \
        "$(. /etc/os-release && echo "$NAME $VERSION_ID")" "$cores" "$(command "$@")"
    [ "${load%.*}" -lt "$cores" ] || printf '%s\n\n' \
        "The machine had other things to do (a load of $load): times may be too long."
}

write_matrix ()
{
    printf '# Who meets whom, and when\n'
    describe_machine "$@"
    cat << 'END'
Two floe-peers behind each ordered pair of NATs in the laboratory ([lab.md](../lab.md)), the offerer's
kind is the row's. It is 40 ms from any host to any other and back, signalling takes 40 ms each way,
nothing is lost. A cell tells which path carried the first message, direct or relay, and how many
milliseconds after the offer had left the channel was open at both ends: `D250`, `R430`. After an
arrow comes the first message that went directly, if one did within 15 s and the next one as well:
`R430→D1200`; there is one every tenth of a second, and after 2 s every quarter. `T` instead of `D` is
a direct path over TCP, and `-` no connection. Times are medians of the runs that ended alike; where
some ended otherwise, their number follows: `R430→D1200 18/20`. What carried is known from bytes on
the wire, in both directions, whatever the peers say.

OPEN: no NAT. C, A, P: endpoint-independent mapping, and filtering by nothing, by address, by address
and port. CGN2: P behind a carrier's NAT. D: address-dependent mapping and filtering. S, R: symmetric,
with sequential and with random ports. No known method connects S with R, or R with R, but a relay.
END
    case " $* " in
        *" --cached "*) printf '\nEach peer knows from before what its own NAT does (--cached).\n' ;;
    esac
    part "With a TURN server" "$@"
    part "With a STUN server only" --no-turn "$@"
    cat << 'END'
Nothing is punched without a relay, as no packet proves before that the peer is where its signalling
says ([decision 22](../decisions/0022-punching-and-what-it-costs.md)).
END
}

write_peers ()
{
    printf '# Floe and plain peers\n'
    describe_machine "$@"
    cat << 'END'
As in [matrix.md](matrix.md), with a TURN server, and another stack in place of one floe-peer or both:
what Floe reaches with it is measured against what that stack reaches with itself. `webrtcbin` is
GStreamer's, on plain libnice.
END
    for name in $(echo "$peers" | tr , ' '); do
        part "$name" --against "$name" "$@"
    done
}

if [ -n "$peers" ]; then
    write_peers "$@" > "$log" || exit
else
    write_matrix "$@" > "$log" || exit
fi
cp "$log" "$write" || exit
[ $((passed + failed)) = 0 ] || echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
