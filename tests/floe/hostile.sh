# SPDX-License-Identifier: MPL-2.0
# What a malicious sender might do; read by run.sh.

nothing=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
zeros=$(head -c 1000 /dev/zero | sha256sum | cut -d ' ' -f 1)

# attack TITLE STATUS LEFT FIRST SIZE LAST: LEFT is what may be in out/ afterwards.
attack ()
{
    begin "from a hostile sender: $1"
    start_sender "$hostile" "$4" "$5" "$6"
    receive_within 20 --timeout 5
    expect "the receiver's status" "$status" "$2"
    finish "$sender" 10
    expect "what is in out/" "$(ls -A out)" "$3"
    expect "what is in $work" "$(ls -A "$work")" "$around"
    end
}

# named TITLE STATUS LEFT NAME: an empty file with a name as it stands in JSON.
named ()
{
    attack "$1" "$2" "$3" "{\"type\":\"file\",\"name\":\"$4\",\"size\":0}" 0 \
        "{\"type\":\"end\",\"sha256\":\"$nothing\"}"
}

if [ ! -x "$hostile" ]; then
    skip "hostile senders" "tests/floe/hostile-sender is not built"
else
    begin "the directory to compare with"
    touch sender.out sender.err receiver.out receiver.err
    around=$(ls -A "$work")

    named "a name that climbs" 0 x '../x'
    named "an absolute name" 0 x "$work/x"
    named "a name with backslashes" 0 x '..\\..\\x'
    named "an empty name" 1 '' ''
    named "the directory itself" 1 '' '.'
    named "the directory above" 1 '' '..'
    named "a name that is all directory" 1 '' 'out/'
    named "a name of 300 characters" 1 '' "$(printf '%0300d' 0)"
    named "a name with a newline" 0 a_b 'a\nb'
    named "a name with an escape sequence" 0 'a_[2Jb' 'a\u001b[2Jb'
    named "a name that turns text around" 0 a_b 'a\u202eb'
    named "a hidden name" 0 _profile '.profile'
    named "a name with a NUL" 0 a 'a\u0000/../b'

    file='{"type":"file","name":"f","size":1000}'
    attack "content that is not what it promised" 4 '' "$file" 1000 \
        "{\"type\":\"end\",\"sha256\":\"$nothing\"}"
    attack "less than it promised" 4 '' "$file" 999 "{\"type\":\"end\",\"sha256\":\"$zeros\"}"
    attack "more than it promised" 4 '' "$file" 1001 "{\"type\":\"end\",\"sha256\":\"$zeros\"}"
    attack "the end of nothing" 1 '' "{\"type\":\"end\",\"sha256\":\"$zeros\"}" 0 ''
    attack "content of no file" 1 '' '' 1000 ''
    attack "a second file in the first" 1 '' "$file" 10 "$file"
    attack "what is no JSON" 1 '' 'hello' 0 ''
    attack "JSON that nests without end" 1 '' "$(printf '%08000d' 0 | tr 0 '[')" 0 ''
    attack "a text of 60 kB" 1 '' "$(printf '%060000d' 0)" 0 ''
    attack "a file without end" 5 '' '{"type":"file","name":"f","size":9007199254740991}' 0 ''
    attack "a negative size" 1 '' '{"type":"file","name":"f","size":-1}' 0 ''
    attack "no word at all" 6 '' '' 0 ''
    attack "an error with an escape sequence" 1 '' \
        '{"type":"error","code":"interrupted","message":"\u001b[2J"}' 0 ''
fi
