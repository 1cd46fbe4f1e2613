# SPDX-License-Identifier: MPL-2.0
# What a malicious sender or receiver might do that knows the code; read by run.sh.

. "$here/steps.sh"

# Everything beneath the test's directory but out/ and the programs' output, with its content.
snapshot ()
{
    find "$work" -path "$work/out" -prune -o -path "$work/cache/floe/*" -o -name '*er.out' -o -name '*er.err' -o -print | sort
    cat beside/*
}

# list_out: everything beneath out/, in one line.
list_out ()
{
    (cd out && find . -mindepth 1 | sed 's/^..//' | sort | tr '\n' ' ' | sed 's/ $//')
}

# expect_no_escape: no program under test printed what a terminal acts upon.
expect_no_escape ()
{
    ! cat sender.err receiver.err receiver.words 2> /dev/null | grep -q "$(printf '\033')" \
        || why="$why; an escape sequence was printed"
}

# attack TITLE STATUS LEFT STEP...: a hostile sender takes the steps; LEFT is what may be in out/
# afterwards.
attack ()
{
    begin "from a hostile sender: $1"
    expected=$2
    left=$3
    shift 3
    echo content > beside/victim
    around=$(snapshot)
    start_sender "$hostile" --role send "$@"
    receive_within 60 --timeout 3
    expect "the receiver's status" "$status" "$expected"
    finish "$sender" 30
    expect "what is in out/" "$(list_out)" "$left"
    expect "what is around out/" "$(snapshot)" "$around"
    expect_no_escape
    end
}

# named TITLE STATUS LEFT NAME [OFFERED]: an empty file on top, where OFFERED (else its name) was
# offered.
named ()
{
    attack "$1" "$2" "$3" "$(offer_step 1 0 "${5-$4}" file)" wait:accept \
        "$(file_step 0 "$4" 0)" "$(end_step 0 0 "$nothing")" "$(done_step 1 0)" wait:done
}

# inside TITLE STATUS LEFT PATH [FOLDER]: an empty file in a folder (else "a") that was offered and
# sent.
inside ()
{
    attack "$1" "$2" "$3" "$(offer_step 1 0 "${5-a}" folder)" wait:accept \
        "$(folder_step "${5-a}")" "$(file_step 0 "$4" 0)" "$(end_step 0 0 "$nothing")" \
        "$(done_step 1 0)" wait:done
}

# linked TITLE STATUS LEFT PATH TARGET: a link in d/s/, where d/s/f is a file.
linked ()
{
    attack "$1" "$2" "$3" "$(offer_step 1 0 d folder)" wait:accept "$(folder_step d)" \
        "$(folder_step d/s)" "$(file_step 0 d/s/f 0)" "$(end_step 0 0 "$nothing")" \
        "$(link_step "$4" "$5")" "$(done_step 1 0)" wait:done
}

# sent TITLE STATUS LEFT STEP...: after one file "f" of 1000 bytes was offered and accepted.
sent ()
{
    attack_title=$1
    attack_status=$2
    attack_left=$3
    shift 3
    attack "$attack_title" "$attack_status" "$attack_left" \
        "$(offer_step 1 1000 f file)" wait:accept "$@"
}

hostile_senders ()
{
    inside "a path that climbs out" 1 '' 'a/../../x'
    inside "a path that goes up and down" 1 '' 'a/../a/x'
    inside "a path that begins above" 1 '' '../x'
    inside "an absolute path" 1 '' "$work/x"
    inside "an absolute path to where it may go" 1 '' "$work/out/a/x"
    inside "an empty segment" 1 '' 'a//x'
    inside "a path that ends in a slash" 1 '' 'a/'
    inside "a segment that is a dot" 1 '' 'a/./x'
    inside "a path of 100 segments" 1 '' "$(printf '%0100d' 0 | sed 's|0|a/|g')x"
    inside "a path of 5000 bytes" 1 '' "a/$(printf '%05000d' 0)"
    inside "what was not offered" 1 '' 'b/x'
    inside "what only begins like what was offered" 1 '' 'ab'
    inside "the name of a folder again" 0 'a a (1)' a
    inside "a folder that climbs out" 1 '' 'x' '../a'
    inside "an absolute folder" 1 '' 'x' "$work/a"
    inside "a hidden folder" 0 '_ssh _ssh/keys' '.ssh/keys' '.ssh'
    inside "a hidden file within" 0 'a a/.profile' 'a/.profile'

    named "the folder above" 1 '' '..'
    named "the folder above as what was offered only" 1 '' 'x' '..'
    named "the folder itself" 1 '' '.'
    named "an absolute name" 1 '' "$work/x"
    named "an empty name" 1 '' ''
    named "a name of 300 bytes" 1 '' "$(printf '%0300d' 0)"
    named "a name with a NUL" 1 '' 'a\u0000b'
    named "a name that is half a character" 1 '' 'a\ud800b'
    named "a name with a newline" 0 'a_b' 'a\nb'
    named "a name with an escape sequence" 0 'a_[2Jb' 'a\u001b[2Jb'
    named "a name with an eight-bit escape sequence" 0 'a_2Jb' 'a\u009b2Jb'
    named "a name that turns text around" 0 'a_b' 'a\u202eb'
    named "a name with backslashes" 0 '_._.._x' '..\\..\\x'
    named "a hidden name" 0 '_profile' '.profile'

    linked "a link that stays within" 0 'd d/s d/s/f d/s/l' d/s/l ../s/f
    linked "an absolute link" 1 'd d/s d/s/f' d/s/l "$work/beside"
    linked "a link that climbs out" 1 'd d/s d/s/f' d/s/l ../../beside
    linked "a link that climbs out from the top" 1 'd d/s d/s/f' d/l ../beside
    linked "a link that goes up in the middle" 1 'd d/s d/s/f' d/s/l f/../../../beside
    linked "a link to nowhere" 1 'd d/s d/s/f' d/s/l ''
    linked "a link beside what was offered" 1 'd d/s d/s/f' l d
    linked "a link whose target has a NUL" 1 'd d/s d/s/f' d/s/l 'f\u0000'
    attack "a folder twice" 0 'd d/x' "$(offer_step 1 0 d folder)" wait:accept \
        "$(folder_step d)" "$(folder_step d)" "$(file_step 0 d/x 0)" \
        "$(end_step 0 0 "$nothing")" "$(done_step 1 0)" wait:done
    attack "a file where a folder is" 0 'd d/s d/s (1)' "$(offer_step 1 0 d folder)" wait:accept \
        "$(folder_step d)" "$(folder_step d/s)" "$(file_step 0 d/s 0)" \
        "$(end_step 0 0 "$nothing")" "$(done_step 1 0)" wait:done
    attack "a link in place of a folder, and a file through it" 5 'd d/l d/s' \
        "$(offer_step 1 0 d folder)" wait:accept "$(folder_step d)" "$(folder_step d/s)" \
        "$(link_step d/l s)" "$(file_step 0 d/l/x 0)" "$(end_step 0 0 "$nothing")" wait:error
    attack "a link that is offered itself" 1 '' "$(offer_step 0 0 l link)" wait:accept \
        "$(link_step l beside)" wait:error

    sent "content that is not what it promised" 4 '' "$(file_step 0 f 1000)" bytes:1000 \
        "$(end_step 0 1000 "$nothing")"
    sent "less than it promised" 4 '' "$(file_step 0 f 1000)" bytes:999 "$(end_step 0 999 "$zeros")"
    sent "more than it promised" 4 '' "$(file_step 0 f 999)" bytes:1000 \
        "$(end_step 0 1000 "$zeros")"
    sent "more than it offered" 4 '' "$(file_step 0 f null)" bytes:1001 \
        "$(end_step 0 1001 "$zeros")"
    sent "a larger file than it offered" 4 '' "$(file_step 0 f 1001)"
    sent "more files than it offered" 4 'f' "$(file_step 0 f 0)" "$(end_step 0 0 "$nothing")" \
        "$(file_step 1 f/x 0)"
    sent "fewer files than it says" 4 '' "$(done_step 1 1000)"
    sent "a file without end" 1 '' "$(file_step 0 f 1000)" bytes:10 leave
    sent "a negative size" 1 '' "$(file_step 0 f -1)"
    sent "a size beyond numbers" 1 '' "$(file_step 0 f 9007199254740992)"
    attack "more than any disk holds" 5 '' "$(offer_step 1 9007199254740991 f file)" wait:refuse

    sent "a set-user-id bit" 1 '' \
        'text:{"type":"file","index":0,"path":"f","size":0,"mode":2541}'
    sent "content of no file" 1 '' bytes:1000
    sent "the end of nothing" 1 '' "$(end_step 0 1000 "$zeros")"
    sent "a second file in the first" 1 '' "$(file_step 0 f 1000)" bytes:10 "$(file_step 1 f 1000)"
    sent "a folder in a file" 1 '' "$(file_step 0 f 1000)" "$(folder_step f)"
    sent "the end of another file" 1 '' "$(file_step 0 f 1000)" bytes:1000 \
        "$(end_step 1 1000 "$zeros")"
    sent "files in a strange order" 1 '' "$(file_step 1 f 1000)"
    sent "a second offer" 1 '' "$(offer_step 1 1000 f file)"
    sent "a second hello" 1 '' 'text:{"type":"hello","version":1,"role":"send"}'
    sent "a receiver's message" 1 '' 'text:{"type":"stored","index":0}'
    attack "a file before the offer" 1 '' "$(file_step 0 f 0)"
    attack "an offer of nonsense" 1 '' 'text:{"type":"offer","files":-1,"bytes":[],"items":{}}'
    attack "what is no JSON" 1 '' 'text:hello'
    attack "JSON that nests without end" 1 '' "text:$(printf '%030000d' 0 | tr 0 '[')"
    attack "an error with an escape sequence" 1 '' \
        'text:{"type":"error","code":"interrupted","message":"\u001b[2J\u202e"}'
    attack "no word at all" 6 ''
    sent "no more words" 6 ''
    attack "a message of a million bytes" 1 '' big:1000000

    begin "more than was offered does not get to standard output, nor does a folder"
    ended=
    for sent in "$(file_step 0 f null)" "$(folder_step f)"; do
        start_sender "$hostile" --role send "$(offer_step 1 1000 f file)" wait:accept "$sent" \
            bytes:1001
        "$floe" receive --yes --stdout "$address" > receiver.words 2> receiver.err
        ended="$ended $?"
        expect "what was printed" "$(cat receiver.words)" ""
        finish "$sender" 30
    done
    expect "how the receivers ended" "$ended" " 4 1"
    end

    begin "escape sequences in names and errors are not shown"
    start_sender "$hostile" --role send "$(offer_step 1 0 'a\u001b[2Jb' file)" wait:accept \
        'text:{"type":"error","code":"file","message":"\u001b[2J\u009b2J\u202e"}'
    "$floe" receive --yes --output out "$address" > receiver.words 2> receiver.err
    expect "the receiver's status" "$?" 1
    expect_text receiver.words 'a_\[2Jb'
    expect_no_escape
    finish "$sender" 30
    end

    begin "from a hostile sender: more is claimed of a file that was skipped than it had"
    echo old > out/f
    start_sender "$hostile" --role send "$(offer_step 1 0 f file)" wait:accept \
        "$(file_step 0 f 0)" "$(end_step 0 9007199254740991 "$nothing")" \
        "$(done_step 1 9007199254740991)" wait:done
    receive_within 60 --skip --timeout 3
    expect "the receiver's status" "$status" 4
    finish "$sender" 30
    expect "what is in out/f" "$(cat out/f)" old
    end

    begin "messages of types that are not known are left out"
    start_sender "$hostile" --role send 'text:{"type":"news","more":[1,{"a":null}]}' flood:5000 \
        "$(offer_step 1 0 f file)" big:60000 wait:accept \
        "$(file_step 0 f 0)" 'text:{"type":"news"}' \
        "$(end_step 0 0 "$nothing")" "$(done_step 1 0)" wait:done
    receive_within 60
    expect "the receiver's status" "$status" 0
    expect_sender 0
    expect "what is in out/" "$(list_out)" f
    end
}

# answered TITLE STATUS STEP...: a hostile receiver takes the steps towards a sender of a file and
# a folder, which waits $patience seconds for something to move.
patience=3
answered ()
{
    begin "from a hostile receiver: $1"
    expected=$2
    shift 2
    start_sender "$floe" send --json --timeout "$patience" files/small
    "$hostile" --role receive --join "$address" "$@" > receiver.out 2> receiver.err &
    receiver=$!
    pids="$pids $receiver"
    expect_sender "$expected"
    finish "$receiver" 30
    expect_no_escape
    end
}

hostile_receivers ()
{
    mkdir -p files/small/folder
    head -c 100000 /dev/zero > files/small/a
    head -c 3000000 /dev/zero > files/small/folder/b
    accept='text:{"type":"accept"}'

    answered "what was never sent is stored" 1 wait:offer "$accept" wait:file \
        'text:{"type":"stored","index":1000}'
    answered "it is stored before it is accepted" 1 wait:offer 'text:{"type":"stored","index":0}'
    answered "it is stored twice" 1 wait:offer "$accept" wait:end \
        'text:{"type":"stored","index":0}' 'text:{"type":"stored","index":0}'
    answered "all is done at once" 1 wait:offer 'text:{"type":"done","files":2,"bytes":3100000}'
    answered "all is done too early" 1 wait:offer "$accept" wait:file \
        'text:{"type":"done","files":2,"bytes":3100000}'
    answered "it is accepted twice" 1 wait:offer "$accept" "$accept"
    answered "it is refused, with an escape sequence" 3 wait:offer \
        'text:{"type":"refuse","message":"\u001b[2J"}'
    answered "it skips what there is not" 1 wait:offer "$accept" wait:file \
        'text:{"type":"skip","index":77}'
    answered "it skips nonsense" 1 wait:offer "$accept" 'text:{"type":"skip","index":-1}'
    answered "it offers something itself" 1 wait:offer \
        'text:{"type":"offer","files":0,"bytes":0,"items":[],"more":0}'
    answered "it sends content" 1 wait:offer "$accept" bytes:100000
    answered "what it says is no JSON" 1 wait:offer text:hello
    answered "it sends a million bytes in one message" 1 wait:offer big:1000000
    answered "it leaves half-way" 1 wait:offer "$accept" wait:file leave
    patience=20
    answered "it vanishes half-way" 1 wait:offer "$accept" wait:file vanish
    patience=3
    answered "it says nothing" 6 wait:offer
    answered "it reads nothing" 6 wait:offer "$accept" stall
    answered "it confirms nothing" 6 wait:offer "$accept"
    answered "other sums than were sent" 4 wait:offer "$accept" wait:end \
        'text:{"type":"stored","index":0}' wait:end 'text:{"type":"stored","index":1}' wait:done \
        'text:{"type":"done","files":1,"bytes":7}'
    answered "an honest one, after much that is not known" 0 flood:5000 wait:offer big:60000 \
        "$accept" wait:end 'text:{"type":"stored","index":0}' wait:end \
        'text:{"type":"stored","index":1}' wait:done \
        'text:{"type":"done","files":2,"bytes":3100000}'
}

if [ -x "$hostile" ]; then
    hostile_senders
    hostile_receivers
else
    skip "hostile senders and receivers" "tests/floe/hostile-peer is not built"
fi
