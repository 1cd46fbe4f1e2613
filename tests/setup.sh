#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Installs what Floe needs on Debian 12, and the only place that names packages.
#
#   sh tests/setup.sh [--no-install|--list] GROUP...     GROUP: library, samples, tests
#
# Does nothing, and needs neither root nor the network, when all is there. --list prints the
# packages of the groups, --no-install those that are missing.
set -eu

# What builds the library, its introspection data and its Vala file; and glib-networking, GIO's TLS,
# which it needs when it runs.
library_packages="meson ninja-build pkg-config gcc g++ python3
    libglib2.0-dev glib-networking libnice-dev libssl-dev libusrsctp-dev libsrtp2-dev
    libgirepository1.0-dev gobject-introspection valac"
# What the programs under samples/ need besides.
samples_packages="libsoup-3.0-dev libjson-glib-dev libqrencode-dev"
# What the tests need besides: a test framework, sanitizers and fuzzing, a TURN server, an mDNS
# responder, namespaces,
# and the five other WebRTC stacks.
tests_packages="libgtest-dev libgmock-dev clang libclang-rt-14-dev clang-format binutils git
    openssl coturn avahi-daemon iproute2 nftables chromium firefox-esr nodejs npm
    golang-go golang-github-pion-webrtc.v3-dev python3-aiortc python3-gi gjs python3-jsonschema
    gstreamer1.0-nice gstreamer1.0-plugins-bad gstreamer1.0-plugins-good
    libgstreamer-plugins-bad1.0-dev gir1.2-gst-plugins-bad-1.0 gi-docgen"

# A Node.js from elsewhere brings its own npm, and Debian's would not install beside it.
is_present ()
{
    case $1 in
        nodejs) command -v node >/dev/null 2>&1 && return 0 ;;
        npm) command -v npm >/dev/null 2>&1 && return 0 ;;
    esac
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

packages_of ()
{
    case $1 in
        library) echo $library_packages ;;
        samples) echo $samples_packages ;;
        tests) echo $tests_packages ;;
        *) echo "setup: no group '$1': library, samples or tests" >&2; exit 2 ;;
    esac
}

run_as_root ()
{
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# One more try: mirrors hiccup. What apt-get says, thousands of lines, is shown when it fails.
apt_get ()
{
    for attempt in 1 2; do
        run_as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C \
            apt-get -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" > "$apt_log" 2>&1 \
            < /dev/null && return 0
        [ "$attempt" = 2 ] || { echo "  apt-get $1 failed, trying once more" >&2; sleep 3; }
    done
    tail -n 12 "$apt_log" | sed 's/^/  | /' >&2
    echo "setup: apt-get $1 failed, its last lines are above; the packages are those of Debian 12" >&2
    exit 1
}

# tell_size PACKAGE...: how much apt-get is about to install.
tell_size ()
{
    apt_get install -y --print-uris --no-install-recommends "$@"
    packages=$(sed -n 's/^.*, \([0-9]*\) newly installed.*/\1/p' "$apt_log")
    fetch=$(sed -n 's/^Need to get \([0-9.]* [kMG]*B\).*/\1/p' "$apt_log")
    disk=$(sed -n 's/^After this operation, \(.*\) of additional.*/\1/p' "$apt_log")
    echo "  With all that these need: $packages packages, $fetch to fetch, $disk on the disk." \
        "This takes minutes."
}

# Some packages start a server for all the world; the tests start their own.
stop_servers ()
{
    [ -d /run/systemd/system ] || return 0
    for server in coturn avahi-daemon; do
        case " $* " in
            *" $server "*) ;;
            *) continue ;;
        esac
        echo "Stopping the service $server that came with the package: the tests start one themselves"
        units=$server.service
        [ "$server" != avahi-daemon ] || units="avahi-daemon.socket $units"
        # shellcheck disable=SC2086 # a list
        run_as_root systemctl disable --now $units > "$apt_log" 2>&1 || cat "$apt_log" >&2
    done
}

install_packages ()
{
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null 2>&1; then
        echo "setup: neither root nor sudo: as root, run: apt-get install $*" >&2
        exit 1
    fi
    echo "Installing with apt-get, as they are missing here:"
    echo "$*" | fold -s -w 78 | sed 's/^/  /; s/ *$//'
    apt_log=$(mktemp)
    trap 'rm -f "$apt_log"' EXIT
    apt_get update
    tell_size "$@"
    apt_get install -y --no-install-recommends "$@"
    stop_servers "$@"
}

mode=install
wanted=
for argument in "$@"; do
    case $argument in
        --no-install) mode=check ;;
        --list) mode=list ;;
        -h | --help) sed -n '3,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) wanted="$wanted $(packages_of "$argument")" ;;
    esac
done
[ -n "$wanted" ] || { echo "usage: setup.sh [--no-install|--list] library|samples|tests..." >&2; exit 2; }

if [ "$mode" = list ]; then
    printf '%s\n' $wanted
    exit 0
fi
if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "setup: this is no Debian system: see to it yourself that these or their like are there:" >&2
    printf '  %s\n' $wanted >&2
    exit 0
fi
missing=
for package in $wanted; do
    is_present "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$mode" = check ]; then
    echo "setup: missing:$missing" >&2
    exit 1
fi
install_packages $missing
