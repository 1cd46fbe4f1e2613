#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Installs a build, and uses what was installed as programs do that know nothing of the source tree.
#
#   sh tests/install/run.sh --build DIRECTORY [--full]
#
# In a mount namespace the prefix is empty but for Floe, so that nothing that was installed has to be
# edited to be found. With --full Floe is built once more (minutes), for a prefix of its own with
# --libdir lib, and as a static library too. The last line is 'N passed, N failed, N skipped'.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
source=$(CDPATH='' cd -- "$here/../.." && pwd)
build=
is_full=false
is_inside=false
while [ $# -gt 0 ]; do
    case $1 in
        --build) build=${2:-}; shift ;;
        --full) is_full=true ;;
        --inside) is_inside=true ;;
        *) build=; break ;;
    esac
    shift
done
[ -f "$build/build.ninja" ] || { sed -n '3,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
build=$(CDPATH='' cd -- "$build" && pwd)
if ! $is_inside; then
    full_option=
    ! $is_full || full_option=--full
    exec sh "$source/tests/namespace.sh" sh "$0" --inside --build "$build" $full_option
fi

# TMPDIR is the namespace's, which takes it away.
work=$TMPDIR/work
mkdir "$work"
passed=0
failed=0
. "$here/consumers.sh"

# attempt NAME COMMAND...
attempt ()
{
    name=$1
    shift
    "$@" > "$work/output" 2>&1
    status=$?
    if [ "$status" = 0 ]; then
        passed=$((passed + 1))
        echo "ok $name"
    else
        failed=$((failed + 1))
        echo "not ok $name: status $status, and it says:"
        sed 's/^/    /' "$work/output"
    fi
}

# option NAME: of the build that is looked at.
option ()
{
    /usr/bin/python3 -c 'import json, sys
print(next(one["value"] for one in json.load(open(sys.argv[1])) if one["name"] == sys.argv[2]))' \
        "$work/options.json" "$1"
}

install_build ()
{
    meson install -C "$build" --no-rebuild ${1:+--destdir "$1"} > "$work/install.log" 2>&1 \
        && ! grep -i 'warning' "$work/install.log"
}

# check_tree ROOT PREFIX
check_tree ()
{
    for check in "files the files of files.txt, and no other" "links a soname and no RPATH" \
        "modes anybody can read and run it" "traces no path of the build"; do
        attempt "$label: ${check#* }" /usr/bin/python3 "$here/check-tree.py" "${check%% *}" \
            "$1" "$2" "$work/options.json"
    done
}

# uninstall FOLDER: after which no file is left there.
uninstall ()
{
    ninja -C "$build" uninstall && [ -z "$(find "$1" ! -type d)" ]
}

# Nothing else is below the prefix now, and the linker knows it as after README's ldconfig.
enter_prefix ()
{
    case $source/$build/$TMPDIR/ in
        *"$prefix"/*) echo "$prefix holds the source, the build or TMPDIR"; return 1 ;;
    esac
    [ "$prefix" != /usr ] && [ -d "$prefix" ] \
        || { echo "nothing can be put in place of $prefix: choose another prefix"; return 1; }
    mount --bind "$work/root$prefix" "$prefix" || return 1
    /sbin/ldconfig -C "$work/ld.so.cache" && mount --bind "$work/ld.so.cache" /etc/ld.so.cache
}

look_at_build ()
{
    label="the build"
    meson introspect "$build" --buildoptions > "$work/options.json" || return 1
    prefix=$(option prefix)
    libdir=$prefix/$(option libdir)
    attempt "$label: meson install, without a warning" install_build "$work/root"
    check_tree "$work/root" "$prefix"
    attempt "$label: $prefix is nothing but Floe" enter_prefix || return 1
    consume
    umount "$prefix" /etc/ld.so.cache
    attempt "$label: ninja uninstall leaves no file" uninstall "$work/root"
}

# A prefix that no tool looks into by itself.
look_at_own_prefix ()
{
    label="own prefix"
    build=$work/build
    prefix=$work/prefix
    libdir=$prefix/lib
    attempt "$label: it builds" build_own_prefix
    meson introspect "$build" --buildoptions > "$work/options.json" || return 1
    attempt "$label: meson install, without a warning" install_build ""
    check_tree "$prefix" /
    PKG_CONFIG_PATH=$libdir/pkgconfig
    LD_LIBRARY_PATH=$libdir
    XDG_DATA_DIRS=$prefix/share:/usr/share
    export PKG_CONFIG_PATH LD_LIBRARY_PATH XDG_DATA_DIRS
    consume
    attempt "$label: a program with the static library compiles" compile_static
    attempt "$label: it runs without the shared one" run_static
    attempt "$label: ninja uninstall leaves no file" uninstall "$prefix"
}

build_own_prefix ()
{
    meson setup "$build" "$source" --prefix "$prefix" --libdir lib -Ddefault_library=both \
        -Dtests=false -Dintrospection=enabled -Dvapi=enabled && ninja -C "$build"
}

look_at_build
! $is_full || look_at_own_prefix
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
