# SPDX-License-Identifier: MPL-2.0
"""A way to a rendezvous that breaks at one end: broken-way.py http://HOST:PORT

Listens on the loopback interface, prints its own address, and carries what comes to HOST:PORT and
back. At SIGUSR1 it ends the connections that it has towards who made them, and leaves them open
towards the rendezvous, which hears nothing any more: so does a NAT that forgot a connection."""

import signal
import socket
import sys
import threading
import urllib.parse

standing = set()


def carry(source, target, near):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        if near in standing:
            target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def break_all(*_):
    broken = list(standing)
    standing.clear()
    for near in broken:
        near.shutdown(socket.SHUT_RDWR)


def main():
    there = urllib.parse.urlsplit(sys.argv[1])
    listener = socket.create_server(("127.0.0.1", 0))
    far_ends = []  # so that they stay open
    signal.signal(signal.SIGUSR1, break_all)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/", flush=True)
    while True:
        near, _ = listener.accept()
        far = socket.create_connection((there.hostname, there.port))
        standing.add(near)
        far_ends.append(far)
        for source, target in ((near, far), (far, near)):
            threading.Thread(target=carry, args=(source, target, near), daemon=True).start()


if __name__ == "__main__":
    main()
