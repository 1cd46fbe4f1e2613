# SPDX-License-Identifier: MPL-2.0
# floe nat over the loopback interface; what it finds behind NATs is tested in tests/lab. Read by
# run.sh.

# nat STATUS OPTION...: runs it in both forms, and checks status, schema and that words are there.
# Leaves receiver.out, one line of JSON, and sender.out, the text.
nat ()
{
    expected=$1
    shift
    timeout 20 "$floe" nat --json "$@" > receiver.out 2> receiver.err < /dev/null
    expect "the status" "$?" "$expected"
    expect "the JSON" \
        "$(python3 "$here/check-events.py" --status "$expected" nat receiver.out 2>&1)" ""
    timeout 20 "$floe" nat "$@" > sender.out 2> sender.err < /dev/null
    expect "the status of the text" "$?" "$expected"
}

# member NAME: of receiver.out, as JSON.
member ()
{
    python3 -c 'import json, sys; print(json.dumps(json.load(open("receiver.out"))[sys.argv[1]]))' \
        "$1" 2> /dev/null
}

# wrong WORDS OPTION...: a command line that is refused, with these words, in both forms.
wrong ()
{
    words=$1
    shift
    begin "'floe nat $*' is refused with status 2"
    nat 2 "$@"
    expect_text receiver.out "\"code\":\"usage\".*$words"
    expect_text sender.err "$words"
    end
}

wrong 'stun:HOST'
wrong '\-\-turn-user' --turn turn:127.0.0.1
wrong 'options only' --stun stun:127.0.0.1 eth0
wrong '\-\-proxy' --stun stun:127.0.0.1 --proxy 127.0.0.1:3128
wrong '\-\-interface' --stun stun:127.0.0.1 --interface no-such-interface
wrong '\-\-port-range' --stun stun:127.0.0.1 --port-range 5-4
wrong '\-\-tls-ca' --stun stun:127.0.0.1 --tls-ca missing.pem

begin "'floe nat --help' lists its options, and no others"
"$floe" nat --help > sender.out 2> sender.err
expect "the status" "$?" 0
expect_text sender.out '\-\-interface=NAME'
! grep -q -e '--listen' -e '--relay-only' sender.out || why="$why; it lists options of transfers"
end

begin "servers that are not there are status 4 within three seconds, and are named"
from=$(date +%s%N)
timeout 20 "$floe" nat --json --interface lo --stun stun:127.0.0.1:9 > receiver.out 2> receiver.err
expect "the status" "$?" 4
took=$((($(date +%s%N) - from) / 1000000))
[ "$took" -lt 3000 ] || why="$why; it took $took ms"
expect "udp" "$(member udp)" false
nat 4 --interface lo --stun stun:127.0.0.1:9
expect_text sender.out '^Nothing seems to get out'
expect_text sender.out '^- stun:127.0.0.1:9 gave no answer'
end

begin "a server whose name does not exist is status 4 and no error"
nat 4 --interface lo --stun stun:nobody.invalid
expect_text sender.out '^Nothing is known: the servers. names were not found'
expect_text sender.out 'DNS may be wrong here'
expect_text sender.out '^- stun:nobody.invalid has a name that was not found'
expect_text receiver.out '"fault":"unresolved"'
end

# Somebody who takes what is sent and says nothing, so that floe waits.
python3 -c '
import socket, time
mute = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
mute.bind(("127.0.0.1", 0))
print(mute.getsockname()[1], flush=True)
time.sleep(600)' > mute.out &
mute=$!
pids="$pids $mute"
wait_for mute.out '[0-9]' "$mute"
mute_port=$(cat mute.out)

for name in INT TERM HUP; do
    begin "SIG$name ends floe nat with status 130 and an error"
    "$floe" nat --json --interface lo --stun "stun:127.0.0.1:$mute_port" > receiver.out \
        2> receiver.err &
    receiver=$!
    pids="$pids $receiver"
    sleep 0.3
    kill -s "$name" "$receiver"
    finish "$receiver" 5
    expect "the status" "$status" 130
    expect "the JSON" \
        "$(python3 "$here/check-events.py" --status 130 nat receiver.out 2>&1)" ""
    end
done
kill "$mute"
wait "$mute" 2> /dev/null

if ! command -v turnserver > /dev/null; then
    skip "floe nat with a server" "turnserver is missing (Debian package coturn)"
    return 0
fi

