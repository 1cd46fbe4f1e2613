#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Runs floe-peer through a real TURN server: over UDP, TCP and TLS, directly and through proxies,
# with right, wrong and expired credentials, and against Chromium and pion.
#
#   sh tests/relay/run.sh --floe-peer PATH [--full] [--only TEXT] [--list]
#
# Everything happens in a namespace of its own (tests/namespace.sh).
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/floe-interop

for program in node turnserver openssl; do
  if ! command -v "$program" > /dev/null; then
    echo "skip the whole suite: $program is missing (Debian packages nodejs, coturn, openssl)"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
  fi
done
# What tests/interop/run.sh has built.
FLOE_INTEROP_PION=${FLOE_INTEROP_PION:-$cache/pion-peer}
export FLOE_INTEROP_PION
exec sh "$here/../namespace.sh" node "$here/run.mjs" "$@"
