# SPDX-License-Identifier: MPL-2.0
"""What the cases share: the program, servers true and false, and expectations."""

import json
import os
import shlex
import socket
import struct
import subprocess
import threading
import time

PUBLIC, PUBLIC6, PRIVATE, REALM = "25.0.0.1", "2600:77::1", "10.77.0.1", "relay.floe.test"
_START_SECONDS = 20


class Failure(Exception):
    pass


def expect(actual, wanted, what):
    if actual != wanted:
        raise Failure(f"{what} is {actual!r}, not {wanted!r}")


def expect_in(part, whole, what):
    if part not in whole:
        raise Failure(f"{what} says nothing of {part!r}: {whole[-600:]!r}")


class World:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.processes, self.sockets = [], []
        self.count = 0
        self.certificate, self.key = self.make_certificate("good", [REALM, PUBLIC])

    def path(self, name):
        return os.path.join(self.folder, name)

    def make_certificate(self, name, hosts, days=2):
        certificate, key = self.path(f"{name}.pem"), self.path(f"{name}-key.pem")
        names = ",".join(("IP:" if host[0].isdigit() else "DNS:") + host for host in hosts)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", str(days), "-subj",
                        f"/CN={hosts[0]}", "-addext", f"subjectAltName={names}", "-keyout", key,
                        "-out", certificate], check=True, capture_output=True)
        os.chmod(key, 0o600)
        return certificate, key

    def run(self, *arguments, timeout=60, environment=None):
        """The finished process of floe-turn."""
        done = subprocess.run([self.program, *arguments], capture_output=True, text=True,
                              timeout=timeout, check=False, stdin=subprocess.DEVNULL,
                              env={**os.environ, **(environment or {})})
        for word in ("CRITICAL", "WARNING **", "Sanitizer", "runtime error"):
            if word in done.stderr:
                raise Failure(f"floe-turn complains about itself: {done.stderr}")
        return done

    def make_config(self, *options, addresses=(PUBLIC, PUBLIC6), tls=True):
        """The path of a new turnserver.conf."""
        self.count += 1
        path = self.path(f"turnserver-{self.count}.conf")
        arguments = ["--realm", REALM, "--output", path, "--relay-ports", "49152-51000"]
        for address in addresses:
            arguments += ["--external-ip", address]
        if tls:
            arguments += ["--certificate", self.certificate, "--key", self.key]
        else:
            arguments += ["--no-tls"]
        done = self.run("config", *arguments, *options)
        expect((done.returncode, done.stderr), (0, ""), "making a configuration")
        return path

    def change_config(self, path, add=(), drop=()):
        """Rewrites the file without the lines that begin with one of `drop`, and with `add`."""
        with open(path, encoding="utf-8") as file:
            lines = [line for line in file.read().splitlines() if not line.startswith(tuple(drop))]
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join([*lines, *add]) + "\n")
        return path

    def start_coturn(self, config, address=PUBLIC):
        """Starts turnserver and returns the path of its log, once it answers."""
        log = config + ".log"
        with open(log, "w", encoding="utf-8") as file:
            process = subprocess.Popen(["turnserver", "-c", config, "--userdb", self.path("users.db"),
                                        "--pidfile", config + ".pid"], stdout=file, stderr=file)
        self.processes.append(process)
        ends = time.monotonic() + _START_SECONDS
        request = struct.pack("!HHI", 1, 0, 0x2112A442) + b"floe-turn-ok"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.1)
            while time.monotonic() < ends and process.poll() is None:
                try:
                    probe.sendto(request, (address, 3478))
                    if probe.recv(2048)[8:20] == request[8:]:
                        return log
                except (socket.timeout, ConnectionRefusedError):
                    time.sleep(0.02)
        with open(log, encoding="utf-8", errors="replace") as file:
            raise Failure("coturn does not answer: " + file.read()[-800:])

    def firewall_commands(self):
        """Those of docs/turn.md, for the user that coturn runs as here."""
        path = os.path.join(os.path.dirname(__file__), "../../../docs/turn.md")
        with open(path, encoding="utf-8") as file:
            text = file.read().replace("\\\n", " ")
        found = [shlex.split(line.replace("skuid turnserver", f"skuid {os.getuid()}"))[1:]
                 for line in text.splitlines() if line.strip().startswith("sudo nft ")]
        expect(len(found), 3, "the number of commands in docs/turn.md")
        return found

    def serve_udp(self, answer):
        """The port of a server that sends `answer (request)` back, unless it is None."""
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind((PUBLIC, 0))
        self.sockets.append(server)

        def serve():
            while True:
                try:
                    request, client = server.recvfrom(4096)
                    if client is None:
                        return
                    for each in answer(request) or ():
                        server.sendto(each, client)
                except OSError:
                    return
        threading.Thread(target=serve, daemon=True).start()
        return server.getsockname()[1]

    def serve_tcp(self, chunks):
        """The port of a server that sends `chunks ()` to whoever comes."""
        server = socket.create_server((PUBLIC, 0))
        self.sockets.append(server)

        def serve():
            while True:
                try:
                    client = server.accept()[0]
                except OSError:
                    return
                self.sockets.append(client)
                try:
                    for chunk in chunks():
                        client.sendall(chunk)
                except OSError:
                    pass
        threading.Thread(target=serve, daemon=True).start()
        return server.getsockname()[1]

    def check(self, url, *options, **keywords):
        """(exit status, the JSON object) of a check."""
        done = self.run("check", "--json", url, *options, **keywords)
        try:
            return done.returncode, json.loads(done.stdout)
        except ValueError:
            raise Failure(f"no JSON: {done.stdout!r} {done.stderr!r}") from None

    def stop_all(self):
        for process in self.processes:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for each in self.sockets:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            each.close()
        self.processes, self.sockets = [], []


def ranges(report, verdict):
    return {each["range"] for each in report["ranges"] if each["verdict"] == verdict}


def verdict_of(report, check):
    """The verdicts of all checks of this name, the worst word for 'there is none' being None."""
    found = [each["verdict"] for each in report["checks"] if each["check"] == check]
    return found[0] if len(found) == 1 else found or None
