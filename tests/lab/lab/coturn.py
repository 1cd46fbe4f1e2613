# SPDX-License-Identifier: MPL-2.0
"""A real TURN and STUN server on a host of a world."""

import base64
import hashlib
import hmac
import os
import shutil
import socket
import struct
import subprocess
import time

USER, PASSWORD, SECRET, REALM = "floe", "secret", "north", "floe.test"
_START_SECONDS = 10
_BINDING_REQUEST = struct.pack("!HHI", 1, 0, 0x2112A442) + b"floe-lab-try"


def is_installed():
    return shutil.which("turnserver") is not None


class Coturn:
    """turnserver on all addresses of a host: UDP and TCP on 3478, TLS and DTLS on 5349, and the
    next ports for RFC 5780 where the host has two addresses. With `rest` credentials are made of a
    secret and a time, else there is one user. `options` are lines of turnserver.conf."""

    def __init__(self, host, rest=False, tls=True, options=()):
        self.host, self.rest = host, rest
        self.folder = host.world.path(f"coturn-{host.name}")
        self.certificate = os.path.join(self.folder, "certificate.pem")
        os.mkdir(self.folder)
        addresses = [address.split("/")[0] for interface in host.interfaces
                     for address in interface.addresses]
        lines = ["fingerprint", f"realm={REALM}", "no-cli", "no-multicast-peers", "simple-log",
                 "verbose", f"log-file={self.folder}/log", f"pidfile={self.folder}/pid",
                 f"userdb={self.folder}/db", "relay-threads=1", "min-port=49152", "max-port=50151",
                 *[f"listening-ip={address}" for address in addresses],
                 *[f"relay-ip={address}" for address in addresses], *options]
        if rest:
            lines += ["use-auth-secret", f"static-auth-secret={SECRET}"]
        else:
            lines += ["lt-cred-mech", f"user={USER}:{PASSWORD}"]
        if tls:
            self._make_certificate(addresses)
            lines += [f"cert={self.certificate}", f"pkey={self.folder}/key.pem"]
        else:
            lines += ["no-tls", "no-dtls"]
        with open(os.path.join(self.folder, "conf"), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        self.process = host.start(["turnserver", "-c", os.path.join(self.folder, "conf")],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait()

    def _make_certificate(self, addresses):
        names = ",".join([f"DNS:{self.host.name}.{REALM}", *[f"IP:{each}" for each in addresses]])
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                        f"/CN={self.host.name}.{REALM}", "-addext", f"subjectAltName={names}",
                        "-keyout", os.path.join(self.folder, "key.pem"), "-out", self.certificate],
                       check=True, capture_output=True)

    def _wait(self):
        ends = time.monotonic() + _START_SECONDS
        family = 6 if ":" in self.host.interfaces[0].addresses[0] else 4
        probe = self.host.udp(family=family)
        probe.settimeout(0.05)
        while time.monotonic() < ends:
            try:
                probe.sendto(_BINDING_REQUEST, (self.host.address(family), 3478))
                if probe.recv(2048)[8:20] == _BINDING_REQUEST[8:]:
                    return
            except (socket.timeout, ConnectionRefusedError):
                time.sleep(0.02)
        raise RuntimeError("coturn does not answer: " + self.log()[-500:])

    def log(self):
        try:
            with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def credentials(self, lifetime=3600, user=USER):
        """(user name, password); of a server with `rest` they hold for `lifetime` seconds."""
        if not self.rest:
            return USER, PASSWORD
        name = f"{int(time.time()) + lifetime}:{user}"
        digest = hmac.new(SECRET.encode(), name.encode(), hashlib.sha1).digest()
        return name, base64.b64encode(digest).decode()

    def url(self, scheme="turn", transport=None, family=4):
        address = self.host.address(family)
        port = 5349 if scheme in ("turns", "stuns") else 3478
        bracketed = f"[{address}]" if family == 6 else address
        return f"{scheme}:{bracketed}:{port}" + (f"?transport={transport}" if transport else "")
