#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Shows what Floe does: builds it and sends a folder with a large file between two processes of this
# machine.
#
#   sh samples/demo.sh [--size MIB] [--serve]
#
# MIB is the size of the large file, 64 unless told otherwise. With --serve it then offers the folder
# to browsers, and prints where, until it is interrupted.
#
# On a fresh Debian 12, as root or with sudo, it installs what the build needs first, and says so;
# afterwards it needs neither the network nor root. Builds in build/demo.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
build=$root/build/demo
size_mib=64
serves=false

while [ $# -gt 0 ]; do
    case $1 in
        --size) size_mib=${2:?"--size takes a number of MiB"}; shift ;;
        --serve) serves=true ;;
        *) sed -n '3,12s/^# \{0,1\}//p' "$0"; exit 2 ;;
    esac
    shift
done
case $size_mib in
    '' | *[!0-9]*) echo "demo: --size takes a number of MiB" >&2; exit 2 ;;
esac

# value NAME EVENT FILE: a member of the first such event.
value ()
{
    sed -n "/\"event\":\"$2\"/s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$3" | head -n 1
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

echo "== Making a folder with a file of $size_mib MiB of random bytes, and some more"
folder=$work/here/demo
mkdir -p "$folder/more" "$work/there"
head -c "$((size_mib * 1024 * 1024))" /dev/urandom > "$folder/large.bin"
echo "Sent by Floe." > "$folder/more/note.txt"
: > "$folder/more/empty"
ln -s more/note.txt "$folder/link"
cp -p "$0" "$folder/more/a script.sh"
chmod 755 "$folder/more/a script.sh"

echo "== floe send demo"
: > "$work/send.json" # looked at before the shell in the background has made it
"$floe" send --json "$folder" > "$work/send.json" 2> "$work/send.err" &
sender=$!
tries=0
until address=$(value url ready "$work/send.json") && [ -n "$address" ]; do
    tries=$((tries + 1))
    [ "$tries" -le 100 ] && kill -0 "$sender" 2> /dev/null || give_up "floe send did not start"
    sleep 0.1
done
echo "   waits for a program, or for a browser at its page, $address"

echo "== floe receive '$address'"
"$floe" receive --json --yes --output "$work/there" "$address" > "$work/receive.json" \
    2> "$work/receive.err" || give_up "floe receive failed with status $?"
status=0
wait "$sender" || status=$?
sender=
[ "$status" = 0 ] || give_up "floe send failed with status $status"

echo "   connected in $(value ms connected "$work/receive.json") ms;" \
    "path: $(value path connected "$work/receive.json")," \
    "from a $(value local_candidate connected "$work/receive.json") address" \
    "to a $(value remote_candidate connected "$work/receive.json") address"
awk -v files="$(value files 'done' "$work/receive.json")" \
    -v bytes="$(value bytes 'done' "$work/receive.json")" \
    -v seconds="$(value seconds 'done' "$work/receive.json")" \
    'BEGIN { printf "   %d files, %d bytes in %.2f s: %.1f MB/s, over DTLS and SCTP\n", files, bytes,
             seconds, bytes / 1e6 / (seconds > 0 ? seconds : 1) }'

# list FOLDER: what there is, with modes, times in seconds, and where links lead to.
list ()
{
    (cd "$1" && find . -type l -printf '%P -> %l\n' -o -printf '%P %y %m %Ts\n' | LC_ALL=C sort)
}

echo "== Comparing"
sent=$(sha256sum < "$folder/large.bin")
received=$(sha256sum < "$work/there/demo/large.bin")
echo "   sent      ${sent%% *}"
echo "   received  ${received%% *}"
[ "$sent" = "$received" ] || give_up "the large files differ"
diff -r "$folder" "$work/there/demo" || give_up "the folders differ"
[ "$(list "$folder")" = "$(list "$work/there/demo")" ] || give_up "modes, times or links differ"
echo "Both folders are the same: names, content, modes, times and links."

if $serves; then
    echo
    echo "== floe send demo, for a browser this time, again and again (Ctrl-C ends it)"
    while "$floe" send "$folder"; do echo; done
    exit 1
else
    echo "To fetch it with a browser: sh samples/demo.sh --serve"
    echo "The program is $floe; its manual: man -l $root/docs/man/floe.1"
fi
