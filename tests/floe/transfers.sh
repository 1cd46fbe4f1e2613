# SPDX-License-Identifier: MPL-2.0
# Transfers that succeed; read by run.sh.

# transfer SIZE
transfer ()
{
    begin "a file of $1 bytes arrives whole, and the events tell of it"
    head -c "$1" /dev/urandom > files/data.bin
    start_send files/data.bin
    receive_within 90
    expect_both 0
    cmp -s files/data.bin out/data.bin || why="$why; the files differ"
    expect "what is in out/" "$(ls -A out)" data.bin
    sha256=$(sha256sum files/data.bin | cut -d ' ' -f 1)
    expect_text sender.out "\"event\":\"file-done\",\"name\":\"data.bin\",\"bytes\":$1,\"sha256\":\"$sha256\""
    expect_text receiver.out "\"event\":\"file-done\",\"name\":\"data.bin\",\"bytes\":$1,\"sha256\":\"$sha256\""
    expect "standard error" "$(cat sender.err receiver.err)" ""
    end
}

transfer 0
transfer 1
transfer 1048579
transfer 67108864

# A folder with all that a folder can have.
mkdir -p files/tree/deep/er/still files/tree/empty files/tree/private
echo one > files/tree/deep/one
echo two > 'files/tree/deep/er/zwei Wörter.txt'
printf 'three' > files/tree/deep/er/still/三
: > 'files/tree/пусто'
echo script > files/tree/run.sh
echo secret > files/tree/private/key
echo hidden > files/tree/.hidden
ln -s one files/tree/deep/link
ln -s ../one files/tree/deep/er/up
ln -s nowhere files/tree/dangling
head -c 300000 /dev/urandom > files/tree/deep/random
chmod 644 files/tree/deep/one files/tree/.hidden
chmod 755 files/tree/run.sh files/tree/empty
chmod 600 files/tree/private/key
chmod 700 files/tree/private
touch -h -d '2001-02-03 04:05:06.789' files/tree/deep/one files/tree/run.sh
touch -d '1999-12-31 23:59:59' files/tree/private files/tree/deep/er files/tree

begin "a folder arrives with its structure, modes, times, links and names"
start_send files/tree
receive_within 60
expect_both 0
# Times are told in milliseconds.
describe files/tree | sed 's/\(\.[0-9]\{3\}\)[0-9]* /\1 /; s/\(\.[0-9]\{3\}\)[0-9]*$/\1/' > expected
describe out/tree | sed 's/\(\.[0-9]\{3\}\)[0-9]* /\1 /; s/\(\.[0-9]\{3\}\)[0-9]*$/\1/' > found
expect "the folder" "$(diff expected found)" ""
end

begin "several paths arrive at once, and those of the same name are told apart"
mkdir -p files/other
echo other > files/other/data.bin
head -c 1000 /dev/urandom > files/data.bin
start_send files/data.bin files/tree/deep files/other/data.bin files/tree/empty
receive_within 60
expect_both 0
expect "what is in out/" "$(find out -mindepth 1 -maxdepth 1 | wc -l)" 4
cmp -s files/data.bin out/data.bin || why="$why; the first file differs"
expect "how many files say 'other'" "$(grep -lx other out/data* | wc -l)" 1
end

begin "10,000 small files take no round trip each"
mkdir files/many
i=0
while [ "$i" -lt 10000 ]; do
    echo "$i" > "files/many/$i"
    i=$((i + 1))
done
start_send files/many
receive_within 60
expect_both 0
expect "the difference" "$(diff -r files/many out/many)" ""
rm -rf files/many
end

# 200 MB that both ends can make and check without keeping them.
big ()
{
    yes 'all work and no play' | head -c 209715200
}

begin "200 MB go from standard input to standard output"
expected_sum=$(big | sha256sum)
start_sender sh -c "yes 'all work and no play' | head -c 209715200 |
    '$floe' send --json --listen 127.0.0.1:0 -"
timeout 90 "$floe" receive --yes --stdout "$address" 2> receiver.err | sha256sum > sum
expect "the content" "$(cat sum)" "$expected_sum"
expect_sender 0
expect_events send 0
end

begin "a reader of standard output that is slow slows the sender down"
start_sender sh -c "yes | head -c 50000000 | '$floe' send --json --listen 127.0.0.1:0 -"
("$floe" receive --yes --stdout "$address" 2> receiver.err & echo $! > receiver.pid; wait $!
 echo $? > receiver.status) | (wait_for sender.out progress "$sender"; sleep 2
 awk '/VmHWM/ { print $2 }' "/proc/$(cat receiver.pid)/status" > memory; cat) | wc -c > count
expect "how much arrived" "$(cat count)" 50000000
expect "the receiver's status" "$(cat receiver.status)" 0
[ "$(cat memory)" -lt 65536 ] || why="$why; the receiver took $(cat memory) kB"
expect_sender 0
end

begin "without --json people get sentences and an address to type"
echo hello > 'files/my notes.txt'
start_sender "$floe" send --listen 127.0.0.1:0 'files/my notes.txt'
(cd out && timeout 30 "$floe" receive --yes "$address") > receiver.out 2> receiver.err
expect "the receiver's status" "$?" 0
expect_sender 0
expect_text sender.out "floe receive '$address'"
expect_text receiver.out 'my notes.txt'
expect "the file" "$(cat 'out/my notes.txt')" hello
end

