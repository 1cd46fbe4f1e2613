#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Proves the two commands of README.md on a Debian 12 on which nothing else is installed: makes one
# with debootstrap, clones the last commit into it, and runs them there.
#
#   sh tests/debootstrap.sh [--only demo|check] [--suite NAME] [--record FILE] [--logs FOLDER]
#                           [--mirror URL] [--keep]
#
#   --only demo|check   one of the two commands only
#   --suite NAME        only this suite of tests/check.sh (may be given more than once)
#   --record FILE       writes what came out as Markdown, say docs/measured/fresh-machine.md
#   --logs FOLDER       keeps the output of the commands, and the logs of the suites
#   --mirror URL        instead of the mirror that this machine's apt uses for Debian
#   --keep              leaves the system that was made, and says where
#
# By hand only: it needs root, the package debootstrap, 7 GB below ${TMPDIR:-/var/tmp}, the network
# and, for all suites, half an hour. Proxies, mirror and certificates of this machine's own are taken
# over. The status is 0 if both commands succeeded.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
commands="demo check"
suites=
options=
record=
logs=
mirror=
keeps=false

usage ()
{
    sed -n '3,18s/^# \{0,1\}//p' "$0"
}

give_up ()
{
    echo "debootstrap: $1" >&2
    exit 1
}

while [ $# -gt 0 ]; do
    case $1 in
        --keep) keeps=true; shift; continue ;;
        -h | --help) usage; exit 0 ;;
    esac
    [ $# -ge 2 ] || { usage >&2; exit 2; }
    case $1 in
        --only)
            case $2 in
                demo | check) commands=$2 ;;
                *) usage >&2; exit 2 ;;
            esac
            options="$options --only $2" ;;
        --suite)
            suites="$suites --suite $2"
            options="$options --suite $2" ;;
        --record) record=$2 ;;
        --logs) logs=$2 ;;
        --mirror) mirror=$2 ;;
        *) usage >&2; exit 2 ;;
    esac
    shift 2
done

[ "$(id -u)" = 0 ] || give_up "this needs root, for mounts and for debootstrap"
command -v debootstrap > /dev/null || give_up "needs debootstrap: apt-get install debootstrap"
commit=$(git -C "$root" rev-parse HEAD) || give_up "$root is no clone"
[ -z "$(git -C "$root" status --porcelain)" ] \
    || echo "debootstrap: what is not committed in $root is left out" >&2

work=$(mktemp -d "${TMPDIR:-/var/tmp}/floe-debootstrap.XXXXXX") || exit 1
# A temporary folder is its owner's; a root folder is everybody's.
system=$work/system
child=

