# SPDX-License-Identifier: MPL-2.0
"""The cases; the documentation of a function is its name."""

import base64
import hashlib
import hmac
import json
import os
import pty
import re
import stat
import struct
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from world import PRIVATE, PUBLIC, REALM, expect, expect_in, ranges, verdict_of

# Refused by coturn 4.6.1 without being told.
BUILT_IN = {"0.0.0.0/8", "127.0.0.0/8", "::/128", "::1/128"}
UDP, TCP, TLS = f"turn:{PUBLIC}", f"turn:{PUBLIC}?transport=tcp", f"turns:{PUBLIC}"
TIME_LIMIT = 40  # seconds, for what says that it takes 20 on a machine with other work


def nftables(function):
    function.wants = (("nft", "nftables"),)
    return function


def coturn(function):
    function.wants = (*getattr(function, "wants", ()), ("turnserver", "coturn"))
    return function


def names_of_all(report):
    return {each["range"] for each in report["ranges"]}


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


@coturn
def case_good(world):
    """the configuration made here is proved closed over UDP, TCP and TLS, and coturn likes it"""
    config = world.make_config()
    log = world.start_coturn(config)
    # coturn ignores an option that it does not know, and says so here only.
    complaints = re.findall(r"^.*(?:WARNING|ERROR|Bad configuration|Unknown|Wrong).*$", read(log),
                            re.M)
    expect(complaints, [], "what coturn complains of")
    for url in (UDP, TCP, TLS):
        status, report = world.check(url, "--config", config, "--ca", world.certificate)
        expect(status, 0, f"the status of {url} ({report})")
        expect(ranges(report, "ok"), names_of_all(report), "the refused ranges")
        expect(len(names_of_all(report)) >= 30, True, "that there are many ranges")
        for check in ("anonymous", "ordinary-ipv4", "ordinary-ipv6", "wrong-password", "nonce",
                      "tcp-relay", "neighbours", "software"):
            expect(verdict_of(report, check), "ok", f"{check} of {url}")
    for check in ("certificate", "old-tls"):
        expect(verdict_of(report, check), "ok", check)


@coturn
def case_users(world):
    """with fixed users the check takes the first from the configuration, or one by name"""
    config = world.make_config("--user", "alice", "--user", "bob:a-long-password", tls=False)
    world.start_coturn(config)
    expect("use-auth-secret" in re.sub(r"#.*", "", read(config)), False, "both ways at once")
    expect(world.check(UDP, "--config", config)[0], 0, "the status as alice")
    environment = {"FLOE_TURN_PASSWORD": "a-long-password"}
    expect(world.check(UDP, "--user", "bob", environment=environment)[0], 0, "the status as bob")
    status, report = world.check(UDP, "--user", "bob", "--password", "another")
    expect((status, report["verdict"]), (3, "unknown"), "a wrong password")
    expect_in("password is wrong", report["error"], "the error")


@coturn
def case_three_ranges(world):
    """a server that denies three ranges is open, and those that it does not deny are named"""
    denied = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}
    config = world.change_config(world.make_config(tls=False), drop=["denied", "no-multicast"],
                                 add=["denied-peer-ip=10.0.0.0-10.255.255.255",
                                      "denied-peer-ip=172.16.0.0-172.31.255.255",
                                      "denied-peer-ip=192.168.0.0-192.168.255.255"])
    world.start_coturn(config)
    status, report = world.check(UDP, "--config", config)
    expect(status, 1, "the status")
    expect(ranges(report, "ok"), BUILT_IN | denied, "the refused ranges")
    expect(ranges(report, "open"), names_of_all(report) - BUILT_IN - denied, "the open ranges")
    text = world.run("check", "--config", config, UDP).stdout
    for name in ("169.254.0.0/16", "100.64.0.0/10", "64:ff9b::/96"):
        expect_in(name, text, "the report for people")
    expect_in("OPEN", text, "the report for people")


@coturn
def case_no_denial(world):
    """a server that denies nothing is open to all but what coturn refuses by itself"""
    config = world.change_config(world.make_config(), drop=["denied", "no-multicast"])
    world.start_coturn(config)
    for url in (UDP, TLS):
        status, report = world.check(url, "--config", config, "--ca", world.certificate)
        expect(status, 1, "the status")
        expect(ranges(report, "open"), names_of_all(report) - BUILT_IN, "the open ranges")


