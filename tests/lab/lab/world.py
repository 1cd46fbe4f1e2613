# SPDX-License-Identifier: MPL-2.0
"""A world for one test: namespaces for its hosts, the router program between them, and what a test
asks of them. Only inside an enclosure."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time

from . import capture, enclosure, system

_START_SECONDS = 10
_CORE = "internet"


class LabError(Exception):
    pass


def _run(*command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabError(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


class Interface:
    def __init__(self, name, index):
        self.name, self.index = name, index
        self.addresses = []  # "192.0.2.1/24"
        self.gateways = []   # "192.0.2.254"
        self.nat64 = None

    def address(self, family=4, index=0):
        found = [address.split("/")[0] for address in self.addresses
                 if (":" in address) == (family == 6)]
        return found[index]


class Host:
    """A machine of the world: a network namespace with its interfaces."""

    def __init__(self, world, name):
        self.world, self.name = world, name
        self.namespace = enclosure.name(name)
        self.interfaces = []
        self.resolver = None  # a file that programs find for /etc/resolv.conf

    def use_dns(self, server):
        """Programs that are started from now on ask this server for names."""
        self.resolver = self.world.path(f"resolv-{self.name}.conf")
        with open(self.resolver, "w", encoding="ascii") as file:
            file.write(f"nameserver {server}\noptions timeout:1 attempts:2\n")

    def address(self, family=4, index=0):
        return self.interfaces[0].address(family, index)

    def inside(self):
        """Within it, sockets that this thread makes belong to the host."""
        return system.network(os.path.join(enclosure.NETNS, self.namespace))

    def start(self, command, **options):
        """A process on the host, that ends with the world at the latest. Options are Popen's."""
        path = os.path.join(enclosure.NETNS, self.namespace)

        def prepare():
            system.die_with_parent()
            system.enter_network(path)
            if self.resolver is not None:
                system.replace_file("/etc/resolv.conf", self.resolver)

        process = subprocess.Popen(command, preexec_fn=prepare, **options)
        self.world.processes.append(process)
        return process

    def run(self, command, timeout=20, **options):
        """Runs a command on the host to its end; what it said is in the result's stdout."""
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, **options}
        process = self.start(command, **options)
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return subprocess.CompletedProcess(command, process.returncode, output)

    def udp(self, port=0, address=None, family=4):
        """A UDP socket of the host, bound, that waits a second at most."""
        kind = socket.AF_INET6 if family == 6 else socket.AF_INET
        with self.inside():
            made = socket.socket(kind, socket.SOCK_DGRAM)
        made.bind((address or self.address(family), port))
        made.settimeout(1)
        self.world.exit_stack.callback(made.close)
        return made

    def tcp(self, family=4):
        kind = socket.AF_INET6 if family == 6 else socket.AF_INET
        with self.inside():
            made = socket.socket(kind, socket.SOCK_STREAM)
        made.settimeout(2)
        self.world.exit_stack.callback(made.close)
        return made


