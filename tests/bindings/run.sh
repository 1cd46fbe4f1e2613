#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Uses the library of a build from Python, JavaScript (gjs) and Vala, as programs of others do: the
# examples of samples/bindings, what crosses the border and how, and cycles that must leave nothing.
#
#   sh tests/bindings/run.sh --build DIRECTORY [--full]
#
# Takes half a minute; --full makes 300 cycles a language in the place of 30. A critical message of
# GLib's ends a program here. The last line is 'N passed, N failed, N skipped'.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
build=
cycles=30
while [ $# -gt 0 ]; do
    case $1 in
        --build) build=${2:-}; shift ;;
        --full) cycles=300 ;;
        *) build=; break ;;
    esac
    shift
done
[ -d "$build" ] || { sed -n '3,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
build=$(CDPATH='' cd -- "$build" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
skipped=0

GI_TYPELIB_PATH=$build/src/introspection${GI_TYPELIB_PATH:+:$GI_TYPELIB_PATH}
LD_LIBRARY_PATH=$build/src${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
G_DEBUG=fatal-criticals
# All that is allocated is malloc's then, and can be counted.
G_SLICE=always-malloc
PYTHONDONTWRITEBYTECODE=1
# Nothing of this machine's settings and caches.
HOME=$work XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config GSETTINGS_BACKEND=memory
export GI_TYPELIB_PATH LD_LIBRARY_PATH G_DEBUG G_SLICE PYTHONDONTWRITEBYTECODE
export HOME XDG_CACHE_HOME XDG_CONFIG_HOME GSETTINGS_BACKEND

# attempt NAME COMMAND...: one case.
attempt ()
{
    name=$1
    shift
    if "$@" > "$work/output" 2>&1 < /dev/null; then
        passed=$((passed + 1))
        echo "ok $name"
    else
        failed=$((failed + 1))
        echo "not ok $name: status $?, and this:"
        cat "$work/output"
    fi
}

# cases WHAT COMMAND...: a program that prints a line a case itself, and fails when one does.
cases ()
{
    name=$1
    shift
    timeout 300 "$@" > "$work/output" 2>&1 < /dev/null
    status=$?
    grep -E '^(ok|not ok|skip) ' "$work/output" | sed "s|^\(ok\|not ok\|skip\) |&$name: |"
    passed=$((passed + $(grep -c '^ok ' "$work/output")))
    skipped=$((skipped + $(grep -c '^skip ' "$work/output")))
    wrong=$(grep -c '^not ok ' "$work/output")
    if [ "$status" != 0 ] && [ "$wrong" = 0 ]; then
        echo "not ok $name: status $status"
        wrong=1
    fi
    failed=$((failed + wrong))
    [ "$wrong" = 0 ] || grep -vE '^(ok|skip) ' "$work/output"
}

# says TEXT COMMAND...: the example runs, warns of nothing, and one line that it prints begins so.
says ()
{
    text=$1
    shift
    timeout 120 "$@" > "$work/said" 2> "$work/warned"
    status=$?
    cat "$work/said" "$work/warned"
    [ "$status" = 0 ] && [ ! -s "$work/warned" ] && grep -q "^$text" "$work/said"
}

# compile_vala OUTPUT SOURCE: without a warning.
compile_vala ()
{
    valac --fatal-warnings --vapidir "$build/src/introspection" --pkg gio-2.0 --pkg floe-1.0 \
        -X "-I$root/include" -X "-I$build/include" -X "-L$build/src" -X -lfloe-1.0 -X -w \
        -o "$work/$1" "$2"
}

python=/usr/bin/python3
samples=$root/samples/bindings
attempt "chat.py says what it should" says 'Too late: ' "$python" "$samples/chat.py"
attempt "chat_await.py says what it should" says 'Bob got: ' "$python" "$samples/chat_await.py"
attempt "chat.js says what it should" says 'Too late: ' gjs -m "$samples/chat.js"
attempt "chat.vala compiles" compile_vala chat "$samples/chat.vala"
attempt "chat.vala says what it should" says 'Too late: ' "$work/chat"

cases python "$python" "$here/test_values.py"
cases python "$python" "$here/test_signals.py"
cases python "$python" "$here/test_leaks.py"
cases gjs gjs -m "$here/test-gjs.js"
attempt "test.vala compiles" compile_vala test "$here/test.vala"
cases vala "$work/test"
cases introspection "$python" "$here/test_gir.py" "$build"

attempt "$cycles cycles in Python" timeout 600 "$python" "$here/cycles.py" "$cycles"
attempt "$cycles cycles in gjs" timeout 600 gjs -m "$here/cycles.js" "$cycles"

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