@coturn
def case_each_line(world):
    """a single range that is left out is the single one that is named"""
    for prefix, line in (("100.64.0.0/10", "denied-peer-ip=100.64."),
                         ("fe80::/10", "denied-peer-ip=fe80:"),
                         ("::ffff:0.0.0.0/96", "denied-peer-ip=::ffff:")):
        config = world.change_config(world.make_config(tls=False), drop=[line])
        world.start_coturn(config)
        status, report = world.check(UDP, "--config", config)
        world.stop_all()
        expect((status, ranges(report, "open")), (1, {prefix}), "the open range")


@coturn
def case_prefix_lengths(world):
    """a denial with a prefix length denies nothing, which is found out"""
    config = world.change_config(world.make_config(tls=False), drop=["denied-peer-ip=10."],
                                 add=["denied-peer-ip=10.0.0.0/8"])
    log = world.start_coturn(config)
    status, report = world.check(UDP, "--config", config)
    expect((status, ranges(report, "open")), (1, {"10.0.0.0/8"}), "the open range")
    expect_in("10.0.0.0/8", read(log), "coturn's log")


@coturn
def case_denies_everybody(world):
    """a server that refuses everybody proves nothing"""
    config = world.change_config(world.make_config(tls=False), add=["denied-peer-ip=::"])
    world.start_coturn(config)
    status, report = world.check(UDP, "--config", config)
    expect((status, verdict_of(report, "ordinary-ipv4")), (3, "unknown"), "the verdict")


@coturn
def case_packets(world):
    """no packet gets to an address of the machine, and all do when nothing is denied"""
    listeners = ["--listen", PRIVATE, "--listen", "127.0.0.1"]
    config = world.make_config(tls=False)
    world.start_coturn(config)
    status, report = world.check(UDP, "--config", config, *listeners)
    expect((status, verdict_of(report, "data")), (0, ["ok", "ok"]), "what arrives")
    world.stop_all()
    config = world.change_config(world.make_config(tls=False), drop=["denied"])
    world.start_coturn(config)
    status, report = world.check(UDP, "--config", config, *listeners)
    expect((status, verdict_of(report, "data")), (1, ["open", "ok"]), "what arrives")


@coturn
def case_abuses(world):
    """anonymous clients, TCP relays, old TLS and a talkative server are named"""
    config = world.change_config(
        world.make_config(), drop=["no-tcp-relay", "no-tlsv1", "no-software"],
        add=["cipher-list=DEFAULT@SECLEVEL=0"])
    world.start_coturn(config)
    status, report = world.check(TLS, "--config", config)
    expect(status, 1, "the status")
    expect([verdict_of(report, check) for check in ("tcp-relay", "old-tls", "certificate",
                                                    "software")],
           ["open", "open", "open", "note"], "the verdicts")
    status, report = world.check(UDP, "--config", config, "--allow-tcp-relay")
    expect((status, verdict_of(report, "tcp-relay")), (0, "note"), "a TCP relay that is wanted")
    world.stop_all()
    config = world.change_config(world.make_config(tls=False),
                                 drop=["use-auth", "static-auth"], add=["no-auth"])
    world.start_coturn(config)
    status, report = world.check(UDP, "--user", "anybody", "--password", "any")
    expect((status, verdict_of(report, "anonymous")), (1, "open"), "the verdict on no-auth")


@coturn
def case_behind_nat(world):
    """behind a NAT clients of one server reach each other, and the server's own address is open"""
    config = world.make_config(addresses=[f"25.0.0.9/{PRIVATE}"], tls=False)
    world.start_coturn(config, PRIVATE)
    url = f"turn:{PRIVATE}"
    status, report = world.check(url, "--config", config)
    expect((status, verdict_of(report, "neighbours"), verdict_of(report, "ipv6")),
           (0, "ok", "skipped"), "the verdicts")
    # That form of external-ip exempts the private part, whatever denied-peer-ip says.
    status, report = world.check(url, "--config", config, "--also", PRIVATE)
    expect((status, ranges(report, "open")), (1, {PRIVATE}), "the server's own address")
    world.stop_all()
    config = world.change_config(config, drop=["external-ip"], add=["external-ip=25.0.0.9"])
    world.start_coturn(config, PRIVATE)
    status, report = world.check(url, "--config", config)
    expect((status, verdict_of(report, "neighbours")), (0, "note"), "the other form")


@coturn
@nftables
def case_firewall(world):
    """the firewall of docs/turn.md keeps users from the machine, and lets them meet"""
    config = world.make_config(tls=False)
    world.start_coturn(config)
    status, report = world.check(UDP, "--config", config, "--listen", PUBLIC)
    expect((status, verdict_of(report, "data")), (1, "open"), "what arrives without it")
    for command in world.firewall_commands():
        subprocess.run(command, check=True)
    try:
        status, report = world.check(UDP, "--config", config, "--listen", PUBLIC)
    finally:
        subprocess.run(["nft", "delete", "table", "inet", "relay"], check=True)
    expect((status, verdict_of(report, "data"), verdict_of(report, "neighbours")),
           (0, "ok", "ok"), "what arrives with it")