class World:
    """with World("router home eim-apdf\\nhost alice behind=home\\nhost server") as world: ..."""

    def __init__(self, text, seed=1, router=None):
        self.text, self.seed = text, seed
        self.router = router or os.environ.get("LAB_ROUTER", "lab-router")
        self.hosts = {}
        self.processes = []
        self.exit_stack = contextlib.ExitStack()
        self.folder = None

    def __enter__(self):
        with contextlib.ExitStack() as undo:
            undo.callback(self.close)
            self._build()
            undo.pop_all()
        return self

    def __exit__(self, *_):
        self.close()

    def __getitem__(self, name):
        return self.hosts[name]

    def close(self):
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()
        self.processes = []
        self.exit_stack.close()
        for name in [*self.hosts, _CORE]:
            subprocess.run(["ip", "netns", "delete", enclosure.name(name)], capture_output=True,
                           check=False)
        self.hosts = {}
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder = None

    def path(self, name):
        """A file of this world, gone with it."""
        return os.path.join(self.folder, name)

    def _build(self):
        self.folder = tempfile.mkdtemp(prefix="world-", dir=enclosure.scratch())
        with open(self.path("world"), "w", encoding="utf-8") as file:
            file.write(self.text)
        self._read_plan(_run(self.router, "--plan", self.path("world")))
        for name in [*self.hosts, _CORE]:
            _run("ip", "netns", "add", enclosure.name(name))
        self._wire()
        for host in self.hosts.values():
            self._configure(host)
        self._await_links()
        self._start_router()

    def _read_plan(self, plan):
        index = 0
        for line in plan.splitlines():
            what, host_name, interface_name, *rest = line.split()
            host = self.hosts.setdefault(host_name, Host(self, host_name))
            if what == "interface":
                host.interfaces.append(Interface(interface_name, index))
                index += 1
            elif what == "address":
                host.interfaces[-1].addresses.append(rest[0])
            elif what == "gateway":
                host.interfaces[-1].gateways.append(rest[0].split("/")[0])
            elif what == "nat64":
                host.interfaces[-1].nat64 = rest[0]

    def _wire(self):
        core = enclosure.name(_CORE)
        lines = []
        for host in self.hosts.values():
            for interface in host.interfaces:
                near, number = f"w{interface.index}", f"{interface.index:04x}"
                mac = f"{number[:2]}:{number[2:]}"
                lines += [f"link add {near} address 02:00:00:01:{mac} type veth peer name "
                          f"{interface.name} address 02:00:00:02:{mac} netns {host.namespace}",
                          f"link set {near} up"]
        with system.network(os.path.join(enclosure.NETNS, core)):
            # The near ends are wires, the kernel behind them must not speak.
            system.write_setting("net/ipv6/conf/default/disable_ipv6", 1)
        _run("ip", "-netns", core, "-batch", "-", text="\n".join(lines) + "\n")

    def _configure(self, host):
        lines = ["link set lo up"]
        with host.inside():
            # Addresses are known to be free, and needed at once.
            system.write_setting("net/ipv6/conf/all/accept_dad", 0)
            system.write_setting("net/ipv6/conf/default/accept_dad", 0)
            for interface in host.interfaces:
                system.turn_offloads_off(interface.name)
                settings = f"net/ipv6/conf/{interface.name}"
                has_v6 = any(":" in address for address in interface.addresses)
                system.write_setting(f"{settings}/disable_ipv6", int(not has_v6))
                system.write_setting(f"{settings}/accept_dad", 0)
                lines += self._interface_lines(host, interface)
        # Of rules ip does not see by the address which family they are for.
        rules = [line for line in lines if line.startswith("rule") and ":" in line]
        for options, batch in (((), [line for line in lines if line not in rules]),
                               (("-6",), rules)):
            if batch:
                _run("ip", *options, "-netns", host.namespace, "-batch", "-",
                     text="\n".join(batch) + "\n")

    @staticmethod
    def _interface_lines(host, interface):
        order = host.interfaces.index(interface)
        lines = [f"address add {address} dev {interface.name}{' nodad' if ':' in address else ''}"
                 for address in interface.addresses]
        lines.append(f"link set {interface.name} up")
        for gateway in interface.gateways:
            way = f"default via {gateway} dev {interface.name} onlink"
            lines.append(f"route add {way} metric {100 * (order + 1)}")
            if len(host.interfaces) > 1:
                # What has the address of an interface leaves by that interface.
                lines.append(f"route add {way} table {100 + order}")
                lines += [f"rule add from {address.split('/')[0]} table {100 + order}"
                          for address in interface.addresses
                          if (":" in address) == (":" in gateway)]
        return lines

    def _await_links(self):
        ends = time.monotonic() + _START_SECONDS
        core = os.path.join(enclosure.NETNS, enclosure.name(_CORE))
        for host in self.hosts.values():
            for interface in host.interfaces:
                for place, name in ((host.inside(), interface.name),
                                    (system.network(core), f"w{interface.index}")):
                    with place:
                        while not system.is_running(name):
                            if time.monotonic() > ends:
                                raise LabError(f"{host.name}: {name} does not come up")
                            time.sleep(0.002)

    def _start_router(self):
        command = [self.router, "--control", self.path("control"), "--trace", self.path("trace"),
                   "--seed", str(self.seed), self.path("world")]
        core = Host(self, _CORE)
        process = core.start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
        if process.stdout.readline() != "ready\n":
            raise LabError(f"lab-router: {process.stderr.read().strip()}")
        self.exit_stack.callback(lambda: [pipe.close() for pipe in
                                          (process.stdin, process.stdout, process.stderr)])

    def command(self, line):
        """Tells the router program something (docs/lab.md), and returns the lines of its answer."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as control:
            control.settimeout(_START_SECONDS)
            control.connect(self.path("control"))
            control.sendall(line.encode() + b"\n")
            answer = b"".join(iter(lambda: control.recv(65536), b"")).decode().splitlines()
        if not answer or answer[-1] != "ok":
            raise LabError(f"{line}: {answer[-1] if answer else 'no answer'}")
        return answer[:-1]

    def now(self):
        """Seconds since the router program started: the time of facts and captures."""
        return float(self.command("time")[0])

    def facts(self, what=None, node=None, since=0, **fields):
        """What has happened on the wire, as dictionaries: time, node, what, and reason, protocol,
        internal, external, remote where they apply."""
        self.command("time")
        found = []
        with open(self.path("trace"), encoding="utf-8") as trace:
            for line in trace:
                time, where, kind, *rest = line.split()
                fact = {"time": float(time), "node": where, "what": kind,
                        **dict(item.split("=", 1) for item in rest)}
                if (what in (None, kind) and node in (None, where) and fact["time"] >= since
                        and all(fact.get(key) == value for key, value in fields.items())):
                    found.append(fact)
        return found

    def capture(self, host):
        """Records all packets of a host from now on; the returned function gives those so far."""
        path = self.path(f"capture-{host.replace('/', '-')}.pcap")
        self.command(f"capture {host} {path}")

        def packets():
            self.command("time")
            return capture.read(path)
        return packets

    def flows(self, host):
        """[(protocol, local, remote, packets out, bytes out, packets in, bytes in)]"""
        return [(protocol, local, remote, *map(int, counts)) for protocol, local, remote, *counts in
                (line.split() for line in self.command(f"flows {host}"))]

    def mappings(self, router):
        """[(protocol, internal, external, remote)]; the remote is as far as the NAT looks at it."""
        return [tuple(line.split()[:4]) for line in self.command(f"mappings {router}")]
