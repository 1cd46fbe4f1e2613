# SPDX-License-Identifier: MPL-2.0
"""System calls that Python 3.11 has no words for."""

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import struct

_libc = ctypes.CDLL(None, use_errno=True)

_CLONE_NEWNET = 0x40000000
_CLONE_NEWNS = 0x00020000
_MS_BIND = 0x1000
_PR_SET_PDEATHSIG = 1
_SIOCETHTOOL = 0x8946
_SIOCGIFFLAGS = 0x8913
_IFF_RUNNING = 0x40
# Transmit checksums, scatter-gather, TSO and GSO: what a device would do for the kernel.
_ETHTOOL_OFF = (0x17, 0x19, 0x1f, 0x24)


def die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _setns(descriptor):
    if _libc.setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def enter_network(path):
    """This thread, and what it starts, is in that network namespace from now on."""
    there = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    _setns(there)
    os.close(there)


def replace_file(path, other):
    """For this process, and what it starts, `path` is the file `other` from now on."""
    if (_libc.unshare(_CLONE_NEWNS) != 0
            or _libc.mount(other.encode(), os.path.realpath(path).encode(), None, _MS_BIND,
                           None) != 0):
        raise OSError(ctypes.get_errno(), f"mount over {path}")


@contextlib.contextmanager
def network(path):
    """Within it this thread is in the network namespace at `path`; a socket made there stays."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        enter_network(path)
        yield
    finally:
        _setns(home)
        os.close(home)


def turn_offloads_off(interface):
    """So that what leaves is what would be on a wire: checksums made, segments cut."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        for command in _ETHTOOL_OFF:
            value = ctypes.create_string_buffer(struct.pack("II", command, 0))
            request = struct.pack("16sP", interface.encode(), ctypes.addressof(value))
            fcntl.ioctl(any_socket, _SIOCETHTOOL, request)


def is_running(interface):
    """Whether the kernel has noticed that both ends are up; until then it drops what is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16s16x", interface.encode())
        flags, = struct.unpack_from("H", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request), 16)
    return flags & _IFF_RUNNING != 0


def write_setting(name, value):
    with open("/proc/sys/" + name, "w", encoding="ascii") as file:
        file.write(str(value))
