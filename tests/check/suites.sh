# SPDX-License-Identifier: MPL-2.0
# The suites of tests/check.sh, their builds, and what runs beside what; tests/check/jobs.sh says how.
# A suite prints its title, then adds to its counts by run_meson, run_script and fail.

# A suite at a time: most of them wait more than they compute, and have several cases at a time by
# themselves. `idle` is for who has no clock to keep: compilers and fuzzers take what is left, and by
# the time of the sanitizers these are built. interop builds the pion peer that relay and lab want too.
quick_plan='
build check
idle build:tsan build:asan build:fuzz fuzz
one lint unit integration install bindings soak floe interop relay browsers lab bench tsan asan
show lint unit integration install bindings soak floe interop relay browsers lab bench tsan asan fuzz
'

# What measures times has nothing beside it but the idle lane, and the bench not even that. Of the
# tables only one connects at a time, and two of them still leave half of the machine alone.
full_plan='
build check
idle build:tsan build:asan build:fuzz fuzz
one interop relay lab browsers floe
two lint unit install bindings tsan asan
three integration
four soak
show lint unit integration install bindings soak floe interop relay browsers lab tsan asan
one matrix
two tables
show matrix tables
show fuzz
one bench
show bench
'

processors=$(nproc)
fuzz_seconds=10
fuzz_jobs=$processors
# The quick tier says of a change whether it is good: what chance finds is for --full.
fuzz_seed='--seed 1'
if $is_full; then
    fuzz_seconds=600
    fuzz_seed=
    # libFuzzer goes by the clock: more at a time have fewer inputs each, and are through before 80
    # minutes are over. How many it were is in the log.
    fuzz_jobs=$((4 * processors))
fi
full_option=
! $is_full || full_option=--full

build_check ()
{
    configure_and_build check all -Dintrospection=enabled -Dvapi=enabled -Ddocs=enabled \
        -Dlaboratory=true
}

# g-ir-scanner can't load a library that wants a sanitizer.
build_asan ()
{
    configure_and_build asan all -Db_sanitize=address,undefined -Db_lundef=false \
        -Dintrospection=disabled -Dvapi=disabled
}

# Only what is about threads, and only that is built: GLib itself is not instrumented.
tsan_units="mailbox mailbox-threads network-context network-thread"
tsan_integrations="peer-closing"
build_tsan ()
{
    targets=
    for name in $tsan_units; do targets="$targets tests/unit/unit-$name"; done
    for name in $tsan_integrations; do targets="$targets tests/integration/integration-$name"; done
    # A target that needs nothing leaves the folder configured.
    configure_and_build tsan build.ninja -Db_sanitize=thread -Db_lundef=false -Dsamples=false \
        -Dintrospection=disabled -Dvapi=disabled || return 1
    targets="$targets $(ninja -C "$root/build/tsan" -t targets all \
        | sed -n 's|^\(tests/soak/[^ :]*\): cpp_LINKER.*|\1|p')"
    configure_and_build tsan "$targets"
}

build_fuzz ()
{
    CC=clang CXX=clang++ configure_and_build fuzz fuzzers -Dfuzzing=true \
        -Db_sanitize=address,undefined -Db_lundef=false -Dsamples=false \
        -Dintrospection=disabled -Dvapi=disabled
}

# find_program_in BUILD NAME: the path of a sample, wherever under samples/ it is built.
find_program_in ()
{
    found=$(find "$root/build/$1/samples" -type f -name "$2" -perm -u+x 2> /dev/null | head -n 1)
    echo "${found:-$root/build/$1/samples/$2}"
}

# Only when package-lock.json is newer than what it led to.
install_node_modules ()
{
    [ -f tests/interop/package-lock.json ] || return 0
    done_file=tests/interop/node_modules/.package-lock.json
    if [ -f "$done_file" ] && [ -z "$(find tests/interop/package-lock.json -newer "$done_file")" ]; then
        return 0
    fi
    $may_install || { echo "   tests/interop/node_modules is missing or old"; return 1; }
    echo "   installing puppeteer-core from npm into tests/interop/node_modules"
    for attempt in 1 2; do
        if (cd tests/interop && npm ci --ignore-scripts --no-audit --no-fund) >> "$suite_log" 2>&1
        then
            # npm keeps the times of the archive.
            touch "$done_file"
            return 0
        fi
    done
    return 1
}

# need_all: the ordinary build and what browsers are driven by.
need_all ()
{
    need check || { fail "the build"; return 1; }
    install_node_modules || { fail "npm ci in tests/interop"; return 1; }
}

suite_lint ()
{
    echo "layers, sizes, documentation, format, habits"
    need check || { fail "the build"; return; }
    run_meson check lint --suite lint --suite docs
}

suite_unit ()
{
    echo "codecs and cores, without sleep or socket"
    need check || { fail "the build"; return; }
    run_meson check unit --suite unit
}

# They wait more than they compute.
suite_integration ()
{
    echo "connections within one process"
    need check || { fail "the build"; return; }
    if ! $is_full; then
        run_meson check integration --suite integration --num-processes $((4 * processors))
        return
    fi
    run_meson check integration --suite integration --repeat 10 --num-processes $((8 * processors))
    FLOE_TEST_FULL=1 run_meson check long --suite long --num-processes $((8 * processors))
}

suite_install ()
{
    echo "what a package would hold, used from C, Python and Vala"
    need check || { fail "the build"; return; }
    run_script install sh tests/install/run.sh --build "$root/build/check"
}

