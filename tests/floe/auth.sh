# SPDX-License-Identifier: MPL-2.0
# Who does not know the code, or stands in between; read by run.sh.

. "$here/steps.sh"

# strange PROOF STEP...: somebody comes to the sender's room who proves like that.
strange ()
{
    proof=$1
    shift
    "$hostile" --role receive --join "$address" --proof "$proof" --timeout 20 "$@" \
        > stranger.out 2> stranger.err
}

# expect_no_secret FILE: nothing of what is to be sent, not even its name, is in FILE.
expect_no_secret ()
{
    ! grep -q 'offer\|secret' "$1" || why="$why; $1 has what only who knows the code may have"
}

# expect_alive: the sender goes on waiting.
expect_alive ()
{
    kill -0 "$sender" 2> /dev/null || why="$why; the sender ended"
}

# expect_delivery: who knows the code gets the file.
expect_delivery ()
{
    receive_within 30
    expect "the receiver's status" "$status" 0
    expect_sender 0
    cmp -s files/secret.txt out/secret.txt || why="$why; the file did not arrive"
}

wrong_codes ()
{
    begin "with another code nobody is there, and who has the right one still gets the file"
    start_sender "$floe" send --json files/secret.txt
    right=$address
    address=${address%#*}#000G40R40M30E209185GR38E1W
    receive_within 60
    expect "the stranger's status" "$status" 4
    expect_text receiver.out '"code":"authentication"'
    address=$right
    expect_alive
    expect_delivery
    end

    begin "a wrong proof tells who comes nothing, and who has the code still gets the file"
    start_sender "$floe" send --json files/secret.txt
    strange wrong 'text:{"type":"accept"}'
    expect_text stranger.out '"authentication"'
    expect_no_secret stranger.out
    expect_alive
    expect_delivery
    end

    begin "after five wrong proofs the sender gives up with status 4"
    start_sender "$floe" send --json files/secret.txt
    for i in 1 2 3 4; do
        strange wrong
        expect_no_secret stranger.out
        expect_alive
    done
    strange wrong
    expect_sender 4
    expect_text sender.out '"code":"authentication"'
    end

    begin "who speaks out of turn gets nothing, and who has the code still gets the file"
    start_sender "$floe" send --json files/secret.txt
    strange none 'text:{"type":"accept"}' 'text:{"type":"stored","index":0}'
    expect_no_secret stranger.out
    strange none bytes:100000
    expect_no_secret stranger.out
    strange none leave
    expect_no_secret stranger.out
    strange right --hello '{"type":"hello","version":2,"role":"receive"}'
    expect_no_secret stranger.out
    strange right --hello '{"type":"hello","version":1,"role":"send","nonce":"00"}'
    expect_no_secret stranger.out
    expect_alive
    expect_delivery
    end

    begin "who proves nothing is let go after 30 s, and who has the code gets the file"
    start_sender "$floe" send --json files/secret.txt
    "$hostile" --role receive --join "$address" --proof none --timeout 60 flood:10 \
        > stranger.out 2> stranger.err &
    stranger=$!
    pids="$pids $stranger"
    finish "$stranger" 45
    expect "the stranger's status" "$status" 0
    expect_no_secret stranger.out
    expect_alive
    expect_delivery
    end
}

# pretended TITLE STATUS OPTION...: a sender who does not know the code, or how to say so.
pretended ()
{
    begin "$1"
    expected=$2
    shift 2
    start_sender "$hostile" --role send "$@" \
        'text:{"type":"offer","files":0,"bytes":0,"items":[],"more":0}'
    receive_within 60 --timeout 4
    expect "the receiver's status" "$status" "$expected"
    expect_empty
    finish "$sender" 30
    end
}

pretenders ()
{
    pretended "a sender with a wrong proof is found out" 4 --proof wrong
    pretended "a sender that sends one's own proof back is found out" 4 --proof reflect
    pretended "a sender without a proof is not listened to" 1 --proof none
    pretended "an offer before the proof is not looked at" 1 \
        --early '{"type":"offer","files":0,"bytes":0,"items":[],"more":0}'
    pretended "a sender of another version is told apart" 1 \
        --hello '{"type":"hello","version":2,"role":"send"}'
    pretended "a second receiver is told apart" 1 --hello \
        "{\"type\":\"hello\",\"version\":1,\"role\":\"receive\",\"nonce\":\"$(printf '%064d' 0)\"}"
    pretended "a sender without a hello times out" 6 --hello '' --proof right

    begin "one who invites goes on waiting after a wrong proof"
    "$floe" receive --json --yes --output out > receiver.out 2> receiver.err &
    receiver=$!
    pids="$pids $receiver"
    wait_for receiver.out 'http://' "$receiver" || why="$why; the receiver printed no address"
    address=$(sed -n 's/.*\(http:[^"]*\).*/\1/p' receiver.out | head -n 1)
    for proof in wrong none; do
        "$hostile" --role send --join "$address" --proof "$proof" 'text:{"type":"accept"}' \
            > stranger.out 2> stranger.err
        kill -0 "$receiver" 2> /dev/null || why="$why; the receiver ended"
    done
    "$hostile" --role send --join "$address" "$(offer_step 1 0 f file)" wait:accept \
        "$(file_step 0 f 0)" \
        "$(end_step 0 0 "$nothing")" "$(done_step 1 0)" wait:done > sender.out 2> sender.err
    expect_receiver 0
    expect "what is in out/" "$(ls -A out)" f
    end
}

# start_liar MODE: sets liar and server.
start_liar ()
{
    "$lying" --mode "$1" > liar.out 2> liar.err &
    liar=$!
    pids="$pids $liar"
    wait_for liar.out 'http://' "$liar" || why="$why; the rendezvous printed no address"
    server=$(head -n 1 liar.out)
}

# between MODE COUNT TITLE: five who know the code come to a rendezvous that lies, which gets in
# between COUNT times.
between ()
{
    begin "$3"
    start_liar "$1"
    start_sender "$floe" send --json --server "$server" files/secret.txt
    for i in 1 2 3 4 5; do
        expect_alive
        receive_within 60
        expect "the status of receiver $i" "$status" 4
        expect_text receiver.out '"code":"authentication"'
    done
    expect_sender 4
    expect_text sender.out '"code":"authentication"'
    expect "how often it had both channels" "$(grep -c '^open$' liar.out)" "$2"
    expect_no_secret liar.out
    expect_empty
    kill "$liar"
    finish "$liar" 5
    end
}

liars ()
{
    between swap 5 "a rendezvous that puts itself in between is found out on both sides"
    between add 0 "a rendezvous that adds a fingerprint is found out on both sides"
}

echo 'nobody else' > files/secret.txt
if [ -x "$hostile" ] && [ -x "$lying" ]; then
    wrong_codes
    pretenders
    liars
else
    skip "wrong codes and proofs" "tests/floe/hostile-peer and lying-rendezvous are not built"
fi
