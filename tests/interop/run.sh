#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Runs the interop suite: a peer under test against Chromium, Firefox, pion, aiortc and webrtcbin.
#
#   sh tests/interop/run.sh --setup                     install puppeteer-core, build the pion peer
#   sh tests/interop/run.sh --floe-peer PATH [--full] [--only TEXT] [--list] [--logs DIR]
#   sh tests/interop/run.sh --subject pion              let another stack take Floe's place
#
# Everything happens in a namespace of its own (tests/namespace.sh).
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

if [ "${1:-}" = --setup ]; then
  (cd "$here" && npm ci --ignore-scripts --no-audit --no-fund)
  build_pion
  exit 0
fi

if ! command -v node > /dev/null; then
  echo "skip the whole suite: node is missing (Debian package nodejs)"
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
fi
build_pion
exec sh "$here/../namespace.sh" node "$here/run.mjs" "$@"
