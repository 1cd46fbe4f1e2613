# SPDX-License-Identifier: MPL-2.0
# Transfers that succeed; read by run.sh.

# transfer SIZE
transfer ()
{
    begin "a file of $1 bytes arrives whole, and the events tell of it"
    head -c "$1" /dev/urandom > files/data.bin
    start_sender "$floe" send --json files/data.bin
    receive_within 90
    expect "the receiver's status" "$status" 0
    expect_sender 0
    cmp -s files/data.bin out/data.bin || why="$why; the files differ"
    expect "what is in out/" "$(ls -A out)" data.bin
    sha256=$(sha256sum files/data.bin | cut -d ' ' -f 1)
    for side in sender receiver; do
        expect "the $side's events" \
            "$(python3 "$here/check-events.py" "$side.out" data.bin "$1" "$sha256" 2>&1)" ""
        expect "the $side's standard error" "$(cat "$side.err")" ""
    done
    end
}

transfer 0
transfer 1
transfer 1048579
transfer 67108864

begin "without --json people get sentences and an address to type"
echo hello > 'files/my notes.txt'
start_sender "$floe" send 'files/my notes.txt'
(cd out && timeout 30 "$floe" receive "$address") > receiver.out 2> receiver.err
expect "the receiver's status" "$?" 0
expect_sender 0
expect_text sender.out "floe receive '$address'"
expect_text receiver.out 'Done: my notes.txt'
expect "the file" "$(cat 'out/my notes.txt')" hello
end

begin "every address of the machine will do to listen at"
start_sender "$floe" send --json --listen 0.0.0.0:0 files/data.bin
receive_within 60
expect "the receiver's status" "$status" 0
expect_sender 0
end

begin "over IPv6 too"
if [ -e /proc/net/if_inet6 ] && grep -q '^0*1 ' /proc/net/if_inet6; then
    start_sender "$floe" send --json --listen '[::1]:0' files/data.bin
    receive_within 60
    expect "the receiver's status" "$status" 0
    expect_sender 0
    end
else
    skip "$title" "this machine has no IPv6 loopback address"
fi