@coturn
def case_quota(world):
    """the check gives its relays back, and says so when a quota keeps it from asking"""
    config = world.make_config("--user-quota", "1", tls=False)
    world.start_coturn(config)
    for _ in range(2):
        status, report = world.check(UDP, "--config", config)
        expect((status, verdict_of(report, "neighbours")), (0, "skipped"), "with one relay a user")


@coturn
def case_credentials(world):
    """credentials that end in time are those of coturn, and old ones are refused"""
    config = world.make_config(tls=False)
    world.start_coturn(config)
    secret = re.search(r"^static-auth-secret=(.*)$", read(config), re.M).group(1)
    expect(bool(re.fullmatch(r"[0-9a-f]{64}", secret)), True, "256 bits")
    done = world.run("credentials", "--config", config, "--for", "alice", "--lifetime", "60",
                     "--json")
    made = json.loads(done.stdout)
    digest = hmac.new(secret.encode(), made["username"].encode(), hashlib.sha1).digest()
    expect(made["credential"], base64.b64encode(digest).decode(), "the password")
    expect(made["username"], f"{made['expires']}:alice", "the user")
    expect(0 < made["expires"] - time.time() <= 61, True, "the end")
    expect(world.check(UDP, "--user", made["username"], "--password", made["credential"])[0], 0,
           "the status")
    old = f"{int(time.time()) - 10}:alice"
    digest = hmac.new(secret.encode(), old.encode(), hashlib.sha1).digest()
    status, report = world.check(UDP, "--user", old, "--password",
                                 base64.b64encode(digest).decode())
    expect(status, 3, f"the status of an old one ({report})")


def case_unreachable(world):
    """a server that is not there, is silent, or is none can't be checked, in time"""
    def garbage(request):
        yield b"\x01"
        yield os.urandom(300)
        yield struct.pack("!HHI", 0x0113, 0xffff, 0x2112A442) + request[8:20]
        yield struct.pack("!HHI", 0x0113, 8, 0x2112A442) + request[8:20] + b"\0\x09\xff\xff\0\0\4\1"

    def flood():
        while True:
            yield b"\0\1\xff\xff" + bytes(65536)

    def drip():
        for _ in range(40):
            yield b"\x16"
            time.sleep(1)
    secret = world.path("secret")
    with open(secret, "w", encoding="utf-8") as file:
        file.write("x" * 40 + "\n")
    udp, tcp, tls = f"turn:{PUBLIC}:%d", f"turn:{PUBLIC}:%d?transport=tcp", f"turns:{PUBLIC}:%d"
    urls = [udp % 9, tcp % 9, udp % world.serve_udp(lambda request: None),
            udp % world.serve_udp(garbage), tcp % world.serve_tcp(flood),
            tcp % world.serve_tcp(lambda: [b"HTTP/1.1 400\r\n"]), tls % world.serve_tcp(drip),
            tls % world.serve_tcp(lambda: [b"SSH-2.0-none" + bytes(9)])]

    def check(url):
        return world.check(url, "--secret-file", secret, "--timeout", "5", timeout=TIME_LIMIT)
    with ThreadPoolExecutor() as pool:
        for url, (status, report) in zip(urls, pool.map(check, urls)):
            expect((status, report["verdict"]), (3, "unknown"), f"the verdict on {url}")


def case_lying(world):
    """a server that answers nonsense to half of the questions is not taken for closed"""
    realm = struct.pack("!HH", 0x14, 4) + b"test" + struct.pack("!HH", 0x15, 4) + b"once"

    def answer(request):
        kind = struct.unpack("!H", request[:2])[0]
        if kind == 3 and b"once" in request:
            address = struct.pack("!HHBBHI", 0x16, 8, 0, 1, 50000, 0x2112A442 ^ 0x19000001)
            yield struct.pack("!HHI", 0x103, len(address), 0x2112A442) + request[8:20] + address
            return
        challenge = struct.pack("!HHHBB", 9, 4, 0, 4, 1) + realm
        attributes = challenge if kind == 3 else struct.pack("!HHHBB", 9, 4, 0, 5, 0)
        yield (struct.pack("!HHI", kind | 0x110, len(attributes), 0x2112A442) + request[8:20]
               + attributes)
    status, report = world.check(f"turn:{PUBLIC}:{world.serve_udp(answer)}", "--user", "alice",
                                 "--password", "secret")
    expect((status, ranges(report, "ok")), (1, set()), "what is proved")
    expect(verdict_of(report, "wrong-password"), "open", "any password")


