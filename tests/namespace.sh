#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Runs a command in a network namespace with one interface and a default route, which is what
# browsers want before they gather candidates, and in a process namespace, so that nothing is left
# behind; with a home and a TMPDIR of its own. As root or not.
#
#   sh tests/namespace.sh COMMAND [ARGUMENT...]
#
# Where that can't be had it says so and counts one skip.
set -eu

if [ "${1:-}" = --inside ]; then
  shift
  ip link set lo up
  ip link add floe0 type veth peer name floe1
  ip address add 10.77.0.1/24 dev floe0
  ip address add fd77::1/64 dev floe0 nodad
  ip link set floe0 up
  ip link set floe1 up
  # Browsers drop what they are doing when an address appears, so the last has to be there first.
  tries=0
  while ip -6 address show tentative | grep -q inet6 && [ "$tries" -lt 50 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
  ip route add default via 10.77.0.2
  ip -6 route add default via fd77::2
  exec "$@"
fi

give_up () {
  echo "skip the whole suite: $1"
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
}

[ $# -gt 0 ] || { sed -n '7s/^# *//p' "$0" >&2; exit 2; }
command -v ip > /dev/null || give_up "ip is missing (Debian package iproute2)"
owner=
[ "$(id -u)" = 0 ] || owner="--user --map-root-user"
namespaces="$owner --net --mount"
end_signal=TERM
# A process namespace ends with all that browsers leave behind, where /proc may be mounted anew.
processes="--pid --fork --mount-proc --kill-child"
# shellcheck disable=SC2086 # lists of options
if unshare $namespaces $processes true 2> /dev/null; then
  namespaces="$namespaces $processes"
  end_signal=KILL # unshare ignores TERM while it waits, and its end is the end of all within
elif ! unshare $namespaces true 2> /dev/null; then
  give_up "this account may not make network namespaces (unshare $namespaces)"
fi

scratch=$(mktemp -d "${TMPDIR:-/tmp}/floe-namespace.XXXXXX")
mkdir "$scratch/home"
# A home of its own keeps browsers and libraries away from the caller's settings and caches.
# shellcheck disable=SC2086 # a list of options
TMPDIR=$scratch HOME=$scratch/home XDG_CACHE_HOME='' XDG_CONFIG_HOME='' XDG_RUNTIME_DIR='' \
  unshare $namespaces sh "$0" --inside "$@" < /dev/null &
suite=$!
trap 'kill -s "$end_signal" "$suite" 2> /dev/null || :; wait "$suite" || :; rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
status=0
wait "$suite" || status=$?
exit "$status"
