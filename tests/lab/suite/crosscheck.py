# SPDX-License-Identifier: MPL-2.0
"""Our masquerade against the kernel's: the same probes go through netfilter on a host of a world
and through the kinds that claim to be like it, and must find the same."""

import shutil
import subprocess
import time

from lab import World, system
from lab.world import Host, Interface

from .kinds import make_servers, mapping_of
from .probes import COMES, Skip, arrives, cases, expect, seen_from

NETFILTER = "host gate\nhost server addresses=2\n"
OURS = "router gate {}\nhost inside behind=gate\nhost other behind=gate\nhost server addresses=2\n"
RULES = """
table ip lab {{
  chain output {{
    type nat hook postrouting priority 100
    oifname "eth0" masquerade {}
  }}
  chain input {{
    type filter hook input priority 0
    iifname "eth0" {}
  }}
}}
"""
# Seconds that a flow without traffic is remembered, in both.
LIFETIME = 1


def need_nft():
    if shutil.which("nft") is None:
        raise Skip("nft is missing (Debian package nftables)")


def run(host, *command, text=None):
    process = host.start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True)
    output, _ = process.communicate(text)
    return process.returncode, output


def make_gate(world, masquerade, stranger):
    """Makes the host `gate` a netfilter NAT, and returns two hosts behind it."""
    gate = world["gate"]
    hosts = []
    with gate.inside():
        system.write_setting("net/ipv4/ip_forward", 1)
    for number in (1, 2):
        host = Host(world, f"inside-{number}")
        world.hosts[host.name] = host
        subprocess.run(["ip", "netns", "add", host.namespace], check=True)
        near, network = f"lan{number}", f"192.168.{100 + number}"
        run(gate, "ip", "-batch", "-", text=f"""
            link add {near} type veth peer name eth0 netns {host.namespace}
            address add {network}.1/24 dev {near}
            link set {near} up
            """)
        run(host, "ip", "-batch", "-", text=f"""
            link set lo up
            address add {network}.10/24 dev eth0
            link set eth0 up
            route add default via {network}.1
            """)
        interface = Interface("eth0", 0)
        interface.addresses.append(f"{network}.10/24")
        host.interfaces.append(interface)
        hosts.append(host)
        with host.inside():
            ends = time.monotonic() + COMES
            while not system.is_running("eth0") and time.monotonic() < ends:
                time.sleep(0.002)
    code, said = run(gate, "nft", "-f", "-", text=RULES.format(masquerade, stranger))
    if "syntax error" in said:
        raise ValueError(said)
    if code != 0:
        raise Skip("this kernel has no NAT of nftables: " + said.strip().splitlines()[0])
    with gate.inside():
        for name in ("nf_conntrack_udp_timeout", "nf_conntrack_udp_timeout_stream"):
            system.write_setting(f"net/netfilter/{name}", LIFETIME)
    return hosts


def is_refreshed_from_outside(inside, server):
    probe = inside.udp()
    external = seen_from(probe, server)
    for _ in range(2):
        time.sleep(LIFETIME * 0.6)
        still = arrives(server, external, probe)
    return still


def dies(inside, server):
    probe = inside.udp()
    external = seen_from(probe, server)
    time.sleep(LIFETIME * 1.2)
    return not arrives(server, external, probe)


def profile(inside, other, world, gate_address, with_lifetime):
    """What the probes of a masquerade find."""
    servers = make_servers(world)
    probe = inside.udp(7000)
    seen = [seen_from(probe, server) for server in servers]
    fresh = inside.udp()
    external = seen_from(fresh, servers[0])
    found = {
        "mapping": mapping_of(seen), "keeps the port": seen[0][1] == 7000,
        "same port once more": seen_from(probe, servers[0]) == seen[0],
        "answer": arrives(servers[0], external, fresh, COMES),
        "another port gets in": arrives(servers[1], external, fresh),
        "a stranger gets in": arrives(servers[2], external, fresh),
    }
    inside.udp(7100).sendto(b"x", servers[0].getsockname())
    rival = other.udp(7100)
    found["a rival gets the port to another server"] = seen_from(rival, servers[2])[1] == 7100
    servers[0].recv(100)
    found["a rival gets the port to the same server"] = seen_from(rival, servers[0])[1] == 7100
    servers[0].sendto(b"knock", (gate_address, 7200))
    time.sleep(0.02)
    knocked = inside.udp(7200)
    found["keeps the port where somebody knocked"] = seen_from(knocked, servers[0])[1] == 7200
    target = inside.udp()
    target_external = seen_from(target, servers[0])
    found["hairpin"] = arrives(inside.udp(), target_external, target)
    if with_lifetime:
        found["refreshed from outside"] = is_refreshed_from_outside(inside, servers[0])
        found["dies"] = dies(inside, servers[0])
    return found


def profile_of_netfilter(masquerade, stranger):
    need_nft()
    with World(NETFILTER) as world:
        inside, other = make_gate(world, masquerade, stranger)
        return profile(inside, other, world, world["gate"].address(), not masquerade)


def profile_of_ours(kind, with_lifetime):
    with World(OURS.format(f"{kind} lifetime={LIFETIME}s")) as world:
        return profile(world["inside"], world["other"], world,
                       world.command("addresses gate")[0], with_lifetime)


@cases(("", "drop", "masquerade"), ("", "accept", "masquerade-poisoned"),
       ("random", "drop", "masquerade-random"), ("fully-random", "drop", "masquerade-random"))
def test_masquerade(masquerade, stranger, kind):
    """netfilter's 'masquerade {}' and '{}' for strangers is like {}"""
    real = profile_of_netfilter(masquerade, stranger)
    ours = profile_of_ours(kind, not masquerade)  # one kind of timers serves all
    differences = {key: f"netfilter {real[key]}, ours {ours[key]}"
                   for key in real if real[key] != ours[key]}
    expect(differences, {}, "differences")