# Mounts and processes live in namespaces of their own, which end with the child, however that ends.
cleanup ()
{
    if [ -n "$child" ]; then
        kill -KILL "$child" 2> /dev/null
        wait "$child" 2> /dev/null
    fi
    if $keeps && [ -d "$system" ]; then
        echo "The system is in $system"
    else
        rm -rf --one-file-system "$work"
    fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

# As a job to wait for, so that a signal ends it at once.
run_child ()
{
    "$@" < /dev/null &
    child=$!
    wait "$child"
    child_status=$?
    child=
    return "$child_status"
}

# The mirror of this machine's own for Debian, wherever apt's configuration names it.
host_mirror ()
{
    apt-get indextargets --format '$(REPO_URI) $(TARGET_OF) $(COMPONENT)' "Codename: bookworm" \
        2> /dev/null | sed -n 's|/* deb main$||p' | head -n 1
}

configure_apt ()
{
    security=$(echo "$mirror" | sed 's|/debian$|/debian-security|')
    {
        echo "deb $mirror bookworm main"
        echo "deb $mirror bookworm-updates main"
        [ "$security" = "$mirror" ] || echo "deb $security bookworm-security main"
    } > "$system/etc/apt/sources.list"
    apt-config dump | grep -E '^Acquire::(http|https)::(Proxy|Timeout)|^Acquire::Retries' \
        > "$system/etc/apt/apt.conf.d/90host"
    # As in a container: no service starts, for they would be this machine's too.
    printf '#!/bin/sh\nexit 101\n' > "$system/usr/sbin/policy-rc.d"
    chmod 755 "$system/usr/sbin/policy-rc.d"
}

configure_network ()
{
    cp -L /etc/resolv.conf "$system/etc/resolv.conf"
    cp -L /etc/hosts "$system/etc/hosts"
    host_certificates=/usr/local/share/ca-certificates
    if [ -n "$(find "$host_certificates" -name '*.crt' 2> /dev/null)" ]; then
        mkdir -p "$system$host_certificates"
        cp -R "$host_certificates/." "$system$host_certificates"
    fi
}

make_system ()
{
    run_child unshare --mount --pid --fork --kill-child --mount-proc \
        debootstrap --variant=minbase bookworm "$system" "$mirror" > "$work/debootstrap.log" 2>&1 \
        || { tail -n 20 "$work/debootstrap.log" >&2; give_up "debootstrap failed"; }
    chmod 755 "$work"
    configure_apt
    configure_network
    git clone --quiet --no-hardlinks "$root" "$system/floe" || give_up "no clone of $root"
    git -C "$system/floe" checkout --quiet --detach "$commit" || give_up "no commit $commit"
}

count_packages ()
{
    dpkg-query --admindir="$system/var/lib/dpkg" -W -f '${db:Status-Abbrev}\n' | grep -c '^ii'
}

# in_system COMMAND: runs it there, as the root of a system of its own and not of a chroot, in which
# Linux permits no user namespaces.
in_system ()
{
    run_child env -i HOME=/root TERM=dumb LANG=C.UTF-8 \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
        ${no_proxy:+"no_proxy=$no_proxy"} \
        ${NODE_EXTRA_CA_CERTS:+NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt} \
        unshare --mount --pid --ipc --uts --fork --kill-child sh -euc '
            mount --bind "$1" "$1"
            cd "$1"
            mount -t proc proc proc
            mount --rbind /sys sys
            mount --rbind /dev dev
            mount -t tmpfs -o mode=1777 shm dev/shm
            mkdir -p run/before
            pivot_root . run/before
            cd /floe
            umount -l /run/before
            rmdir /run/before
            exec sh -c "$2"' - "$system" "$1"
}

# With what is needed to tell a failure from a machine that had other things to do.
machine ()
{
    printf '%s, %s processors; the commands had the scheduling class %s and a niceness of %s' \
        "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
        "$(chrt -p $$ | sed -n 's/.*policy: SCHED_//p')" "$(nice)"
}

# report_command NAME COMMAND STATUS SECONDS PACKAGES
report_command ()
{
    cat << END

## \`$2\`

Status $3 after $4 s (load of the machine at the end: $(cut -d ' ' -f 1 /proc/loadavg)); $5 packages
are installed now. $(grep -c '' "$work/$1.log") lines of output, which end with:

\`\`\`
$(tail -n 12 "$work/$1.log")
\`\`\`
END
    case $1 in
        check)
            printf '\n```\n'
            grep -E '^== |passed, .* skipped in ' "$work/$1.log" | sed 's/:.*//' | paste - -
            grep -E '^ *(failed|not ok|skip)' "$work/$1.log"
            printf '```\n' ;;
    esac
}

# run_command NAME COMMAND
run_command ()
{
    echo "== $2"
    started=$(date +%s)
    in_system "$2" > "$work/$1.log" 2>&1
    status=$?
    seconds=$(($(date +%s) - started))
    tail -n 5 "$work/$1.log" | sed 's/^/   /'
    echo "   status $status after $seconds s"
    [ "$status" = 0 ] || failures=$((failures + 1))
    report_command "$1" "$2" "$status" "$seconds" "$(count_packages)" >> "$work/record.md"
    if [ -n "$logs" ]; then
        mkdir -p "$logs"
        cp "$work/$1.log" "$logs/"
        [ ! -d "$system/floe/build/logs" ] || cp -R "$system/floe/build/logs" "$logs/suites"
    fi
}

mirror=${mirror:-$(host_mirror)}
mirror=${mirror:-http://deb.debian.org/debian}
echo "== Debian 12 from $mirror"
make_system
echo "   $(count_packages) packages"
failures=0
cat > "$work/record.md" << END
# A fresh machine

The two commands of README.md on a Debian $(cat "$system/etc/debian_version") that debootstrap made
(\`--variant=minbase\`, $(count_packages) packages), at commit $(echo "$commit" | cut -c 1-12), with
\`sh tests/debootstrap.sh$options\` on $(date -u +%Y-%m-%d).
$(machine).
END
for name in $commands; do
    case $name in
        demo) run_command demo "sh samples/demo.sh" ;;
        check) run_command check "sh tests/check.sh$suites" ;;
    esac
done
[ -z "$record" ] || cp "$work/record.md" "$record"
[ "$failures" = 0 ]
