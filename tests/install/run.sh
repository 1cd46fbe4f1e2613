#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Installs a build into a folder of its own and uses it from there, as programs do that know
# nothing of the source tree.
#
#   sh tests/install/run.sh --build DIRECTORY
#
# The last line is 'N passed, N failed, N skipped'.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
[ $# = 2 ] && [ "$1" = --build ] && [ -d "$2" ] || { sed -n '3,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
build=$(CDPATH='' cd -- "$2" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# attempt NAME COMMAND...
attempt ()
{
    name=$1
    shift
    if "$@" > "$work/output" 2>&1; then
        passed=$((passed + 1))
        echo "ok: $name"
    else
        failed=$((failed + 1))
        echo "failed: $name"
        cat "$work/output"
    fi
}

prefix=$(meson introspect "$build" --buildoptions \
    | /usr/bin/python3 -c 'import json, sys
print(next(o["value"] for o in json.load(sys.stdin) if o["name"] == "prefix"))')
attempt "meson install" meson install -C "$build" --no-rebuild --destdir "$work/root"
root=$work/root$prefix
libdir=$(dirname "$(find "$root" -name 'libfloe-1.0.so' | head -n 1)")
# The file names the prefix; the files are below another root.
sed -i "s|^prefix=.*|prefix=$root|" "$libdir/pkgconfig/floe-1.0.pc"
PKG_CONFIG_PATH=$libdir/pkgconfig
LD_LIBRARY_PATH=$libdir
GI_TYPELIB_PATH=$libdir/girepository-1.0
export PKG_CONFIG_PATH LD_LIBRARY_PATH GI_TYPELIB_PATH
pc ()
{
    pkg-config "$@" floe-1.0
}

# What README.md shows is what works.
compile_readme ()
{
    sed -n '/^```c$/,/^```$/p' "$here/../../README.md" | grep -v '^```' > "$work/readme.c"
    cc -std=gnu17 -Wall -Wextra -Werror -Wno-unused-parameter -Wno-cast-function-type \
        "$work/readme.c" -o "$work/readme" $(pc --cflags --libs)
}

run_readme ()
{
    timeout 30 "$work/readme" | grep -x 'bob got: hello'
}

compile_c ()
{
    cc -std=gnu17 -Wall -Wextra -Werror "$here/hello.c" -o "$work/hello-c" $(pc --cflags --libs)
}

# Each public header stands alone, in C and in C++.
compile_headers ()
{
    for header in "$root"/include/floe-1.0/floe/*.h; do
        for language in c c++; do
            echo "#include <floe/$(basename "$header")>" \
                | cc -x "$language" -Wall -Wextra -Werror -Wno-unused-function -fsyntax-only \
                    $(pc --cflags) - || return 1
        done
    done
}

compile_vala ()
{
    valac --vapidir "$root/share/vala/vapi" --pkg floe-1.0 --pkg gio-2.0 -o "$work/hello-vala" \
        $(pc --cflags --libs | tr ' ' '\n' | grep . | sed 's/^/-X /') "$here/hello.vala"
}

compile_lab ()
{
    sed -i "s|^prefix=.*|prefix=$root|" "$libdir/pkgconfig/floe-lab-1.0.pc"
    cc -std=gnu17 -Wall -Wextra -Werror "$here/lab.c" -o "$work/lab" \
        $(pkg-config --cflags --libs --static floe-lab-1.0)
}

# A world of the installed laboratory's, where this account may have one.
run_lab ()
{
    printf 'host alice\nhost bob\n' > "$work/world"
    LAB_ROUTER=$root/libexec/floe-lab/lab-router /usr/bin/python3 "$root/share/floe-lab/lab.py" \
        "$work/world" /usr/bin/python3 "$root/share/floe-lab/lab.py" in alice true
}

attempt "pkg-config knows floe-1.0" pc --exists --print-errors
attempt "a C program compiles" compile_c
attempt "a C program runs" "$work/hello-c"
attempt "the program in README.md compiles" compile_readme
attempt "the program in README.md says hello" run_readme
attempt "every header stands alone in C and C++" compile_headers
attempt "a Vala program compiles" compile_vala
attempt "a Vala program runs" "$work/hello-vala"
attempt "a Python program runs" /usr/bin/python3 "$here/hello.py"
if [ -f "$libdir/pkgconfig/floe-lab-1.0.pc" ]; then
    attempt "a program with a test in the laboratory compiles" compile_lab
    attempt "its datagram crosses a NAT" "$work/lab"
    attempt "the laboratory makes a world" run_lab
fi

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
