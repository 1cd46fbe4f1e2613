# SPDX-License-Identifier: MPL-2.0
# Completion of floe(1) for bash, with or without the package bash-completion.

_floe_options ()
{
    local general="--json --verbose --help --version"
    local rendezvous="--listen --host --tls-cert --tls-key"
    local servers="--stun --turn --turn-user --turn-password"
    local way="--timeout --server --tls-ca --turn-ca --proxy --port-range"
    local hiding="--privacy --relay-only"

    case $1 in
        send) echo "$general $rendezvous $servers $way $hiding" ;;
        receive) echo "$general $rendezvous $servers $way $hiding --output --yes" \
            "--overwrite --rename --skip --stdout" ;;
        serve) echo "$general $rendezvous $servers $hiding --log-addresses" ;;
        nat) echo "$general $servers --interface --explain --proxy --tls-ca --port-range" ;;
    esac
}

_floe ()
{
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local command=${COMP_WORDS[1]} kind=

    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "send receive serve nat --help --version" -- "$current")
        return
    fi
    case $previous in
        --output | -o) kind=-d ;;
        --tls-cert | --tls-key | --tls-ca | --turn-ca) kind=-f ;;
        --privacy)
            mapfile -t COMPREPLY < <(compgen -W \
                "open default-route obfuscated no-host relay-only" -- "$current")
            return ;;
        --interface)
            mapfile -t COMPREPLY < <(compgen -W "$(ls /sys/class/net 2> /dev/null)" -- "$current")
            return ;;
        --timeout | --server | --listen | --host | --stun | --turn | --turn-user \
            | --turn-password | --port-range | --proxy) return ;;
        *)
            case $current in
                -*)
                    mapfile -t COMPREPLY < <(compgen -W "$(_floe_options "$command")" -- "$current")
                    return ;;
            esac
            [ "$command" = send ] || return
            kind=-f ;;
    esac
    compopt -o filenames 2> /dev/null
    mapfile -t COMPREPLY < <(compgen "$kind" -- "$current")
}

complete -F _floe floe
