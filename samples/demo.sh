#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Shows what Floe does: builds it and sends a real file between two processes of this machine.
#
#   sh samples/demo.sh [--size MIB]      64 MiB unless told otherwise
#
# On a fresh Debian 12, as root or with sudo, it installs what the build needs first, and says so;
# afterwards it needs neither the network nor root. Builds in build/demo.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
build=$root/build/demo
size_mib=64

case ${1:-} in
    '') ;;
    --size) size_mib=${2:?"--size takes a number of MiB"} ;;
    *) sed -n '3,8s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
case $size_mib in
    '' | *[!0-9]*) echo "demo: --size takes a number of MiB" >&2; exit 2 ;;
esac

# value NAME FILE: a member of the first event that has it.
value ()
{
    sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$2" | head -n 1
}

give_up ()
{
    echo "demo: $1" >&2
    cat "$work/send.err" "$work/receive.err" "$work/send.json" "$work/receive.json" 2> /dev/null \
        | tail -n 20 >&2
    exit 1
}

echo "== What the build needs"
sh "$root/tests/setup.sh" library samples

echo "== Building in $build"
if [ ! -f "$build/build.ninja" ]; then
    rm -rf "$build"
    meson setup "$build" "$root" --buildtype=release -Dtests=false -Dintrospection=disabled \
        -Dvapi=disabled > /dev/null
fi
ninja -C "$build" samples/file-transfer/floe
floe=$build/samples/file-transfer/floe

work=$(mktemp -d "${TMPDIR:-/tmp}/floe-demo.XXXXXX")
sender=
cleanup ()
{
    [ -z "$sender" ] || kill "$sender" 2> /dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

echo "== Making a file of $size_mib MiB of random bytes"
mkdir "$work/here" "$work/there"
head -c "$((size_mib * 1024 * 1024))" /dev/urandom > "$work/here/demo.bin"

echo "== floe send demo.bin"
: > "$work/send.json" # looked at before the shell in the background has made it
"$floe" send --json "$work/here/demo.bin" > "$work/send.json" 2> "$work/send.err" &
sender=$!
tries=0
until address=$(value address "$work/send.json") && [ -n "$address" ]; do
    tries=$((tries + 1))
    [ "$tries" -le 100 ] && kill -0 "$sender" 2> /dev/null || give_up "floe send did not start"
    sleep 0.1
done
echo "   waits for somebody at $address"

echo "== floe receive '$address'"
"$floe" receive --json --output "$work/there" "$address" > "$work/receive.json" \
    2> "$work/receive.err" || give_up "floe receive failed with status $?"
status=0
wait "$sender" || status=$?
sender=
[ "$status" = 0 ] || give_up "floe send failed with status $status"

echo "   connected in $(value ms "$work/receive.json") ms;" \
    "path: $(value path "$work/receive.json")," \
    "from a $(value local_candidate "$work/receive.json") address" \
    "to a $(value remote_candidate "$work/receive.json") address"
grep '"event":"done"' "$work/receive.json" > "$work/done.json"
awk -v bytes="$(value bytes "$work/done.json")" -v seconds="$(value seconds "$work/done.json")" \
    'BEGIN { printf "   %d bytes in %.2f s: %.1f MB/s, over DTLS and SCTP\n", bytes, seconds,
             bytes / 1e6 / (seconds > 0 ? seconds : 1) }'

echo "== Comparing"
sent=$(sha256sum < "$work/here/demo.bin")
received=$(sha256sum < "$work/there/demo.bin")
echo "   sent      ${sent%% *}"
echo "   received  ${received%% *}"
[ "$sent" = "$received" ] || give_up "the files differ"
echo "The SHA-256 of both files is the same: the file arrived whole."