begin "every address of the machine will do to listen at"
start_sender "$floe" send --json --listen 0.0.0.0:0 files/data.bin
receive_within 60
expect_both 0
end

begin "over IPv6 too"
if [ -e /proc/net/if_inet6 ] && grep -q '^0*1 ' /proc/net/if_inet6; then
    start_sender "$floe" send --json --listen '[::1]:0' files/data.bin
    receive_within 60
    expect_both 0
    end
else
    skip "$title" "this machine has no IPv6 loopback address"
fi

# start_server: floe serve, sets server and server_url.
start_server ()
{
    : > server.out # looked at before the shell in the background has made it
    "$floe" serve --json --listen "127.0.0.1:${1:-0}" > server.out 2> server.err &
    server=$!
    pids="$pids $server"
    wait_for server.out '"listening"' "$server" || why="$why; the server does not listen"
    server_url=$(sed -n 's/.*"url":"\([^"]*\)".*/\1/p' server.out)
}

begin "two meet at a rendezvous of somebody else, by the code alone"
start_server
start_sender "$floe" send --json --server "$server_url" files/data.bin
address=${address#*#}
receive_within 60 --server "$server_url"
expect_both 0
cmp -s files/data.bin out/data.bin || why="$why; the files differ"
kill -TERM "$server"
finish "$server" 5
expect "the server's status" "$status" 130
end

begin "the code may come from the environment, or be asked for"
start_send files/data.bin
FLOE_CODE=$address timeout 30 "$floe" receive --json --yes --output out > receiver.out 2> receiver.err
status=$?
expect_both 0
rm -rf out
mkdir out
start_send files/data.bin
echo "$address" | timeout 30 "$floe" receive --json --yes --output out - > receiver.out 2> receiver.err
status=$?
expect_both 0
end

begin "who receives may be the one who invites"
if [ -x "$hostile" ]; then
    start_sender "$floe" receive --json --yes --output out --listen 127.0.0.1:0
    sum=$(printf '\0\0\0' | sha256sum | cut -d ' ' -f 1)
    timeout 20 "$hostile" --role send --join "$address" --timeout 10 \
        'text:{"type":"offer","files":1,"bytes":3,"items":[{"name":"f","kind":"file","size":3}]}' \
        wait:accept 'text:{"type":"file","index":0,"path":"f","size":3}' bytes:3 \
        "text:{\"type\":\"end\",\"index\":0,\"bytes\":3,\"sha256\":\"$sum\"}" wait:stored \
        'text:{"type":"done","files":1,"bytes":3}' wait:done leave > receiver.out 2> receiver.err
    expect "the sender's status" "$?" 0
    expect_sender 0
    expect "the size of the file" "$(wc -c < out/f)" 3
    end
else
    skip "$title" "tests/floe/hostile-peer is not built"
fi

begin "a sender outlives its rendezvous' restart and is found again"
start_server
port=${server_url%/}
port=${port##*:}
start_sender "$floe" send --json --server "$server_url" files/data.bin
address=${address#*#}
kill -9 "$server"
finish "$server" 5
start_server "$port"
attempts=0
while :; do
    receive_within 60 --server "$server_url"
    attempts=$((tries + 1))
    [ "$status" = 4 ] && [ "$attempts" -lt 20 ] || break
    sleep 0.3
done
expect_both 0
kill -TERM "$server"
finish "$server" 5
end

# The rendezvous takes the sender that comes back for another one until it misses the first.
begin "a sender that comes back before its rendezvous missed it is found again"
start_server
python3 "$here/broken-way.py" "${server_url%/}" > way.out 2> way.err &
way=$!
pids="$pids $way"
wait_for way.out '^http' "$way" || why="$why; there is no way"
start_sender "$floe" send --json --server "$(cat way.out)" files/data.bin
address=${address#*#}
kill -USR1 "$way"
attempts=0
while :; do
    receive_within 60 --server "$server_url"
    attempts=$((attempts + 1))
    [ "$status" = 1 ] || [ "$status" = 4 ] && [ "$attempts" -lt 100 ] || break
    sleep 1
done
expect_both 0
kill "$way"
kill -TERM "$server"
finish "$server" 5
end

begin "--json tells what is known of both NATs, and --verbose draws which paths were tried"
start_sender "$floe" send --json --verbose --listen 127.0.0.1:0 files/data.bin
receive_within 60 --verbose
expect_both 0
for side in sender receiver; do
    expect_text $side.out '"event":"connected".*"strategy":"[A-Z_]*","local_nat":"[A-Z_]*","remote_nat":"[A-Z_]*"'
    expect_text $side.err '^path, ms  *start  check  works carries    end 0  *[0-9]*$'
    expect_text $side.err '^ *[0-9]*[ +]direct  *[0-9]*  *[0-9]*  *[0-9]*  *[0-9]*  *[-0-9]* [.=-]*#'
    expect "lines of $side.err that are too wide" \
        "$(sed -n '/^path, ms/,/^\. begun/p' $side.err | awk 'length > 79')" ""
done
end
