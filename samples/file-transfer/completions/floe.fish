# SPDX-License-Identifier: MPL-2.0
# Completion of floe(1) for fish.

set -l none 'not __fish_seen_subcommand_from send receive serve nat'
set -l all '__fish_seen_subcommand_from send receive serve nat'
set -l any '__fish_seen_subcommand_from send receive serve'
set -l ends '__fish_seen_subcommand_from send receive'
set -l receive '__fish_seen_subcommand_from receive'
set -l serve '__fish_seen_subcommand_from serve'
set -l nat '__fish_seen_subcommand_from nat'

complete -c floe -f
complete -c floe -n $none -a send -d 'Offer files and folders'
complete -c floe -n $none -a receive -d 'Fetch what is offered'
complete -c floe -n $none -a serve -d 'Run a rendezvous'
complete -c floe -n $none -a nat -d 'Tell what this network lets through'
complete -c floe -s h -l help -d 'Print the options'
complete -c floe -l version -d 'Print the version'

complete -c floe -n '__fish_seen_subcommand_from send' -F
complete -c floe -n $all -l json -d 'Print one JSON object a line'
complete -c floe -n $all -s v -l verbose -d 'Log what the library does'
complete -c floe -n $any -l listen -x -d 'Listen here'
complete -c floe -n $any -l host -x -d 'A name that others know this machine by'
complete -c floe -n $any -l tls-cert -r -F -d 'Speak https with this certificate'
complete -c floe -n $any -l tls-key -r -F -d 'The private key of the certificate'
complete -c floe -n $all -l stun -x -d 'Ask this server for the outer address'
complete -c floe -n $all -l turn -x -d 'Use this server as a relay'
complete -c floe -n $all -l turn-user -x -d 'User name for --turn'
complete -c floe -n $all -l turn-password -x -d 'Password for --turn'

complete -c floe -n $any -l privacy -x -a 'open default-route obfuscated no-host relay-only' -d 'Show at most this'
complete -c floe -n $any -l relay-only -d 'Connect through relays only'

complete -c floe -n $ends -l timeout -x -d 'Give up when nothing happens for so long'
complete -c floe -n $ends -l server -x -d 'Meet at a running floe serve'
complete -c floe -n $ends -l tls-ca -r -F -d 'Also trust this certificate authority'
complete -c floe -n $ends -l turn-ca -r -F -d 'Trust this authority for turns:'
complete -c floe -n $ends -l proxy -x -d 'Reach TURN over TCP and TLS through this proxy'
complete -c floe -n $ends -l port-range -x -d 'Use only these ports'

complete -c floe -n $receive -s o -l output -x -a '(__fish_complete_directories)' -d 'Put the files here'
complete -c floe -n $receive -s y -l yes -d 'Accept without asking'
complete -c floe -n $receive -l overwrite -d 'Replace files that exist'
complete -c floe -n $receive -l rename -d 'Give what comes another name'
complete -c floe -n $receive -l skip -d 'Leave files that exist'
complete -c floe -n $receive -l stdout -d 'Write to standard output'

complete -c floe -n $serve -l log-addresses -d 'Also log who comes and goes'

complete -c floe -n $nat -l interface -x -a '(command ls /sys/class/net 2> /dev/null)' -d 'Look from this interface only'
complete -c floe -n $nat -l explain -d 'Also say how connections are tried from here'
complete -c floe -n $nat -l proxy -x -d 'Reach servers over TCP and TLS through this proxy'
complete -c floe -n $nat -l tls-ca -r -F -d 'Trust these certificate authorities'
complete -c floe -n $nat -l port-range -x -d 'Use only these ports'
