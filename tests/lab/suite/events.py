# SPDX-License-Identifier: MPL-2.0
"""What happens while a world runs, and what is left of it when it ends."""

import os
import signal
import subprocess
import sys
import time

from lab import LabError, World, enclosure

from .probes import COMES, arrives, await_fact, expect, seen_from

WORLD = """
router home eim-eif
host alice behind=home
host server
"""
HERE = os.path.dirname(os.path.abspath(__file__))


def test_reboot():
    """after a reboot the old mapping is dead, and the next packet makes a new one"""
    with World(WORLD.replace("eim-eif", "apdm-random")) as world:
        alice, server = world["alice"].udp(), world["server"].udp()
        before = seen_from(alice, server)
        world.command("reboot home")
        await_fact(world, "flushed", "home")
        expect(arrives(server, before, alice), False, "by the old mapping")
        after = seen_from(alice, server)
        expect(after != before, True, "another mapping")
        expect(arrives(server, after, alice, COMES), True, "by the new mapping")


def test_readdress():
    """a new address of the router is used at once, and the old one is nobody's"""
    with World(WORLD) as world:
        alice, server = world["alice"].udp(), world["server"].udp()
        before = seen_from(alice, server)
        address, = world.command("readdress home")
        expect(seen_from(alice, server)[0], address, "the new address")
        expect(address != before[0], True, "another than before")
        expect(arrives(server, before, alice), False, "by the old address")
        await_fact(world, "dropped", "internet", reason="no-route")


def test_down():
    """a link that is down carries nothing, and carries again when it is up"""
    with World(WORLD) as world:
        alice, server = world["alice"].udp(), world["server"].udp()
        external = seen_from(alice, server)
        world.command("down alice")
        expect(arrives(alice, server.getsockname(), server), False, "while it is down")
        expect(arrives(server, external, alice), False, "the other way")
        world.command("up alice")
        expect(seen_from(alice, server), external, "when it is up again")
        expect(len(world.facts("dropped", "alice", reason="down")) >= 2, True, "facts")


def test_knobs():
    """knobs of links and NATs can be turned while it runs"""
    with World(WORLD) as world:
        alice, server = world["alice"].udp(), world["server"].udp()
        stranger = world["server"].udp()
        external = seen_from(alice, server)
        expect(arrives(stranger, external, alice, COMES), True, "a stranger, before")
        world.command("set home filtering=address-and-port-dependent up.delay=50ms")
        expect(arrives(stranger, external, alice), False, "a stranger, after")
        before = time.monotonic()
        seen_from(alice, server)
        expect(time.monotonic() - before >= 0.05, True, "the new delay")


def test_counters():
    """flows and links are counted, and captures hold every packet"""
    with World(WORLD) as world:
        packets = world.capture("alice")
        alice, server = world["alice"].udp(), world["server"].udp()
        external = seen_from(alice, server)
        for _ in range(3):
            arrives(server, external, alice, COMES)
        flow, = [flow for flow in world.flows("alice") if flow[0] == "udp"]
        expect((flow[3], flow[5]), (1, 3), "packets out and in")
        expect(world.command("counters alice")[0].split()[0], "up", "the way up")
        probes = [packet.payload == b"probe" for packet in packets() if packet.protocol == "udp"]
        expect(probes, [True, False, False, False], "captured")


def test_errors():
    """mistakes in a world or a command are told in words"""
    for text, words in (("host a\nhost a\n", "line 2: there is a 'a' already"),
                        ("router r cone\n", "there is no kind of router 'cone'")):
        try:
            with World(text):
                raise AssertionError("the world was built")
        except LabError as error:
            expect(words in str(error), True, f"words of {error}")
    with World(WORLD) as world:
        try:
            world.command("reboot moon")
            raise AssertionError("the moon was rebooted")
        except LabError as error:
            expect("there is no 'moon'" in str(error), True, f"words of {error}")


def processes_with(word):
    """Numbers of processes that have @word in their environment."""
    found = []
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{number}/environ", "rb") as file:
                if word.encode() in file.read():
                    found.append(int(number))
        except OSError:
            continue
    return found


def await_true(condition, what):
    ends = time.monotonic() + 5
    while not condition():
        if time.monotonic() > ends:
            raise AssertionError(what)
        time.sleep(0.02)


def test_crash():
    """kill -9 of a run ends all its processes, and the next run removes its files"""
    world = os.path.join(enclosure.scratch(), "crash-world")
    marker = f"LAB_MARKER_{os.getpid()}"
    with open(world, "w", encoding="utf-8") as file:
        file.write(WORLD)
    environment = {key: value for key, value in os.environ.items()
                   if key not in (enclosure.INSIDE, enclosure.SCRATCH)}
    environment[marker] = "1"
    command = [sys.executable, os.path.join(HERE, "..", "lab.py"), world]
    run = subprocess.Popen([*command, "sh", "-c", "echo started; exec sleep 60"], env=environment,
                           stdout=subprocess.PIPE, text=True)
    with run.stdout:
        expect(run.stdout.readline(), "started\n", "the nested run")
        expect(len(processes_with(marker)) >= 4, True, "its processes")
        scratch = [name for name in os.listdir(enclosure.scratch())
                   if name.startswith(f"{enclosure.PREFIX}{run.pid}-")]
        expect(len(scratch), 1, "its folder")
        run.send_signal(signal.SIGKILL)
        run.wait()
        await_true(lambda: not processes_with(marker), "some of its processes live on")
    subprocess.run([*command, "true"], env=environment, check=True)
    expect(os.path.exists(os.path.join(enclosure.scratch(), scratch[0])), False, "folder after")
