# SPDX-License-Identifier: MPL-2.0
# What the tests of floe share; read by run.sh.

# begin TITLE: starts a test with an empty directory out/.
begin ()
{
    title=$1
    why=
    rm -rf out beside && mkdir out beside
    rm -f sender.* receiver.* stranger.* liar.*
}

# expect WHAT ACTUAL EXPECTED: notes a difference.
expect ()
{
    [ "$2" = "$3" ] || why="$why; $1 is '$2', not '$3'"
}

# expect_empty: out/ has nothing in it, hidden or not.
expect_empty ()
{
    expect "what is left in out/" "$(ls -A out)" ""
}

# expect_text FILE PATTERN
expect_text ()
{
    grep -q "$2" "$1" || why="$why; $1 says nothing of '$2'"
}

# expect_clean: no program found a fault of its own.
expect_clean ()
{
    ! cat ./*.err 2> /dev/null | grep -q 'CRITICAL\|WARNING \*\*\|Sanitizer\|runtime error' \
        || why="$why; a program complains about itself"
}

end ()
{
    expect_clean
    if [ -z "$why" ]; then
        passed=$((passed + 1))
        echo "ok $title"
        return
    fi
    failed=$((failed + 1))
    echo "not ok $title: ${why#; }"
    for log in sender.out sender.err receiver.out receiver.err stranger.out stranger.err; do
        [ ! -s "$log" ] || tail -n 5 "$log" | sed "s/^/    $log: /"
    done
}

skip ()
{
    skipped=$((skipped + 1))
    echo "skip $1: $2"
}

# wait_for FILE PATTERN PID: until FILE has PATTERN; false when PID ends before or 20 s pass.
wait_for ()
{
    tries=0
    until grep -q "$2" "$1" 2> /dev/null; do
        tries=$((tries + 1))
        [ "$tries" -le 200 ] && kill -0 "$3" 2> /dev/null || return 1
        sleep 0.1
    done
}

# finish PID SECONDS: sets status to how PID ended, or to "running" after killing it.
finish ()
{
    tries=0
    while kill -0 "$1" 2> /dev/null; do
        tries=$((tries + 1))
        if [ "$tries" -gt $(($2 * 10)) ]; then
            kill -9 "$1"
            wait "$1" 2> /dev/null
            status=running
            return
        fi
        sleep 0.1
    done
    wait "$1" 2> /dev/null
    status=$?
}

# start_sender COMMAND...: in the background, sets sender and address.
start_sender ()
{
    : > sender.out # or the address of the one before may still be there
    "$@" > sender.out 2> sender.err &
    sender=$!
    pids="$pids $sender"
    address=
    if wait_for sender.out 'http://' "$sender"; then
        address=$(sed -n 's/.*\(http:[^"'\'' ]*\).*/\1/p' sender.out | head -n 1)
    else
        why="$why; the sender printed no address"
    fi
}

# start_receiver OPTION...: in the background, sets receiver.
start_receiver ()
{
    "$floe" receive --json --yes --output out "$@" "$address" > receiver.out 2> receiver.err &
    receiver=$!
    pids="$pids $receiver"
}

# receive_within SECONDS OPTION...: sets status.
receive_within ()
{
    limit=$1
    shift
    start_receiver "$@"
    finish "$receiver" "$limit"
}

# expect_sender STATUS: within a time that does for every way to fail.
expect_sender ()
{
    finish "$sender" 15
    expect "the sender's status" "$status" "$1"
}

# expect_receiver STATUS
expect_receiver ()
{
    finish "$receiver" 15
    expect "the receiver's status" "$status" "$1"
}

# start_send PATH...: floe itself, on the loopback interface.
start_send ()
{
    start_sender "$floe" send --json --listen 127.0.0.1:0 "$@"
}

# expect_events send|receive STATUS: what it printed is what the schemas and its status say.
expect_events ()
{
    case $1 in send) file=sender.out ;; *) file=receiver.out ;; esac
    expect "the events to $1" "$(python3 "$here/check-events.py" --status "$2" "$1" "$file" 2>&1)" ""
}

# expect_both STATUS: the receiver, and with it the sender, end well within SECONDS, as told.
expect_both ()
{
    expect "the receiver's status" "$status" "$1"
    expect_sender "$1"
    expect_events send "$1"
    expect_events receive "$1"
}

# describe DIRECTORY: everything beneath it with kind, mode, time, size or target, and content.
describe ()
{
    (cd "$1" && find . -mindepth 1 \( -type l -printf '%P link %l\n' \) -o \
        \( -type d -printf '%P folder %m %T@\n' \) -o -printf '%P file %m %T@ %s\n' | LC_ALL=C sort
     find . -type f -exec sha256sum {} + | LC_ALL=C sort)
}
