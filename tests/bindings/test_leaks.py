#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""What functions give and take is freed: their transfer annotations are right.

Each is called again and again, and malloc asked how much is allocated before and after. The caller
sets G_SLICE=always-malloc.
"""

import ctypes
import gc
import unittest

from floe_pair import Floe, Pair, main, settle
from gi.repository import GLib

CALLS = 2000
# Less than the smallest block that malloc has, for each call.
MOST_BYTES = CALLS * 31


class Mallinfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks",
        "fordblks", "keepcost")]


mallinfo2 = ctypes.CDLL(None).mallinfo2
mallinfo2.restype = Mallinfo


def allocated():
    gc.collect()
    return mallinfo2().uordblks


class Leaks(unittest.TestCase):
    def check(self, cases):
        for name, function in cases.items():
            with self.subTest(name=name):
                for _ in range(20):
                    function()
                before = allocated()
                for _ in range(CALLS):
                    function()
                self.assertLess(allocated() - before, MOST_BYTES, name)

    def test_there_are_none_in_values(self):
        candidate = Floe.IceCandidate.new("candidate:1 1 udp 1 192.0.2.7 5 typ host", "0", 0, "u")
        server = Floe.IceServer.new(["stun:a.example.org", "stun:b.example.org"], "u", "c")
        certificate = Floe.Certificate.generate()
        configuration = Floe.Configuration()
        for _ in range(3):
            configuration.add_ice_server(server)
        init = Floe.DataChannelInit.new()

        def fail():
            try:
                Floe.IceCandidate.new("nonsense", None, 0, None)
            except GLib.Error:
                pass

        def set_interfaces():
            configuration.set_interfaces(["one", "two"])

        self.check({
            "a candidate": lambda: Floe.IceCandidate.new(candidate.get_candidate(), "0", 0, "u"),
            "a server": lambda: Floe.IceServer.new(server.get_urls(), "u", "c"),
            "a description": lambda: Floe.SessionDescription.new(Floe.SdpType.OFFER, "v=0"),
            "credentials": lambda: Floe.TurnCredentials.new("secret", "user", 60).get_username(),
            "servers of a configuration": configuration.get_ice_servers,
            "interfaces": lambda: (set_interfaces(), configuration.get_interfaces()),
            "a memory": configuration.get_strategy_memory,
            "a property that is a list": lambda: configuration.props.interfaces,
            "a copy": init.copy,
            "a fingerprint": certificate.get_fingerprint,
            "an expiry": certificate.get_expires,
            "PEM": certificate.to_pem,
            "a filtered candidate": lambda: Floe.privacy_filter_candidate(
                candidate.get_candidate(), Floe.PrivacyLevel.OPEN),
            "an error": fail,
            "a configuration": lambda: Floe.Configuration(interfaces=["lo"], max_channels=3),
            "a directory": lambda: Floe.StaticServerDirectory.new([server, server]),
            "a chain": lambda: Floe.ServerDirectoryChain.new([Floe.StaticServerDirectory.new([])]),
        })

    def test_there_are_none_in_a_connection(self):
        pair = Pair().meet()
        settle()
        alice = pair.alice
        metrics = alice.get_metrics()
        self.check({
            "a local description": alice.get_local_description,
            "a remote description": alice.get_current_remote_description,
            "a pair": lambda: alice.get_selected_candidate_pair().get_local(),
            "metrics": alice.get_metrics,
            "paths": lambda: metrics.get_paths()[0].get_path_type(),
            "moves": lambda: metrics.get_moves()[0].get_reason(),
            "JSON": metrics.to_json,
            "a configuration": alice.get_configuration,
            "a main context": alice.get_main_context,
            "a main context by its property": lambda: alice.props.main_context,
            "a label": lambda: pair.channel.props.label,
        })
        pair.close()


if __name__ == "__main__":
    main()
