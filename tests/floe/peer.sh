# SPDX-License-Identifier: MPL-2.0
# Two floe-peers with each other; read by run.sh.

if [ -x "$peer" ]; then
    python3 "$here/peer.py" "$peer" > peer.out 2>&1
    ended=$?
    cat peer.out
    passed=$((passed + $(grep -c '^ok ' peer.out)))
    failed=$((failed + $(grep -c '^not ok ' peer.out)))
    [ "$ended" = 0 ] || failed=$((failed + 1))
else
    skip "floe-peer" "it is not built beside floe"
fi