def case_files(world):
    """the file is the owner's alone, is not overwritten unless told, or is standard output"""
    path = world.path("own.conf")
    arguments = ["config", "--realm", REALM, "--external-ip", PUBLIC, "--no-tls", "--output"]
    os.umask(0)
    done = world.run(*arguments, path)
    os.umask(0o022)
    expect(done.returncode, 0, "the status")
    expect(stat.S_IMODE(os.stat(path).st_mode), 0o600, "the mode")
    for part in (f"turn:{REALM}:3478?transport=udp", "floe-turn check", "floe-turn credentials"):
        expect_in(part, done.stdout, "what to do next")
    first = read(path)
    done = world.run(*arguments, path)
    expect((done.returncode, read(path)), (1, first), "the second time")
    expect_in("--force", done.stderr, "the error")
    os.chmod(path, 0o644)
    expect(world.run(*arguments, path, "--force").returncode, 0, "the status with --force")
    expect(read(path) != first, True, "that there is a new secret")
    expect(stat.S_IMODE(os.stat(path).st_mode), 0o600, "the mode after --force")
    done = world.run(*arguments, "-")
    expect_in("static-auth-secret=", done.stdout, "standard output")
    expect("static-auth-secret=" in done.stderr, False, "a secret on standard error")
    expect([name for name in os.listdir(world.folder) if name.startswith("own.conf.")], [],
           "what is left over")


def case_certificates(world):
    """a certificate that clients would refuse, or a key that others may read, is refused"""
    other, other_key = world.make_certificate("other", ["other.test"])
    open_key = world.path("open-key.pem")
    with open(open_key, "w", encoding="utf-8") as file:
        file.write(read(world.key))
    os.chmod(open_key, 0o644)
    for certificate, key, part in ((world.certificate, other_key, "is not that of"),
                                   (other, other_key, f"is not for {REALM}"),
                                   (world.certificate, open_key, "Everybody may read"),
                                   (world.path("none.pem"), world.key, "none.pem"),
                                   (world.key, world.certificate, "key.pem")):
        done = world.run("config", "--realm", REALM, "--external-ip", PUBLIC, "--certificate",
                         certificate, "--key", key, "--output", world.path("refused.conf"))
        expect(done.returncode, 2, f"the status where it {part}")
        expect_in(part, done.stderr, "the error")
    expect(os.path.exists(world.path("refused.conf")), False, "a file")


def case_asking(world):
    """what is missing is asked for on a terminal"""
    path = world.path("asked.conf")
    process, terminal = pty.fork()
    if process == 0:
        os.execv(world.program, ["floe-turn", "config", "--output", path])
    os.write(terminal, f"{REALM}\n{PUBLIC}\n{world.certificate}\n{world.key}\n".encode())
    said = b""
    try:
        while part := os.read(terminal, 4096):
            said += part
    except OSError:  # how a terminal ends
        pass
    os.close(terminal)
    expect(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), 0, f"the status ({said})")
    for line in (f"realm={REALM}\n", f"relay-ip={PUBLIC}\n", f"cert={world.certificate}\n"):
        expect_in(line, read(path), "the configuration")


def case_usage(world):
    """what makes no sense is told, with status 2"""
    config = ["config", "--no-tls", "--output", "-", "--realm", REALM]
    for arguments, part in (([], "command is missing"), (["relay"], "no command 'relay'"),
                            (["check", UDP], "--config"),
                            (["check", "--user", "a", "--password", "b"], "One server"),
                            (["check", "http://a", "--user", "a", "--password", "b"], "turn:HOST"),
                            (["check", UDP, "--user", "a", "--password", "b", "--also", "x"],
                             "no address"),
                            (["check", UDP, "--user", "a"], "FLOE_TURN_PASSWORD"),
                            (["credentials", "--for", "a"], "--config"),
                            (config, "--external-ip"),
                            (config + ["--external-ip", "10.0.0.1"], "private"),
                            (config + ["--external-ip", PUBLIC, "--relay-ports", "9-1"], "ports"),
                            (config + ["--external-ip", PUBLIC, "--user", "a", "--secret-file",
                                       "b"], "exclude each other"),
                            (["config", "--realm", REALM, "--external-ip", PUBLIC],
                             "--certificate")):
        done = world.run(*arguments)
        expect((done.returncode, done.stdout), (2, ""), f"the status of {arguments}")
        expect_in(part, done.stderr, f"the error of {arguments}")
