#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""What a Python program sees: names, states, and errors as codes of one domain."""

import json
import pathlib

import gi
import jsonschema

gi.require_version("Floe", "1.0")
from gi.repository import Floe, GLib, GObject  # noqa: E402

connection = Floe.PeerConnection.new(None)
assert connection.get_signaling_state() == Floe.SignalingState.STABLE
connection.close()
connection.close()
assert connection.get_signaling_state() == Floe.SignalingState.CLOSED
try:
    connection.create_data_channel("late", None)
    raise SystemExit("a closed connection makes no channel")
except GLib.Error as error:
    assert error.matches(Floe.error_quark(), Floe.Error.INVALID_STATE), error

# What a connection tells for statistics, here of two in this process.


def meet(first, second):
    """Offer and answer between two connections."""
    def on_candidate(connection, candidate, other):
        other.add_ice_candidate_async(candidate, None, None)

    def on_described(source, result, other):
        description = source.get_local_description()
        other.set_remote_description_async(description, None, None)
        if description.get_sdp_type() == Floe.SdpType.OFFER:
            other.set_local_description_async(None, None, on_described, source)

    first.connect("ice-candidate", on_candidate, second)
    second.connect("ice-candidate", on_candidate, first)
    first.set_local_description_async(None, None, on_described, second)


local_only = Floe.Configuration(include_loopback=True)
alice = Floe.PeerConnection.new(local_only)
bob = Floe.PeerConnection.new(local_only)
loop = GLib.MainLoop()
told = []
alice.connect("metrics", lambda connection, metrics: (told.append(metrics), loop.quit()))
channel = alice.create_data_channel("chat", None)
channel.connect("open", lambda channel: alice.close())
meet(alice, bob)
while not told or told[-1].get_channel_time() == -1:
    loop.run()
metrics = told[-1]
assert metrics.get_strategy() in (Floe.Strategy.AUTO, Floe.Strategy.DIRECT_PATIENT,
                                  Floe.Strategy.DIRECT_FAST), metrics.get_strategy()
carrier = metrics.get_moves()[-1].get_path_number()
path = next(path for path in metrics.get_paths() if path.get_number() == carrier)
assert path.get_path_type() == Floe.PathType.DIRECT
assert 0 <= path.get_start_time() <= path.get_success_time() <= path.get_selection_time()
assert metrics.get_gathered_count(Floe.IceCandidateType.HOST) > 0
parsed = json.loads(metrics.to_json())
schema = pathlib.Path(__file__).resolve().parents[2] / "docs" / "schema" / "metrics.json"
jsonschema.validate(parsed, json.loads(schema.read_text("utf-8")))
assert parsed["paths"][0]["type"] == "direct", parsed
assert parsed["relay_seconds"] == 0, parsed
bob.close()

# A directory of the program's own, behind one that finds nothing.


class Office(GObject.Object, Floe.ServerDirectory):
    def do_ask(self, query):
        assert not query.get_cancellable().is_cancelled()
        query.answer([Floe.IceServer.new(["stun:stun.example.org"], None, None)], 3600)


class Closed(GObject.Object, Floe.ServerDirectory):
    def do_ask(self, query):
        query.fail("The office is closed")


def ask(directory):
    loop = GLib.MainLoop()
    results = []

    def on_list(source, result):
        results.append(result)
        loop.quit()

    directory.list_async(None, on_list)
    loop.run()
    return directory.list_finish(results[0])


directories = [Closed(), Floe.StaticServerDirectory.new([]), Office()]
servers, lifetime = ask(Floe.ServerDirectoryChain.new(directories))
assert [server.get_urls() for server in servers] == [["stun:stun.example.org"]], servers
assert lifetime == 3600, lifetime
try:
    ask(Floe.ServerDirectoryChain.new(directories[:2]))
    raise SystemExit("nobody has a server")
except GLib.Error as error:
    assert error.message == "The office is closed", error
configuration = Floe.Configuration(server_directory=Office(), gather_timeout=700)
assert isinstance(configuration.props.server_directory, Office)

# What is known of the network: nobody answers at that address, and the report says so.
configuration = Floe.Configuration.new()
configuration.set_interfaces(["lo"])
configuration.add_ice_server_url("stun:127.0.0.1:9", None, None)
discovery = Floe.NatDiscovery.new(configuration)
loop = GLib.MainLoop()
found = []


def on_run(source, result):
    found.extend(source.run_finish(result))
    loop.quit()


discovery.run_async(None, on_run)
loop.run()
report = found[0]
assert report.get_base_address() == "127.0.0.1", report.get_base_address()
assert report.get_udp() == Floe.NatAnswer.UNKNOWN, "one server is too few"
assert report.get_nat_type() == Floe.NatType.UNKNOWN
assert report.get_external_addresses() == []
assert report.get_evidence(Floe.NatAspect.UDP)
assert [server.get_fault() for server in report.get_servers()] == [Floe.NatFault.SILENT]
assert len(discovery.get_reports()) == len(found)
discovery.close()
