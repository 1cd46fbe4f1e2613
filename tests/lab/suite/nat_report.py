# SPDX-License-Identifier: MPL-2.0
"""floe nat in worlds: what it says of a network is what the network is, or that it is not known;
and the exit status tells what gets through."""

import json
import os
import re
import subprocess
import sys

from lab import Coturn, World

from .probes import Skip, cases, expect
from .servers import need_coturn

WORLD = """
default delay=5ms
router home {}
host alice behind=home
host turn
host stun addresses=2
host proxy
"""
PROXY_PORT = 3128

# Kind, exit status, mapping and filtering (i: endpoint-independent, a: by address, p: by address
# and port, -: nobody can tell), the classic name, and whether it is in the quick tier.
KINDS = [
    ("open", 0, "i", "i", "open", True),
    ("firewall", 0, "i", "p", "port-restricted", False),
    ("eim-eif", 0, "i", "i", "full-cone", True),
    ("eim-adf", 0, "i", "a", "restricted", False),
    ("eim-apdf", 0, "i", "p", "port-restricted", True),
    ("adm-adf", 0, "a", "a", "symmetric", False),
    ("apdm-preserve", 0, "p", "p", "symmetric", False),
    ("apdm-sequential", 0, "p", "p", "symmetric", False),
    ("apdm-random", 0, "p", "p", "symmetric", True),
    ("apdm-block", 0, "p", "p", "symmetric", False),
    ("masquerade", 0, "i", "p", "port-restricted", False),
    ("masquerade-random", 0, "p", "p", "symmetric", False),
    ("masquerade-poisoned", 0, "i", "p", "port-restricted", False),
    ("cgn", 0, "i", "i", "full-cone", False),
    ("cgn-filtering", 0, "i", "p", "port-restricted", False),
    ("cgn-symmetric", 0, "p", "p", "symmetric", False),
    ("alg", 0, "i", "p", "port-restricted", False),
    ("tiny", 0, "i", "p", "port-restricted", False),
    ("udp-blocked", 3, "-", "-", "blocked", False),
    ("udp-53-443", 0, "-", "-", "unknown", False),
    ("web-only", 3, "-", "-", "blocked", False),
    ("tls-only", 3, "-", "-", "blocked", True),
    ("proxy-only", 3, "-", "-", "blocked", False),
    ("dead", 4, "-", "-", "blocked", True),
]
NAMES = {"i": {"endpoint-independent"}, "a": {"address-dependent", "endpoint-dependent"},
         "p": {"address-and-port-dependent", "endpoint-dependent"}, "-": set()}
# What is odd about a network, and in which kind; nowhere else.
LIMITED, REWRITING, PROXIED = "udp-53-443", "alg", "proxy-only"
VERDICT_OF_LIMITED = r"Only some UDP ports get out \(443\): direct connections will mostly fail"
VERDICTS = {0: r"Direct connections.* (will|may) work from here",
            3: r"UDP .*: connections will work from here only through a relay",
            4: r"Nothing gets out"}


def get_program():
    program = os.environ.get("LAB_FLOE", "")
    if not os.access(program, os.X_OK):
        raise Skip("floe is not built")
    return program


def start_servers(world):
    """The options that name them: a TURN server, by UDP and TLS, and a STUN server elsewhere, which
    has two addresses."""
    need_coturn()
    turn = Coturn(world["turn"], options=["tls-listening-port=443"])
    stun = Coturn(world["stun"], tls=False)
    user, password = turn.credentials()
    return ["--turn", turn.url(), "--turn", f"turns:{world['turn'].address()}:443?transport=tcp",
            "--turn-user", user, "--turn-password", password, "--tls-ca", turn.certificate,
            "--stun", stun.url("stun")]


def start_proxy(world):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "connect_proxy.py")
    process = world["proxy"].start([sys.executable, path, str(PROXY_PORT)], text=True,
                                   stdout=subprocess.PIPE)
    world.exit_stack.callback(process.stdout.close)
    expect(process.stdout.readline(), "ready\n", "the proxy")
    return ["--proxy", f"http://{world['proxy'].address()}:{PROXY_PORT}"]


def run_nat(world, options):
    done = world["alice"].run([get_program(), "nat", *options], stderr=subprocess.PIPE)
    return done.returncode, done.stdout


def keep(kind, text):
    """For who wants to read the reports: all go to the file $LAB_REPORTS."""
    path = os.environ.get("LAB_REPORTS")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"=== {kind}\n{text}\n")


