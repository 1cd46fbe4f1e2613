# SPDX-License-Identifier: MPL-2.0
# What goes wrong from the beginning; read by run.sh.

nobody=000G40R40M30E209185GR38E1W

# usage STATUS ARGUMENT...
usage ()
{
    expected=$1
    shift
    begin "'floe $*' ends with status $expected"
    timeout 20 "$floe" "$@" > sender.out 2> sender.err < /dev/null
    expect "the status" "$?" "$expected"
    [ "$expected" = 0 ] || [ -s sender.err ] || why="$why; nobody was told why"
    end
}

head -c 3000000 /dev/urandom > files/data.bin
usage 0 --help
usage 0 --version
usage 0 send --help
usage 0 receive --help
usage 0 serve --help
usage 2
usage 2 fetch
usage 2 send
usage 2 send --nonsense files/data.bin
usage 2 send --listen example.org:80 files/data.bin
usage 2 send --turn nonsense files/data.bin
usage 2 send --port-range 5-1 files/data.bin
usage 2 receive http://127.0.0.1/
usage 2 receive nonsense
usage 2 receive --timeout -1 "http://127.0.0.1:1/#$nobody"
usage 2 receive --overwrite --skip "http://127.0.0.1:1/#$nobody"
usage 5 send files/missing
usage 5 receive --output missing "http://127.0.0.1:1/#$nobody"
usage 1 receive "http://127.0.0.1:1/#$nobody"
usage 1 send --server http://127.0.0.1:1/ files/data.bin
usage 6 send --listen 127.0.0.1:0 --timeout 1 files/data.bin
usage 6 receive --listen 127.0.0.1:0 --timeout 1

begin "with --json wrong usage is an event too"
"$floe" send --json > sender.out 2> sender.err
status=$?
expect_events send 2
expect "standard error" "$(cat sender.err)" ""
end

begin "a port that somebody else listens at is status 1"
start_send files/data.bin
timeout 20 "$floe" send --listen "${address#http://}" files/data.bin > receiver.out 2> receiver.err
port=${address#http://}
port=${port%%/*}
timeout 20 "$floe" send --json --listen "$port" files/data.bin > receiver.out 2> receiver.err
expect "the second one's status" "$?" 1
kill -TERM "$sender"
expect_sender 130
end

if [ "$(id -u)" != 0 ]; then
    begin "what can't be read is status 5 before anybody is told of it"
    echo secret > files/secret
    chmod 0 files/secret
    timeout 20 "$floe" send --json files/secret > sender.out 2> sender.err
    status=$?
    expect "the status" "$status" 5
    expect_events send 5
    end
fi

begin "who has a wrong code is told so at once, and the one with the right one gets the file"
start_send files/data.bin
right=$address
address=${address%#*}#$nobody
receive_within 60
expect "the stranger's status" "$status" 4
expect_events receive 4
address=$right
receive_within 60
expect_both 0
end

begin "where a code leads nowhere the status is 4"
"$floe" serve --json --listen 127.0.0.1:0 > server.out 2> server.err &
server=$!
pids="$pids $server"
wait_for server.out '"listening"' "$server" || why="$why; the server does not listen"
address="$(sed -n 's/.*"url":"\([^"]*\)".*/\1/p' server.out)#$nobody"
receive_within 60
expect "the receiver's status" "$status" 4
kill -TERM "$server"
finish "$server" 5
end

begin "a disk that is full is status 5, and nothing is left"
start_send files/data.bin
# In blocks of 512 bytes, so 1 MB: less than the file. The shell would print the signal's name.
(ulimit -f 2000; exec "$floe" receive --json --yes --output out "$address") \
    > receiver.out 2> receiver.err
status=$?
expect "the receiver's status" "$status" 5
expect_events receive 5
expect_sender 1
expect_events send 1
expect_empty
end

begin "an offer that does not fit on the disk is refused"
if unshare -rm true 2> /dev/null; then
    start_send files/data.bin
    unshare -rm sh -c "mount -t tmpfs -o size=1m none out && '$floe' receive --json --yes \
        --output out '$address'" > receiver.out 2> receiver.err
    status=$?
    expect "the receiver's status" "$status" 5
    expect_events receive 5
    expect_sender 3
    expect_empty
    end
else
    skip "$title" "no user namespaces here"
fi

begin "a closed pipe behind --stdout is status 5"
start_send files/data.bin
(timeout 20 "$floe" receive --yes --stdout "$address" 2> receiver.err; echo $? > receiver.status) \
    | head -c 1000 > receiver.out
expect "the receiver's status" "$(cat receiver.status)" 5
expect_sender 1
end

begin "standard output that is closed is status 5, and no socket takes its place"
start_send files/data.bin
timeout 20 "$floe" receive --yes --stdout "$address" >&- 2> receiver.err
expect "the receiver's status" "$?" 5
expect_text receiver.err 'Bad file descriptor'
expect_sender 1
end

begin "relays only where nobody has a relay is said at once"
start_send files/data.bin
receive_within 60 --privacy relay-only
expect "the receiver's status" "$status" 1
expect_text receiver.out 'Only relays may be used, and there is none: give --turn'
kill -TERM "$sender"
expect_sender 130
expect_empty
end

begin "relays only with a relay that is dead is a failure and not a direct connection"
start_send --verbose files/data.bin
receive_within 60 --relay-only --timeout 5 --turn turn:127.0.0.1:9 --turn-user u --turn-password p
case $status in 1 | 2 | 6) ;; *) why="$why; the receiver's status is $status" ;; esac
# What was tried is drawn: the one path that there was, which did not work.
wait_for sender.err '^path, ms  ' "$sender" || why="$why; the sender draws no attempt"
expect_text sender.err '^   1 direct   *0 .*      -       -      - [.-]*$'
kill -TERM "$sender"
expect_sender 130
expect_empty
end
