#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Tests tests/check.sh with suites of its own: that no failure is lost, side by side or not.
#
#   sh tests/check/test.sh
#
# Takes some seconds. The last line is 'N passed, N failed, N skipped'.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/floe-check.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
unset CI FLOE_CHECK_IDLE FLOE_CHECK_MAIN

# A tree of its own, with check.sh as it is.
tree=$work/tree
logs=$tree/build/logs
mkdir -p "$tree/tests/check" "$tree/docs/measured"
cp "$here/../check.sh" "$tree/tests/"
cp "$here/jobs.sh" "$tree/tests/check/"
: > "$tree/tests/setup.sh"
: > "$tree/docs/measured/matrix.md"
echo build > "$tree/.gitignore"
passed=0
failed=0

# expect NAME TEXT: that a line of the output is that.
expect ()
{
    if grep -qxF -- "$2" "$work/output"; then
        passed=$((passed + 1))
        echo "ok $1"
    else
        failed=$((failed + 1))
        echo "not ok $1: no line '$2' in"
        sed 's/^/    | /' "$work/output"
    fi
}

# check OPTION...: what it says and its status are in $work/output.
check ()
{
    sh "$tree/tests/check.sh" "$@" > "$work/output" 2>&1
    echo "status $?" >> "$work/output"
}

cat > "$work/good" << 'END'
#!/bin/sh
echo '2 passed, 0 failed, 0 skipped'
END
cat > "$work/silent" << 'END'
#!/bin/sh
exit 0
END
cat > "$work/liar" << 'END'
#!/bin/sh
echo '1 passed, 0 failed, 0 skipped'
exit 3
END
cat > "$work/skips" << 'END'
#!/bin/sh
echo 'skip that: no such thing'
echo '1 passed, 0 failed, 1 skipped'
END
cat > "$tree/tests/check/suites.sh" << END
quick_plan='
build plain
idle build:slow build:broken late
one good early waits
two silent liar
show good waits silent liar late early
'
full_plan='
one skips
show skips
build plain
one good absent dies
two needs breaks stranger
show good absent dies needs breaks stranger lost
'
build_plain () { : ; }
build_slow () { sleep 1; echo built > "$work/slow"; }
build_broken () { echo 'no such header' >> "\$suite_log"; return 1; }
suite_good () { echo fine; need plain || fail "the build"; run_script good sh "$work/good"; }
suite_early () { echo 'before the others'; need broken || fail "the build"; }
suite_waits () { echo waits; need slow && run_script waits cat "$work/slow" "$work/summary"; }
suite_silent () { echo silent; run_script silent sh "$work/silent"; }
suite_liar () { echo liar; run_script liar sh "$work/liar"; }
suite_late () { echo late; sleep 1; run_script late sh "$work/good"; }
suite_skips () { echo skips; mkdir -p "\$logs/pages"; echo new > "\$logs/pages/matrix.md"; run_script skips sh "$work/skips"; }
suite_absent () { echo absent; run_script absent sh "$work/missing.sh"; }
suite_dies () { echo dies; add 5 0 0; sh -c 'kill -KILL \$PPID'; }
suite_breaks () { echo breaks; kill -KILL \$\$; }
suite_stranger () { echo stranger; add 7 0 0; }
suite_needs () { echo needs; need nobody || fail "the build"; }
suite_endless () { echo endless; sleep 1000 & echo \$! > "$work/pid"; wait; }
END
echo '1 passed, 0 failed, 0 skipped' > "$work/summary"
(cd "$tree" && git init -q && git add . \
    && git -c user.name=floe -c user.email=floe@example.org commit -qm tree) || exit 1

check
expect "suites side by side are summed up, failures of each kind too" "6 passed, 3 failed, 0 skipped"
expect "a failure is the status" "status 1"
expect "a suite waits for its build in the idle lane" "== waits: waits"
expect "a program that says nothing has failed" \
    "  failed: silent ended with status 0 and no summary (see $logs/silent.log)"
expect "a status that contradicts the summary is a failure" \
    "  failed: liar ended with status 3 (see $logs/liar.log)"
expect "a build that fails shows its log in the suite" "    | no such header"
if [ "$(sed -n 's/^== \([a-z]*\).*/\1/p' "$work/output" | tr '\n' ' ')" \
    = "good waits silent liar late early " ]; then
    echo order >> "$work/output"
fi
expect "sections come in their order, whenever they end" order

check --full
expect "suites that can't start or break off are failures" "3 passed, 6 failed, 1 skipped"
expect "a script that is missing has failed" \
    "  failed: absent ended with status 2 and no summary (see $logs/absent.log)"
expect "a suite that dies has failed, with what it had counted" \
    "  failed: the suite dies broke off (see $logs/dies.log)"
expect "one whose lane has died before is lost" \
    "  failed: the suite stranger broke off (see $logs/stranger.log)"
expect "one that no lane has is lost" \
    "  failed: the suite lost broke off (see $logs/lost.log)"

page=$tree/docs/measured/full.md
expect_page ()
{
    sed 's/[0-9][0-9]* |$/N |/' "$page" >> "$work/output" # whatever seconds it took
    expect "$1" "$2"
}
expect_page "the full tier is a table" "| skips | 1 | 0 | 1 | N |"
expect_page "with the sum" "| dies | 0 | 1 | 0 | - |"
cat "$tree/docs/measured/matrix.md" >> "$work/output"
expect "what was measured is in the tree in the end" new
rm -f "$page"
check --full
[ -e "$page" ] || echo "no table" >> "$work/output"
expect "a tree with changes has no table" "no table"

check --suite good
expect "a suite by itself is all that counts" "2 passed, 0 failed, 0 skipped"
expect "success is the status" "status 0"
check --suite good --suite early
expect "two suites are two" "2 passed, 1 failed, 0 skipped"
check --suite silly
expect "a suite that does not exist is an error" "status 2"
check --full --suite skips
expect "a skip is no failure" "status 0"
CI=true check --full --suite skips
expect "a skip is a failure in CI" "status 1"

# Ended from outside, nothing of it lives on.
sed -i 's/^idle .*/idle endless/; s/^one good.*//; s/^two silent.*//; s/^show good.*/show endless/' \
    "$tree/tests/check/suites.sh"
rm -f "$work/pid"
sh "$tree/tests/check.sh" > "$work/output" 2>&1 &
tries=0
while [ ! -s "$work/pid" ] && [ "$tries" -lt 600 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
kill -TERM $!
wait $!
echo "status $?" >> "$work/output"
expect "SIGTERM ends it" "status 143"
sed 's/.*) //' "/proc/$(cat "$work/pid")/stat" 2> /dev/null | grep -q '^[^ZX]' \
    || echo "nothing is left" >> "$work/output"
expect "and all that it has started" "nothing is left"

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