# With two addresses and two ports of each it does RFC 5780.
nat_port=$((20000 + $$ % 20000))
turnserver -n --listening-ip=127.0.0.1 --listening-ip=127.0.0.2 --relay-ip=127.0.0.1 \
    --listening-port=$nat_port --alt-listening-port=$((nat_port + 1)) --allow-loopback-peers \
    --lt-cred-mech --user=floe:secret --realm=floe.test --no-tls --no-dtls --no-cli \
    --no-stdout-log --log-file=stdout --pidfile="$work/turn.pid" --userdb="$work/turn.db" \
    > turn.log 2>&1 &
turn=$!
pids="$pids $turn"

# Until it answers: the first report may be of a server that has not come up.
tries=0
until "$floe" nat --json --interface lo --stun stun:127.0.0.1:$nat_port 2> /dev/null > receiver.out
do
    tries=$((tries + 1))
    if [ "$tries" -gt 20 ] || ! kill -0 "$turn" 2> /dev/null; then
        begin "turnserver comes up"
        why="; it does not: $(tail -n 3 turn.log)"
        end
        return 0
    fi
    sleep 0.2
done

begin "on the loopback interface everything is open: status 0"
export FLOE_TURN_PASSWORD=secret
nat 0 --interface lo --stun stun:127.0.0.2:$nat_port --turn turn:127.0.0.1:$nat_port \
    --turn-user floe
expect "udp" "$(member udp)" true
expect "mapping" "$(member mapping)" '"endpoint-independent"'
expect "the interface" "$(member interface)" '"lo"'
expect_text sender.out '^Direct connections will work from here'
expect_text sender.out '^  Network  *lo, IPv4, 127.0.0.1$'
end

begin "--verbose adds how it is known, in both forms"
nat 0 --interface lo --verbose --stun stun:127.0.0.1:$nat_port
expect_text receiver.out '"evidence":{'
expect_text sender.out 'How this is known'
expect_text sender.out "stun:127.0.0.1:$nat_port .* answers in [0-9.]* ms"
expect "standard error" "$(cat sender.err)" ""
end

begin "a wrong password is told as a fault of one server, and the others are believed"
export FLOE_TURN_PASSWORD=wrong
nat 0 --interface lo --stun stun:127.0.0.2:$nat_port --turn turn:127.0.0.1:$nat_port \
    --turn-user floe
expect_text receiver.out '"fault":"refused"'
expect_text sender.out "^- turn:127.0.0.1:$nat_port refused"
end
unset FLOE_TURN_PASSWORD

begin "the line on a terminal says how many servers are asked, and vanishes"
script -qec "'$floe' nat --interface lo --stun stun:127.0.0.1:$nat_port --stun stun:127.0.0.2:$nat_port" \
    /dev/null > sender.out 2> sender.err < /dev/null
expect "the status" "$?" 0
expect_text sender.out 'asking 2 servers\.\.\.'
expect_text sender.out "$(printf '\r\033\\[K')Direct"
end

# transfer: a file, between two who both ask the server what the network does.
transfer ()
{
    echo content > files/known.txt
    start_send --stun "stun:127.0.0.1:$nat_port" files/known.txt
    # The sender has waited for some time when the receiver comes.
    ! [ -n "$1" ] || wait_for "$1" mapping "$sender" || why="$why; $1 does not come to be"
    receive_within 30 --stun "stun:127.0.0.1:$nat_port"
    expect_both 0
}

begin "what a session finds out of the network is kept for the user alone, and without addresses"
rm -rf cache/floe
transfer cache/floe/networks
expect "the folder's mode" "$(stat -c %a cache/floe)" 700
expect "the mode of networks" "$(stat -c %a cache/floe/networks)" 600
expect "the mode of ways" "$(stat -c %a cache/floe/ways)" 600
expect_text cache/floe/ways '^[0-9a-f]\{64\} direct [0-9]*$'
! grep -q '127\.0\.0' cache/floe/networks cache/floe/ways || why="$why; there are addresses in it"
expect_text sender.out '"local_nat":"OPEN"'
end

begin "files of that kind that are none of ours count as empty"
rm -r cache/floe
mkdir -p cache/floe/networks
mkfifo cache/floe/ways
transfer ''
end

begin "where nothing can be kept everything works"
rm -r cache
echo > cache
transfer ''
rm cache
end

kill "$turn"
wait "$turn" 2> /dev/null