suite_bindings ()
{
    echo "Python, JavaScript and Vala"
    need check || { fail "the build"; return; }
    run_script bindings sh tests/bindings/run.sh --build "$root/build/check" $full_option
}

suite_soak ()
{
    echo "memory, descriptors, threads and timers after much of everything"
    need check || { fail "the build"; return; }
    run_script soak sh tests/soak/run.sh --build "$root/build/check" $full_option
}

suite_floe ()
{
    echo "the file transfer program, its rendezvous and its page"
    need check || { fail "the build"; return; }
    run_script floe sh tests/floe/run.sh --floe "$(find_program_in check floe)"
    run_script "floe rendezvous" sh tests/floe/rendezvous/run.sh --build "$root/build/check"
    run_script "floe page" sh tests/floe/web/run.sh
    run_script "floe turn" sh tests/floe/turn/run.sh --floe-turn "$(find_program_in check floe-turn)"
}

suite_interop ()
{
    echo "floe-peer with Chromium, Firefox, pion, aiortc and webrtcbin"
    need_all || return
    run_script interop sh tests/interop/run.sh --floe-peer "$(find_program_in check floe-peer)" \
        $full_option
}

suite_relay ()
{
    echo "floe-peer through TURN servers and proxies"
    need_all || return
    run_script relay sh tests/relay/run.sh --floe-peer "$(find_program_in check floe-peer)" \
        $full_option
}

suite_browsers ()
{
    echo "floe with its page in Chromium and Firefox"
    need_all || return
    run_script browsers sh tests/namespace.sh node tests/floe/browsers/run.mjs \
        --floe "$(find_program_in check floe)"
}

suite_lab ()
{
    echo "NATs, links and servers of a virtual internet"
    need_all || return
    run_script lab sh tests/lab/run.sh $full_option --jobs $((2 * processors)) \
        --router "$root/build/check/tests/lab/lab-router" \
        --floe-peer "$(find_program_in check floe-peer)" --floe "$(find_program_in check floe)"
}

suite_tsan ()
{
    echo "the mailbox and closing under the thread sanitizer"
    need tsan || { fail "the build"; return; }
    run_meson tsan tsan $tsan_units $tsan_integrations --timeout-multiplier 8
    run_script "soak tsan" sh tests/soak/run.sh --build "$root/build/tsan" --short
}

suite_asan ()
{
    echo "unit, integration, corpora, soak and floe under ASan and UBSan"
    need asan || { fail "the build"; return; }
    run_meson asan asan --suite unit --suite integration --suite fuzz --timeout-multiplier 4 \
        --num-processes $((3 * processors))
    run_script "soak asan" sh tests/soak/run.sh --build "$root/build/asan" --short
    run_script "floe asan" sh tests/floe/run.sh --floe "$(find_program_in asan floe)"
}

suite_fuzz ()
{
    echo "corpora, and $fuzz_seconds s of libFuzzer a target"
    need check || { fail "the build"; return; }
    # In the idle lane a moment may take minutes.
    run_meson check fuzz --suite fuzz --timeout-multiplier 20
    need fuzz || { fail "the build with clang"; return; }
    run_script fuzzers sh tests/fuzz/run.sh --build "$root/build/fuzz" --seconds "$fuzz_seconds" \
        --jobs "$fuzz_jobs" $fuzz_seed $(! $is_lane || echo --background)
}

# The time it takes is what it measures: only with --full.
suite_tables ()
{
    echo "NAT discovery, gathering and where UDP is blocked, measured"
    need_all || return
    run_script "nat table" sh tests/lab/nat-table.sh --build "$root/build/check" \
        --output "$logs/nat-table.md"
    run_script gathering sh tests/lab/gathering.sh --build "$root/build/check" \
        --output "$logs/gathering.md"
    run_script blocked sh tests/lab/blocked.sh --build "$root/build/check" \
        --output "$logs/blocked.md"
}

# In pieces if it is broken off: what was measured of a commit stays. The pages go into the tree at
# the end of all and together, so that they are of the same commit.
suite_matrix ()
{
    echo "pairs of NATs, with Floe and with plain peers, measured"
    need_all || return
    sh tests/interop/run.sh --list >> "$suite_log" 2>&1 # builds the pion peer
    run_script matrix sh tests/lab/matrix.sh --build "$root/build/check" --cached --seeds 20 \
        --check --resume "$logs/matrix.jsonl" --write "$logs/matrix.md"
    run_script "plain peers" sh tests/lab/matrix.sh --build "$root/build/check" --cached --seeds 3 \
        --check --resume "$logs/matrix.jsonl" --write "$logs/plain-peers.md" \
        --peers pion,webrtcbin,chromium
    mkdir -p "$logs/pages"
    for page in matrix plain-peers; do
        [ ! -f "$logs/$page.md" ] || cp "$logs/$page.md" "$logs/pages/$page.md"
    done
}

suite_bench ()
{
    echo "times and sizes beside other stacks"
    need check || { fail "the build"; return; }
    if $may_install && ! sh tests/bench/run.sh --setup >> "$suite_log" 2>&1; then
        fail "the other stacks could not be installed"
    fi
    if $is_full; then
        mkdir -p "$logs/bench"
        run_script bench sh tests/bench/run.sh --output "$logs/bench"
    else
        run_script bench sh tests/bench/run.sh --smoke
    fi
}
