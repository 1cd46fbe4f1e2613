# SPDX-License-Identifier: MPL-2.0
# What becomes of what exists already; read by run.sh.

echo new > files/note.txt
mkdir -p files/album/inner
echo new > files/album/a
echo new > files/album/inner/b
head -c 20000000 /dev/urandom > files/large.bin

# existing: something of the same names.
existing ()
{
    mkdir -p out/album/inner
    echo old > out/note.txt
    echo old > out/album/a
    echo old > out/album/other
    echo old > out/large.bin
}

begin "what exists is not replaced unless somebody says so, and the sender is told"
existing
start_send files/note.txt
receive_within 60
expect "the receiver's status" "$status" 5
expect_events receive 5
expect_sender 3
expect_events send 3
expect "the file" "$(cat out/note.txt)" old
end

begin "a folder that exists is a conflict, too"
existing
start_send files/album
receive_within 60
expect "the receiver's status" "$status" 5
expect_sender 3
expect "what is in the folder" "$(ls out/album | tr '\n' ' ')" 'a inner other '
end

begin "--overwrite replaces files and merges folders"
existing
start_send files/note.txt files/album
receive_within 60 --overwrite
expect_both 0
expect "the files" "$(cat out/note.txt out/album/a out/album/inner/b out/album/other | tr '\n' ' ')" \
    'new new new old '
end

begin "--rename numbers what is new and leaves what is old"
existing
start_send files/note.txt files/album
receive_within 60 --rename
expect_both 0
expect "the old files" "$(cat out/note.txt out/album/a out/album/other | tr '\n' ' ')" 'old old old '
expect "the new files" "$(cat out/note*1*.txt out/album*1*/a out/album*1*/inner/b | tr '\n' ' ')" \
    'new new new '
end

begin "--skip leaves files that exist and brings the others"
existing
start_send files/note.txt files/large.bin files/album
receive_within 60 --skip
expect_both 0
expect "the files" \
    "$(cat out/note.txt out/large.bin out/album/a out/album/inner/b out/album/other | tr '\n' ' ')" \
    'old old old new old '
expect_text sender.out '"event":"done","files":1,"bytes":4'
expect_text receiver.err 'Skipped'
end

begin "a symbolic link is not followed"
ln -s ../beside/target out/note.txt
start_send files/note.txt
receive_within 60
expect "the receiver's status" "$status" 5
expect_sender 3
expect "what is in beside/" "$(ls -A beside)" ""
end

begin "--overwrite replaces a symbolic link and not what it points to"
echo old > beside/target
ln -s ../beside/target out/note.txt
start_send files/note.txt
receive_within 60 --overwrite
expect_both 0
expect "the files" "$(cat beside/target out/note.txt | tr '\n' ' ')" 'old new '
end

# ask ANSWERS: the receiver is asked at a terminal.
ask ()
{
    answers=$1
    shift
    timeout 30 python3 "$here/answer.py" "$answers" "$floe" receive --output out "$@" "$address" \
        > receiver.out 2> receiver.err
    status=$?
}

begin "at a terminal people are asked, and may say yes"
start_send files/note.txt
ask 'y'
expect "the receiver's status" "$status" 0
expect_sender 0
expect "the file" "$(cat out/note.txt)" new
end

begin "at a terminal people may say no, which is status 3 on both sides"
start_send files/note.txt
ask 'n'
expect "the receiver's status" "$status" 3
expect_sender 3
expect_empty
end

for answer in 'overwrite new' 'rename old' 'skip old'; do
    begin "at a terminal people may choose to ${answer% *}"
    existing
    start_send files/note.txt
    ask "${answer% *},y"
    expect "the receiver's status" "$status" 0
    expect_sender 0
    expect "the file" "$(cat out/note.txt)" "${answer#* }"
    end
done

begin "at a terminal people may cancel"
existing
start_send files/note.txt
ask 'cancel'
expect "the receiver's status" "$status" 3
expect_sender 3
expect "the file" "$(cat out/note.txt)" old
end

begin "where nobody can be asked --yes has to be said"
start_send files/note.txt
"$floe" receive --json --output out "$address" > receiver.out 2> receiver.err < /dev/null
expect "the receiver's status" "$?" 2
expect_text receiver.out "say --yes"
expect_sender 3
expect_empty
end

begin "--stdout takes one file and nothing else"
start_send files/album
timeout 20 "$floe" receive --yes --stdout "$address" > receiver.out 2> receiver.err < /dev/null
expect "the receiver's status" "$?" 2
expect "the output" "$(cat receiver.out)" ""
expect_sender 3
end
rm files/large.bin