def expect_one_of(actual, right, what):
    expect(actual in right | {"unknown"}, True, f"{what} is {actual!r}, of {sorted(right)}")


def expect_readable(text, kind, status):
    verdict = VERDICT_OF_LIMITED if kind == LIMITED else VERDICTS[status]
    expect(re.match(verdict, text) is not None, True, f"verdict {text.splitlines()[0]!r}")
    expect("\nWhat to do:\n- " in text, True, "what to do")
    expect(re.search(r"unknown|\(null\)", text), None, "what is not known")


def expect_oddities(world, kind, report):
    expect(report["udp_limited"] is True, kind == LIMITED, "that UDP is limited")
    expect(report["rewriting"] is True, kind == REWRITING, "that packets are rewritten")
    expect(report["proxy"], f"{world['proxy'].address()}:{PROXY_PORT}" if kind == PROXIED else None,
           "the proxy")


def check_kind(kind, status, mapping, filtering, name):
    with World(WORLD.format(kind)) as world:
        options = start_servers(world)
        if kind == "proxy-only":
            options += start_proxy(world)
        ended, output = run_nat(world, [*options, "--json"])
        report = json.loads(output)
        keep(kind, output)
        expect(ended, status, f"exit status after {output}")
        expect(report["udp"], status == 0, "udp")
        expect_one_of(report["mapping"], NAMES[mapping], "mapping")
        expect_one_of(report["filtering"], NAMES[filtering], "filtering")
        expect_one_of(report["nat_type"], {name}, "nat_type")
        expect_oddities(world, kind, report)
        ended, text = run_nat(world, options)
        keep(kind, text)
        expect(ended, status, "exit status of the text")
        expect_readable(text, kind, status)


def _tier():
    is_full = os.environ.get("LAB_FULL") == "1"
    return [kind[:5] for kind in KINDS if is_full or kind[5]]


@cases(*_tier())
def test_nat(kind, status, mapping, filtering, name):
    """floe nat behind {0}: status {1}, mapping {2}, filtering {3}, {4}, or not known"""
    get_program()
    check_kind(kind, status, mapping, filtering, name)


def test_names():
    """floe nat says when it can't find the name of any server, and what to do about that"""
    get_program()
    with World("router home eim-apdf\nhost alice behind=home\n") as world:
        options = ["--stun", "stun:nobody.invalid", "--turn", "turn:nothing.invalid",
                   "--turn-user", "floe", "--turn-password", "secret"]
        ended, output = run_nat(world, [*options, "--json"])
        faults = {server["fault"] for server in json.loads(output)["servers"]}
        expect((ended, faults), (4, {"unresolved"}), f"status and faults of {output}")
        ended, text = run_nat(world, options)
        keep("unresolved", text)
        expect((ended, "DNS may be wrong here" in text), (4, True), text)


def test_all_kinds():
    """floe nat is tried behind each kind of router that there is"""
    said = subprocess.run([os.environ["LAB_ROUTER"], "--kinds"], check=True, capture_output=True,
                          text=True).stdout
    expect(sorted(kind[0] for kind in KINDS), sorted(line.split()[0] for line in said.splitlines()),
           "kinds")


def test_families():
    """floe nat tells IPv4 and IPv6 apart, the better one first"""
    need_coturn()
    program = get_program()
    with World("router home apdm-random family=dual\nhost alice behind=home\n"
               "host turn family=dual\nhost stun family=dual addresses=2\n") as world:
        turn, stun = Coturn(world["turn"], tls=False), Coturn(world["stun"], tls=False)
        user, password = turn.credentials()
        options = ["--turn", turn.url(), "--turn", turn.url(family=6), "--turn-user", user,
                   "--turn-password", password, "--stun", stun.url("stun"), "--stun",
                   stun.url("stun", family=6)]
        ended, output = run_nat(world, [*options, "--json"])
        keep("dual", output)
        report = json.loads(output)
        expect((ended, report["family"]), (0, "ipv6"), f"status and best family of {output}")
        expect([one["family"] for one in report["interfaces"]], ["ipv6", "ipv4"], "families")
        expect_one_of(report["interfaces"][0]["mapping"], NAMES["i"], "mapping of IPv6")
        expect_one_of(report["interfaces"][1]["mapping"], NAMES["p"], "mapping of IPv4")
        text = world["alice"].run([program, "nat", *options]).stdout
        keep("dual", text)
        expect(text.startswith("Direct connections over IPv6 will work"), True, text)
