#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Measures NAT discovery and writes docs/measured/nat.md: in virtual time every kind of NAT with 20
# seeds, and in the laboratory `floe nat` beside coturn's turnutils_natdiscovery.
#
#   sh tests/lab/nat-table.sh --build DIR [--output FILE]
#
# DIR is a whole build of Floe. Takes two minutes. The last line is
# 'N passed, N failed, N skipped'.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
build=
output=$root/docs/measured/nat.md
while [ $# -gt 1 ]; do
    case $1 in
        --build) build=$2 ;;
        --output) output=$2 ;;
        *) echo "nat-table.sh: no option $1" >&2; exit 2 ;;
    esac
    shift 2
done
[ -x "$build/tests/unit/unit-nat-table" ] || { sed -n '6s/^# *//p' "$0" >&2; exit 2; }
case $build in /*) ;; *) build=$PWD/$build ;; esac

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
: > "$work/real"

FLOE_NAT_SEEDS=20 FLOE_NAT_TABLE=$work/virtual "$build/tests/unit/unit-nat-table" \
    > "$work/virtual.log" 2>&1
virtual_status=$?
grep -v '^\[\|^Running \|^$' "$work/virtual.log"
if [ "$virtual_status" = 0 ]; then
    echo "ok virtual: conclusive often enough and never wrong"
else
    echo "not ok virtual: conclusive often enough and never wrong"
fi
LAB_NAT_TABLE=$work/real sh "$root/tests/lab/run.sh" --jobs 1 --only discovery: \
    --router "$build/tests/lab/lab-router" > "$work/real.log" 2>&1
sed '$d' "$work/real.log"

commit=$(git -C "$root" describe --always --dirty --exclude '*' 2> /dev/null || echo unknown)
{
    cat << END
# NAT discovery, measured

Commit $commit, $(. /etc/os-release && echo "$NAME $VERSION_ID"), $(nproc) cores. All of it anew:

    sh tests/lab/nat-table.sh --build DIR

Times are a median and a maximum, in milliseconds from the start: *first* and *last* of when mapping
and filtering were known and stayed so, *end* of when the run was over. The packets are the most that
any run has sent. Wrong is a run that was wrong about anything it claimed: mapping, filtering,
allocation, hairpin, poisoning, fragments or the classic name.

## In virtual time
The core, without sockets, against the laboratory's NATs, 20 seeds each: 40 ms to a server and back,
and the loss is on the link before the NAT, of each packet in each direction. Plain STUN servers can't
tell filtering, so it has to be unknown.

END
    cat "$work/virtual"
    cat << END

## Beside turnutils_natdiscovery
\`floe nat --json --stun\` and coturn's \`turnutils_natdiscovery -m -f\`, real programs in namespaces,
with the same coturn of two addresses as server, 40 ms away. Seconds are of the whole program; *ms* is
what \`floe nat\` says that it took for all that it measures, hairpin, ports and poisoning too.

| kind | coturn: mapping | filtering | s | Floe: mapping | filtering | s | ms | times faster |
|---|---|---|---|---|---|---|---|---|
END
    cat "$work/real"
} > "$output"

set -- $(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' \
    "$work/real.log") 0 1 0
passed=$1 failed=$2 skipped=$3
[ "$virtual_status" = 0 ] && passed=$((passed + 1)) || failed=$((failed + 1))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
