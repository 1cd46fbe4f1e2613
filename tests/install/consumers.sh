# SPDX-License-Identifier: MPL-2.0
# Programs that use an installed Floe, which pkg-config finds. For run.sh: with prefix, libdir, label,
# work and here, and with attempt and option.

pc ()
{
    pkg-config "$@" floe-1.0
}

# The flags for a compiler that warns of our headers only.
strict_cflags ()
{
    echo "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror" \
        "$(pc --cflags | sed -e 's|-I|-isystem |g' -e "s|-isystem $prefix/|-I$prefix/|g")"
}

# What README.md shows is what works.
compile_readme ()
{
    sed -n '/^```c$/,/^```$/p' "$here/../../README.md" | grep -v '^```' > "$work/readme.c"
    cc -std=gnu17 -Wall -Wextra -Werror -Wno-unused-parameter -Wno-cast-function-type \
        "$work/readme.c" -o "$work/readme" $(pc --cflags --libs)
}

says_hello ()
{
    G_DEBUG=fatal-criticals timeout 60 "$@" | grep -x 'bob got: hello'
}

compile_c ()
{
    cc -std=gnu99 $(strict_cflags) "$here/hello.c" -o "$work/hello-c" $(pc --libs)
}

compile_cxx ()
{
    for standard in c++11 c++20; do
        c++ -std=$standard $(strict_cflags) "$here/meet.cc" -o "$work/meet" $(pc --libs) || return 1
    done
}

# What the library needs itself is no business of those who use it.
flags_are_few ()
{
    pc --cflags --libs
    ! pc --cflags | grep -E -e '-D' && ! pc --libs | grep -E 'usrsctp|nice|crypto|ssl'
}

# Each public header stands alone, and so do all of them in each standard.
compile_headers ()
{
    flags=$(strict_cflags)
    {
        for header in "$prefix"/include/floe-1.0/floe/*.h; do
            printf '%s\n' "c gnu99 $(basename "$header")" "c++ c++11 $(basename "$header")"
        done
        printf '%s floe.h\n' "c c99" "c gnu11" "c gnu17" "c++ c++14" "c++ c++17" "c++ c++20"
    } | xargs -P "$(nproc)" -I CASE sh -c 'set -- CASE "$1"
        printf "#include <floe/%s>\nint unit;\n" "$3" \
            | cc -x "$1" -std="$2" $4 -fsyntax-only - || { echo "CASE"; exit 1; }' - "$flags"
}

# As projects find it that are built with meson.
build_with_meson ()
{
    mkdir -p "$work/project"
    cp "$here/hello.c" "$work/project/"
    cat > "$work/project/meson.build" << 'END'
project('hello', 'c')
executable('hello', 'hello.c', dependencies: dependency('floe-1.0', version: ['>= 0.1', '< 2']))
END
    rm -rf "$work/project/build"
    meson setup "$work/project/build" "$work/project" && ninja -C "$work/project/build" \
        && "$work/project/build/hello"
}

compile_vala ()
{
    valac --pkg floe-1.0 --pkg gio-2.0 --directory "$work" -o hello-vala "$here/hello.vala"
}

run_python ()
{
    GI_TYPELIB_PATH=$(pc --variable=typelibdir) /usr/bin/python3 "$here/hello.py"
}

# The variables of the package lead to what they name.
find_by_variables ()
{
    [ -f "$(pc --variable=girdir)/Floe-1.0.gir" ] \
        && [ -f "$(pc --variable=typelibdir)/Floe-1.0.typelib" ] \
        && [ -f "$(pc --variable=vapidir)/floe-1.0.vapi" ]
}

# Only Floe is static: for all of it pkg-config --static would want what few machines have, down to
# what GnuTLS was built with. What the package names as private is what this needs then.
compile_static ()
{
    mkdir -p "$work/static"
    cp "$libdir/libfloe-1.0.a" "$work/static/"
    required=$(pc --print-requires-private | cut -d ' ' -f 1)
    c++ -std=c++17 "$here/meet.cc" -o "$work/meet-static" $(pc --cflags) "-L$work/static" \
        $(pkg-config --libs floe-1.0 $required | sed "s|-L$libdir||") \
        $(sed -n 's/^Libs.private: //p' "$libdir/pkgconfig/floe-1.0.pc")
}

run_static ()
{
    ! LD_LIBRARY_PATH='' ldd "$work/meet-static" | grep libfloe \
        && LD_LIBRARY_PATH='' says_hello "$work/meet-static"
}

compile_lab ()
{
    cc -std=gnu17 -Wall -Wextra -Werror "$here/lab.c" -o "$work/lab" \
        $(pkg-config --cflags --libs --static floe-lab-1.0)
}

# A world of the installed laboratory's.
run_lab ()
{
    printf 'host alice\nhost bob\n' > "$work/world"
    LAB_ROUTER=$prefix/libexec/floe-lab/lab-router /usr/bin/python3 "$prefix/share/floe-lab/lab.py" \
        "$work/world" /usr/bin/python3 "$prefix/share/floe-lab/lab.py" in alice true
}

run_programs ()
{
    for program in floe floe-peer floe-turn; do
        "$prefix/bin/$program" --help > /dev/null || return 1
    done
    /usr/bin/python3 "$here/program.py" "$prefix/bin/floe"
}

consume ()
{
    attempt "$label: pkg-config finds it" pc --exists --print-errors
    attempt "$label: and gives no flags of what Floe uses itself" flags_are_few
    attempt "$label: a C program compiles" compile_c
    attempt "$label: a C program runs" "$work/hello-c"
    attempt "$label: a C++ program compiles" compile_cxx
    attempt "$label: two peers of a C++ program meet" says_hello "$work/meet"
    attempt "$label: the program in README.md compiles" compile_readme
    attempt "$label: the program in README.md says hello" says_hello "$work/readme"
    attempt "$label: headers stand alone, in C and C++, without a warning" compile_headers
    attempt "$label: a project with meson builds and runs" build_with_meson
    if [ -f "$libdir/girepository-1.0/Floe-1.0.typelib" ]; then
        attempt "$label: bindings find it by pkg-config" find_by_variables
        attempt "$label: a Vala program compiles" compile_vala
        attempt "$label: a Vala program runs" "$work/hello-vala"
        attempt "$label: a Python program runs" run_python
    fi
    if [ -x "$prefix/bin/floe" ]; then
        attempt "$label: floe sends a file, and shows its page" run_programs
    fi
    if [ -f "$libdir/pkgconfig/floe-lab-1.0.pc" ]; then
        attempt "$label: a test in the laboratory compiles" compile_lab
        attempt "$label: its datagram crosses a NAT" "$work/lab"
        attempt "$label: the laboratory makes a world" run_lab
    fi
}
