#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Runs the interop suite: a peer under test against Chromium, Firefox, pion, aiortc and webrtcbin.
#
#   sh tests/interop/run.sh --setup                     install puppeteer-core, build the pion peer
#   sh tests/interop/run.sh --floe-peer PATH [--full] [--only TEXT] [--list] [--logs DIR]
#   sh tests/interop/run.sh --subject pion              let another stack take Floe's place
#
# Everything happens in a network namespace with one interface and a default route, which is what
# browsers want before they gather candidates, and in a process namespace, so that nothing is left
# behind. As root or not.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/floe-interop

# GOPATH mode takes the libraries as Debian packages them and never asks the network.
build_pion () {
  source=$here/peers/pion/main.go
  FLOE_INTEROP_PION=$cache/pion-peer
  export FLOE_INTEROP_PION
  [ -d /usr/share/gocode/src/github.com/pion/webrtc ] && command -v go > /dev/null || return 0
  [ "$FLOE_INTEROP_PION" -nt "$source" ] && return 0
  mkdir -p "$cache"
  (cd "$here/peers/pion" \
     && GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS='' GOPROXY=off GOCACHE="$cache/go-build" \
        go build -p 2 -o "$FLOE_INTEROP_PION.new" main.go) > "$cache/pion-build.log" 2>&1 \
    && mv "$FLOE_INTEROP_PION.new" "$FLOE_INTEROP_PION" \
    || { rm -f "$FLOE_INTEROP_PION"; cat "$cache/pion-build.log" >&2; }
}

give_up () {
  echo "skip the whole suite: $1"
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
}

if [ "${1:-}" = --inside ]; then
  shift
  ip link set lo up
  ip link add floe0 type veth peer name floe1
  ip address add 10.77.0.1/24 dev floe0
  ip address add fd77::1/64 dev floe0 nodad
  ip link set floe0 up
  ip link set floe1 up
  ip route add default via 10.77.0.2
  ip -6 route add default via fd77::2
  exec node "$here/run.mjs" "$@"
fi

if [ "${1:-}" = --setup ]; then
  (cd "$here" && npm ci --ignore-scripts --no-audit --no-fund)
  build_pion
  exit 0
fi

command -v node > /dev/null || give_up "node is missing (Debian package nodejs)"
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

build_pion
scratch=$(mktemp -d "${TMPDIR:-/tmp}/floe-interop.XXXXXX")
mkdir "$scratch/home"
# A home of its own keeps browsers and libraries away from the caller's settings and caches.
# shellcheck disable=SC2086 # a list of options
TMPDIR=$scratch HOME=$scratch/home XDG_CACHE_HOME='' XDG_CONFIG_HOME='' XDG_RUNTIME_DIR='' \
  unshare $namespaces sh "$here/run.sh" --inside "$@" < /dev/null &
suite=$!
trap 'kill -s "$end_signal" "$suite" 2> /dev/null || :; wait "$suite" || :; rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
status=0
wait "$suite" || status=$?
exit "$status"
