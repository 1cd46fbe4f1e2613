#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Checks what floe says and how it ends where nobody else is there: wrong command lines, a rendezvous
# of its own, a wait that ends. What it prints with --json is checked against docs/schema.
#
#   sh tests/floe/commands.sh FLOE PYTHON
set -u

case $1 in /*) floe=$1 ;; *) floe=$PWD/$1 ;; esac
python=$2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
failures=0
running=
work=$(mktemp -d "${TMPDIR:-/tmp}/floe-commands.XXXXXX") || exit 1
trap '[ -z "$running" ] || kill -9 "$running"; rm -rf "$work"' EXIT
cd "$work" || exit 1
echo content > file
unset FLOE_CODE FLOE_TURN_PASSWORD

complain ()
{
    echo "commands: $1"
    sed 's/^/    /' out err
    failures=$((failures + 1))
}

# expect_status WHAT ACTUAL EXPECTED
expect_status ()
{
    [ "$2" = "$3" ] || complain "$1 ends with $2, not $3"
}

# ends STATUS ARGUMENT...: by itself, at once, with the same status in both forms.
ends ()
{
    expected=$1
    shift
    timeout 20 "$floe" "$@" > out 2> err < /dev/null
    expect_status "floe $*" $? "$expected"
    [ "$expected" != 6 ] && [ -s out ] && complain "floe $* says something on standard output"
    [ "$(wc -l < err)" -ge 1 ] || complain "floe $* does not say why"
    timeout 20 "$floe" "$@" --json > out 2> err < /dev/null
    expect_status "floe $* --json" $? "$expected"
    problems=$("$python" "$here/check-events.py" --status "$expected" "$1" out) \
        || complain "floe $* --json: $problems"
}

# begins PATTERN ARGUMENT...: in the background, as $running, until it prints PATTERN.
begins ()
{
    pattern=$1
    shift
    : > out
    "$floe" "$@" > out 2> err < /dev/null &
    running=$!
    tries=0
    until grep -q "$pattern" out; do
        tries=$((tries + 1))
        if [ "$tries" -gt 200 ] || ! kill -0 "$running" 2> /dev/null; then
            complain "floe $* does not get as far as '$pattern'"
            return
        fi
        sleep 0.1
    done
}

# is_stopped SIGNAL COMMAND: ends $running, which has printed JSON.
is_stopped ()
{
    problems=$("$python" "$here/check-events.py" --running "$2" out) \
        || complain "floe $2 --json: $problems"
    kill -s "$1" "$running"
    wait "$running"
    expect_status "floe $2 after SIG$1" $? 130
    running=
    problems=$("$python" "$here/check-events.py" --status 130 "$2" out) \
        || complain "floe $2 --json after SIG$1: $problems"
}

ends 2 send
ends 2 send file --frob
ends 2 receive http://127.0.0.1:1/
ends 2 serve file
ends 2 nat
ends 2 nat --stun stun:127.0.0.1 --interface nosuch0
ends 5 send nothing-here
ends 1 serve --listen 203.0.113.254:1 # nobody has this address
ends 1 receive --yes 'http://127.0.0.1:1/#000G40R40M30E209185GR38E1W'
ends 6 send file --timeout 1 --listen 127.0.0.1

for signal in INT TERM HUP; do
    begins '"listening"' serve --json --listen 127.0.0.1:0
    is_stopped "$signal" serve
    begins '"ready"' send --json --listen 127.0.0.1 file
    is_stopped "$signal" send
done
begins '"ready"' receive --json --yes --listen 127.0.0.1
is_stopped TERM receive

# A code and a password are not in the list of processes.
begins '"ready"' send --json --listen 127.0.0.1 --turn turn:127.0.0.1:1 --turn-user u \
    --turn-password top-secret file
if tr '\0' ' ' < "/proc/$running/cmdline" | grep -q top-secret; then
    complain "the password is among the arguments"
fi
is_stopped TERM send

# Who uses the server of another offers an address there.
begins '"listening"' serve --json --listen 127.0.0.1:0
serve=$running
url=$(sed -n 's/.*"url":"\([^"]*\)".*/\1/p' out)
begins '"ready"' send --json --server "$url" file
grep -q "\"url\":\"$url#" out || complain "floe send --server $url prints another address"
is_stopped TERM send
kill "$serve"
wait "$serve"
expect_status "floe serve" $? 130

[ "$failures" = 0 ]
