#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Checks that the completions know each option of each command, and the manual does, too.
#
#   sh tests/floe/completions.sh FLOE      FLOE: the program, or what prints its help as it does
#
# bash is a must; zsh and fish are asked where they are there, and else only read.
set -eu

floe=$1
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
folder=$root/samples/file-transfer/completions
failures=0

complain ()
{
    echo "completions: $1"
    failures=$((failures + 1))
}

# options COMMAND: the long options that its help lists.
options ()
{
    "$floe" "$1" --help | sed -n 's/^ *\(-[a-z], \)\{0,1\}\(--[a-z-]*\).*/\2/p' | sort -u
}

in_bash ()
{
    bash -c '. "$1/floe.bash"; COMP_WORDS=(floe "$2" --) COMP_CWORD=2; _floe; \
        printf "%s\n" "${COMPREPLY[@]}"' bash "$folder" "$1" | sort -u
}

in_fish ()
{
    HOME=$work fish --no-config -c 'source $argv[1]/floe.fish; complete -C "floe $argv[2] --"' \
        "$folder" "$1" | sed -n 's/^\(--[a-z-]*\).*/\1/p' | sort -u
}

# The specifications that _floe gives to _arguments, without a terminal to press tab in.
in_zsh ()
{
    zsh -f -c '_arguments() { if [[ $1 == -C ]]; then state=arguments words=($command)
            return 1; fi; print -rl -- $@ }
        command=$2; . $1/_floe' zsh "$folder" "$1" \
        | sed -n 's/^\(([^)]*)\)\{0,1\}\*\{0,1\}\(--[a-z-]*\)\[.*/\2/p' | sort -u
}

# compare COMMAND SHELL: what it completes against what the help lists.
compare ()
{
    "in_$2" "$1" > "$work/completed"
    difference=$(diff "$work/listed" "$work/completed") \
        || complain "floe $1 in $2, help (<) against completion (>):
$difference"
}

work=$(mktemp -d "${TMPDIR:-/tmp}/floe-completions.XXXXXX")
trap 'rm -rf "$work"' EXIT
command -v bash > /dev/null || { echo "completions: there is no bash"; exit 77; }

for command in send receive serve nat; do
    options "$command" > "$work/listed"
    [ "$(wc -l < "$work/listed")" -ge 10 ] || complain "the help of floe $command lists too little"
    compare "$command" bash
    for shell in zsh fish; do
        if command -v "$shell" > /dev/null; then
            compare "$command" "$shell"
        fi
    done
    while read -r option; do
        # In roff a hyphen that is none is written \-.
        grep -qF -e "$(printf '%s' "$option" | sed 's/-/\\-/g')" "$root/docs/man/floe.1" \
            || complain "floe(1) does not know $option"
        grep -qF -e "$option" "$folder/_floe" || complain "_floe does not know $option"
        grep -qE -e "-l ${option#--}( |\$)" "$folder/floe.fish" \
            || complain "floe.fish does not know $option"
    done < "$work/listed"
done
[ "$failures" = 0 ]
