# SPDX-License-Identifier: MPL-2.0
# What goes wrong by accident; read by run.sh.

# usage STATUS ARGUMENT...
usage ()
{
    expected=$1
    shift
    begin "'floe $*' ends with status $expected"
    timeout 20 "$floe" "$@" > sender.out 2> sender.err
    expect "the status" "$?" "$expected"
    end
}

usage 0 --help
usage 0 --version
usage 0 send --help
usage 2
usage 2 fetch
usage 2 send
usage 2 send --nonsense files/data.bin
usage 2 send --listen example.org:80 files/data.bin
usage 2 receive http://127.0.0.1/
usage 2 receive --timeout -1 'http://127.0.0.1:1/#abc'
usage 5 send files/missing
usage 5 send files
usage 5 receive --output missing 'http://127.0.0.1:1/#abc'
usage 1 receive 'http://127.0.0.1:1/#abc'
usage 6 send --timeout 1 files/data.bin

begin "with --json wrong usage is an event too"
"$floe" send --json > sender.out 2> sender.err
expect "the status" "$?" 2
expect_text sender.out '"event":"error","code":"usage"'
expect "standard error" "$(cat sender.err)" ""
end

begin "a file that exists is not replaced"
echo old > out/data.bin
start_sender "$floe" send --json files/data.bin
receive_within 20
expect "the receiver's status" "$status" 5
expect_sender 1
expect "the file" "$(cat out/data.bin)" old
expect "what is in out/" "$(ls -A out)" data.bin
end

begin "a symbolic link is not followed"
ln -s ../beside/target out/data.bin
start_sender "$floe" send --json files/data.bin
receive_within 20
expect "the receiver's status" "$status" 5
expect_sender 1
expect "what is in beside/" "$(ls -A beside)" ""
end

begin "who does not know the token is refused, and the one who does still gets the file"
start_sender "$floe" send --json files/data.bin
right=$address
address=${address%?????}00000
receive_within 20
expect "the stranger's status" "$status" 1
expect_text receiver.out '"code":"failed"'
address=$right
receive_within 60
expect "the receiver's status" "$status" 0
expect_sender 0
end

# Large enough that something is under way for seconds, and takes no room until it arrives.
truncate -s 3G files/large.bin

# start_half_way: a transfer of which some has arrived.
start_half_way ()
{
    start_sender "$floe" send --json files/large.bin
    start_receiver
    wait_for receiver.out progress "$receiver" || why="$why; nothing arrived"
}

if [ "$(df -Pk . | awk 'NR == 2 { print $4 }')" -lt 3400000 ]; then
    skip "transfers cut half-way" "less than 3.4 GB are free in ${TMPDIR:-/tmp}"
else
    begin "a second receiver is refused and does not disturb the first"
    start_half_way
    timeout 20 "$floe" receive --output beside "$address" > /dev/null 2> second.err
    expect "the second one's status" "$?" 1
    expect_text second.err 'Somebody else has joined'
    kill -0 "$receiver" 2> /dev/null || why="$why; the first one ended"
    kill -TERM "$receiver"
    expect_receiver 130
    expect_sender 1
    expect_empty
    end

    begin "when the receiver is killed half-way the sender fails soon"
    start_half_way
    kill -9 "$receiver"
    expect_sender 1
    finish "$receiver" 5
    end

    begin "when the sender is killed half-way the receiver fails soon and leaves nothing"
    start_half_way
    kill -9 "$sender"
    expect_receiver 1
    finish "$sender" 5
    expect_empty
    end

    for name in INT TERM HUP; do
        begin "SIG$name half-way ends the receiver with status 130, and it leaves nothing"
        start_half_way
        kill -"$name" "$receiver"
        expect_receiver 130
        expect_sender 1
        expect_empty
        end
    done

    begin "SIGINT half-way ends the sender with status 130, and the receiver leaves nothing"
    start_half_way
    kill -INT "$sender"
    expect_sender 130
    expect_receiver 1
    expect_empty
    end

    begin "a file that shrinks while it is sent is a file problem of the sender"
    start_half_way
    truncate -s 1 files/large.bin
    expect_sender 5
    expect_receiver 1
    expect_empty
    truncate -s 3G files/large.bin
    end

    begin "a sender that stands still is given up after --timeout"
    start_sender "$floe" send --json files/large.bin
    start_receiver --timeout 2
    wait_for receiver.out progress "$receiver" || why="$why; nothing arrived"
    kill -STOP "$sender"
    expect_receiver 6
    kill -CONT "$sender"
    expect_sender 1
    expect_empty
    end
fi

begin "a disk that is full is status 5, and nothing is left"
start_sender "$floe" send --json files/data.bin
# In blocks of 512 bytes, so 1 MB: less than the file. The shell would print the signal's name.
(ulimit -f 2000; exec "$floe" receive --json --output out "$address") > receiver.out 2> receiver.err
expect "the receiver's status" "$?" 5
expect_sender 1
expect_empty
end
