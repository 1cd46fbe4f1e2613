# SPDX-License-Identifier: MPL-2.0
# Transfers that end half-way; read by run.sh.

head -c 3000000 /dev/urandom > files/data.bin
# Large enough that something is under way for seconds, and takes no room until it arrives.
truncate -s 3G files/large.bin

# start_half_way OPTION...: a transfer of which some has arrived.
start_half_way ()
{
    start_send files/large.bin
    start_receiver "$@"
    wait_for receiver.out progress "$receiver" || why="$why; nothing arrived"
}

if [ "$(df -Pk . | awk 'NR == 2 { print $4 }')" -lt 3400000 ]; then
    skip "transfers cut half-way" "less than 3.4 GB are free in ${TMPDIR:-/tmp}"
    return 0
fi

begin "a second receiver is refused and does not disturb the first"
start_half_way
timeout 20 "$floe" receive --json --yes --output beside "$address" > second.out 2> second.err
expect "the second one's status" "$?" 1
expect_text second.out '"code":"failed"'
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
expect_events send 1
finish "$receiver" 5
end

begin "when the sender is killed half-way the receiver fails soon and leaves nothing"
start_half_way
kill -9 "$sender"
expect_receiver 1
expect_events receive 1
finish "$sender" 5
expect_empty
end

for name in INT TERM HUP; do
    begin "SIG$name half-way ends the receiver with status 130, and it leaves nothing"
    start_half_way
    kill -"$name" "$receiver"
    expect_receiver 130
    expect_events receive 130
    expect_sender 1
    expect_text sender.out 'interrupted'
    expect_empty
    end
done

begin "SIGINT half-way ends the sender with status 130, and the receiver leaves nothing"
start_half_way
kill -INT "$sender"
expect_sender 130
expect_events send 130
expect_receiver 1
expect_text receiver.out 'interrupted'
expect_empty
end

begin "SIGINT ends who waits for somebody to come"
start_send files/large.bin
kill -INT "$sender"
expect_sender 130
end

begin "SIGINT ends who waits for the reader of standard output"
start_send files/large.bin
mkfifo out/pipe
sleep 30 < out/pipe &
reader=$!
"$floe" receive --yes --stdout "$address" > out/pipe 2> receiver.err &
receiver=$!
pids="$pids $receiver $reader"
wait_for sender.out progress "$sender" || why="$why; nothing was sent"
kill -INT "$receiver"
expect_receiver 130
expect_sender 1
expect_text sender.out 'interrupted'
kill "$reader"
end

begin "SIGINT ends who is asked, and the sender is told"
start_send files/large.bin
timeout 20 python3 "$here/answer.py" '' sh -c "echo \$\$ > receiver.pid
    exec '$floe' receive --output out '$address'" > receiver.out 2> receiver.err &
receiver=$!
pids="$pids $receiver"
wait_for receiver.out 'Accept' "$receiver" || why="$why; nobody was asked"
kill -INT "$(cat receiver.pid)"
expect_receiver 130
expect_sender 1
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

begin "a file that grows while it is sent is one, too"
cp files/data.bin files/grows.bin
start_send files/grows.bin
echo more >> files/grows.bin
receive_within 60
expect "the receiver's status" "$status" 1
expect_sender 5
expect_empty
end

begin "a sender that stands still is given up after --timeout"
start_half_way --timeout 2
kill -STOP "$sender"
expect_receiver 6
kill -CONT "$sender"
expect_sender 1
expect_empty
end

begin "a receiver that stands still is given up after --timeout"
start_sender "$floe" send --json --listen 127.0.0.1:0 --timeout 2 files/large.bin
start_receiver
wait_for receiver.out progress "$receiver" || why="$why; nothing arrived"
kill -STOP "$receiver"
expect_sender 6
kill -CONT "$receiver"
expect_receiver 1
expect_empty
end

begin "a person who does not answer is waited for no longer than --timeout says"
start_sender "$floe" send --json --listen 127.0.0.1:0 --timeout 2 files/large.bin
timeout 20 python3 "$here/answer.py" '' "$floe" receive --output out "$address" \
    > receiver.out 2> receiver.err
expect "the receiver's status" "$?" 1
expect_sender 6
end

begin "a rendezvous that dies half-way does not matter"
"$floe" serve --json --listen 127.0.0.1:0 > server.out 2> server.err &
server=$!
pids="$pids $server"
wait_for server.out '"listening"' "$server" || why="$why; the server does not listen"
head -c 400000000 /dev/zero > files/middling.bin
start_sender "$floe" send --json --server \
    "$(sed -n 's/.*"url":"\([^"]*\)".*/\1/p' server.out)" files/middling.bin
start_receiver
wait_for receiver.out progress "$receiver" || why="$why; nothing arrived"
kill -9 "$server"
finish "$server" 5
finish "$receiver" 60
expect_both 0
rm files/middling.bin
end
rm files/large.bin
