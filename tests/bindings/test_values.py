#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""Values that cross into Python and back: boxed types, lists, NULL, enumerations, errors."""

import unittest

from floe_pair import Floe, call, local_configuration, main
from gi.repository import Gio, GLib, GObject

CANDIDATE = "candidate:1 1 udp 2130706431 192.0.2.7 5000 typ host"
URLS = ["stun:stun.example.org", "stun:stun.example.net:3479"]


def fails_with(code, function, *arguments):
    try:
        function(*arguments)
    except GLib.Error as error:
        assert error.matches(Floe.error_quark(), code), error
        assert error.domain == "floe-error-quark" and error.message, error
        return error
    raise AssertionError(f"no error with {code}")


class Boxed(unittest.TestCase):
    def test_candidates_keep_their_fields(self):
        candidate = Floe.IceCandidate.new(CANDIDATE, "0", 0, "ufrag")
        self.assertEqual((candidate.get_candidate(), candidate.get_sdp_mid()), (CANDIDATE, "0"))
        self.assertEqual((candidate.get_sdp_mline_index(), candidate.get_username_fragment()),
                         (0, "ufrag"))
        self.assertEqual((candidate.get_address(), candidate.get_port()), ("192.0.2.7", 5000))
        self.assertEqual(candidate.get_candidate_type(), Floe.IceCandidateType.HOST)
        self.assertEqual(candidate.get_protocol(), Floe.IceProtocol.UDP)
        self.assertEqual(candidate.get_priority(), 2130706431)
        self.assertIsNone(candidate.get_related_address())
        self.assertIsNone(candidate.get_tcp_type())

    def test_candidates_take_none_where_w3c_has_null(self):
        candidate = Floe.IceCandidate.new(CANDIDATE, None, 0, None)
        self.assertIsNone(candidate.get_sdp_mid())
        self.assertIsNone(candidate.get_username_fragment())

    def test_servers_keep_their_lists(self):
        server = Floe.IceServer.new(URLS, None, None)
        self.assertEqual(server.get_urls(), URLS)
        self.assertIsNone(server.get_username())
        configuration = Floe.Configuration.new()
        configuration.add_ice_server(server)
        del server
        configuration.add_ice_server_url("turn:turn.example.org", "user", "secret")
        servers = configuration.get_ice_servers()
        self.assertEqual([one.get_urls() for one in servers], [URLS, ["turn:turn.example.org"]])
        del configuration
        self.assertEqual(servers[1].get_credential(), "secret")

    def test_descriptions_are_values(self):
        description = Floe.SessionDescription.new(Floe.SdpType.ANSWER, "v=0\r\n")
        value = GObject.Value(Floe.SessionDescription, description)
        self.assertEqual(value.get_boxed().get_sdp(), "v=0\r\n")
        self.assertEqual(description.get_sdp_type(), Floe.SdpType.ANSWER)
        self.assertEqual(Floe.SessionDescription.new(Floe.SdpType.ROLLBACK, None).get_sdp(), "")

    def test_channel_options_are_copied(self):
        init = Floe.DataChannelInit.new()
        init.set_ordered(False)
        init.set_max_retransmits(3)
        init.set_protocol("text")
        copy = init.copy()
        init.set_ordered(True)
        init.set_protocol("other")
        connection = Floe.PeerConnection.new(None)
        channel = connection.create_data_channel("one", copy)
        self.assertEqual((channel.get_ordered(), channel.get_protocol()), (False, "text"))
        self.assertEqual(channel.get_max_retransmits(), 3)
        connection.close()

    def test_turn_credentials_have_a_name_that_ends(self):
        credentials = Floe.TurnCredentials.new("secret", "alice", 3600)
        self.assertTrue(credentials.get_username().endswith(":alice"))
        self.assertGreater(credentials.get_expiry(), 0)
        self.assertTrue(credentials.get_password())
        Floe.TurnCredentials.new("secret", None, 60)

    def test_metrics_are_read_only_values(self):
        connection = Floe.PeerConnection.new(None)
        metrics = connection.get_metrics()
        connection.close()
        del connection
        self.assertEqual((metrics.get_paths(), metrics.get_moves()), ([], []))
        self.assertEqual(metrics.get_channel_time(), -1)
        with self.assertRaises(TypeError):
            Floe.ConnectionMetrics()

    def test_certificates_give_two_strings(self):
        certificate = Floe.Certificate.generate()
        public, private = certificate.to_pem()
        again = Floe.Certificate.new_from_pem(public, private)
        self.assertEqual(again.get_fingerprint(), certificate.get_fingerprint())
        self.assertGreater(again.get_expires().to_unix(), GLib.get_real_time() // 1000000)


class Nothing(unittest.TestCase):
    def test_is_taken_where_it_means_something(self):
        configuration = Floe.Configuration.new()
        configuration.set_certificate(None)
        configuration.set_interfaces(None)
        configuration.set_proxy_resolver(None)
        configuration.set_tls_database(None)
        configuration.set_server_directory(None)
        configuration.set_nat_report(None)
        configuration.set_nat_summary(None)
        configuration.set_strategy_memory(None)
        self.assertIsNone(configuration.get_certificate())
        self.assertIsNone(configuration.get_interfaces() or None)
        self.assertIsNone(configuration.get_nat_report())
        self.assertIsNone(Floe.NatDiscovery.new(None).get_cache_file())
        Floe.DnsServerDirectory.new("example.org", None, None)

    def test_is_refused_elsewhere(self):
        configuration = Floe.Configuration.new()
        connection = Floe.PeerConnection.new(None)
        channel = connection.create_data_channel("one", None)
        for function, arguments in (
                (configuration.add_ice_server, (None,)),
                (configuration.add_ice_server_url, (None, None, None)),
                (connection.create_data_channel, (None, None)),
                (connection.set_configuration, (None,)),
                (connection.set_remote_description_async, (None, None, None)),
                (channel.send_text, (None,)), (channel.send_bytes, (None,)),
                (Floe.IceServer.new, (None, None, None)),
                (Floe.TurnCredentials.new, (None, None, 60)),
                (Floe.StaticServerDirectory.new, (None,)),
                (Floe.ServerDirectoryChain.new, (None,)),
                (Floe.DnsServerDirectory.new, (None, None, None)),
                (Floe.DataChannelStream.new, (None,)),
                (Floe.set_network_context, (None,)),
                (Floe.privacy_filter_candidate, (None, Floe.PrivacyLevel.OPEN))):
            with self.subTest(function=function), self.assertRaises(TypeError):
                function(*arguments)
        connection.close()


class Errors(unittest.TestCase):
    def test_have_the_codes_that_are_documented(self):
        configuration = Floe.Configuration.new()
        add = configuration.add_ice_server_url
        fails_with(Floe.Error.SYNTAX, add, "http://example.org", None, None)
        fails_with(Floe.Error.INVALID_ACCESS, add, "turn:example.org", None, None)
        fails_with(Floe.Error.SYNTAX, Floe.IceServer.new, ["stun:"], None, None)
        fails_with(Floe.Error.SYNTAX, Floe.IceCandidate.new, "nonsense", None, 0, None)
        fails_with(Floe.Error.SYNTAX, Floe.Certificate.new_from_pem, "no", "no")
        fails_with(Floe.Error.RANGE, configuration.set_port_range, 20, 10)
        fails_with(Floe.Error.NOT_SUPPORTED, configuration.set_nat_summary, "nonsense")
        fails_with(Floe.Error.RANGE, Floe.TurnCredentials.new, "secret", "user", 0)

    def test_of_calls_come_out_of_finish(self):
        connection = Floe.PeerConnection.new(local_configuration())
        nonsense = Floe.SessionDescription.new(Floe.SdpType.OFFER, "nonsense")
        candidate = Floe.IceCandidate.new(CANDIDATE, "0", 0, None)
        fails_with(Floe.Error.SDP_SYNTAX_ERROR, call, connection, "set_remote_description",
                   nonsense)
        fails_with(Floe.Error.INVALID_STATE, call, connection, "create_answer")
        self.assertTrue(call(connection, "add_ice_candidate", candidate), "early ones wait")
        fails_with(Floe.Error.NOT_SUPPORTED, connection.restart_ice)
        connection.close()
        for name, arguments in (("create_offer", ()), ("create_answer", ()),
                                ("set_local_description", (None,)),
                                ("set_remote_description", (nonsense,)),
                                ("add_ice_candidate", (candidate,))):
            fails_with(Floe.Error.INVALID_STATE, call, connection, name, *arguments)
        fails_with(Floe.Error.INVALID_STATE, connection.create_data_channel, "late", None)
        fails_with(Floe.Error.INVALID_STATE, connection.set_configuration, Floe.Configuration())

    def test_of_a_cancelled_call_are_those_of_gio(self):
        connection = Floe.PeerConnection.new(local_configuration())
        cancellable = Gio.Cancellable()
        results = []
        connection.create_offer_async(cancellable, lambda source, result: results.append(result))
        cancellable.cancel()
        while not results:
            GLib.MainContext.default().iteration(True)
        with self.assertRaises(GLib.Error) as caught:
            connection.create_offer_finish(results[0])
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))
        connection.close()

    def test_are_named_as_the_w3c_does(self):
        self.assertEqual(Floe.Error.get_name(Floe.Error.INVALID_STATE), "InvalidStateError")
        self.assertEqual(Floe.Error.get_name(Floe.Error.DTLS_FAILURE), "dtls-failure")


class Enumerations(unittest.TestCase):
    def test_have_nicks_that_are_words(self):
        for name in dir(Floe):
            kind = getattr(Floe, name)
            if not (isinstance(kind, type) and issubclass(kind, GObject.GEnum)):
                continue
            for value in kind.__enum_values__.values():
                self.assertRegex(value.value_nick, "^[a-z]+(-[a-z]+)*$")
                self.assertEqual(getattr(kind, value.value_nick.upper().replace("-", "_")), value)

    def test_are_properties(self):
        configuration = Floe.Configuration(strategy=Floe.Strategy.TURN_ONLY)
        self.assertEqual(configuration.props.strategy, Floe.Strategy.TURN_ONLY)
        configuration.props.privacy_level = Floe.PrivacyLevel.NO_HOST
        self.assertEqual(configuration.get_privacy_level(), Floe.PrivacyLevel.NO_HOST)


class Properties(unittest.TestCase):
    def test_of_a_configuration_by_name_and_back(self):
        certificate = Floe.Certificate.generate()
        wanted = {
            "allow_local_targets": True, "certificate": certificate, "gather_timeout": 700,
            "ice_failed_timeout": 9000, "ice_tcp": False, "include_loopback": True,
            "ice_transport_policy": Floe.IceTransportPolicy.RELAY, "interfaces": ["lo", "eth0"],
            "max_channels": 7, "max_message_size": 1000, "max_punch_probes": 10,
            "max_punch_rate": 20, "max_punch_sockets": 30,
            "nat_discovery": Floe.NatDiscoveryMode.OFF,
            "privacy_level": Floe.PrivacyLevel.OBFUSCATED,
            "proxy_resolver": Gio.SimpleProxyResolver.new(None, None),
            "punching": Floe.Punching.NONE, "relay_start": 100, "relay_warm": 2000,
            "resolve_candidate_names": True,
            "server_directory": Floe.StaticServerDirectory.new([]),
            "strategy": Floe.Strategy.DIRECT_PATIENT, "strategy_memory": "floe-ways 1\n",
            "tls_database": None, "trickle": False, "nat_report": None, "nat_summary": None,
        }
        configuration = Floe.Configuration(**wanted)
        self.assertEqual(set(wanted), {spec.name.replace("-", "_")
                                       for spec in configuration.list_properties()})
        for name, value in wanted.items():
            self.assertEqual(configuration.get_property(name.replace("_", "-")) or value, value,
                             name)
            self.assertEqual(getattr(configuration.props, name) or value, value, name)

    def test_notify_when_they_change_and_only_then(self):
        configuration = Floe.Configuration.new()
        told = []
        configuration.connect("notify", lambda _, spec: told.append(spec.name))
        configuration.set_max_channels(9)
        configuration.set_max_channels(9)
        configuration.props.trickle = False
        configuration.props.trickle = False
        self.assertEqual(told, ["max-channels", "trickle"])

    def test_of_a_connection(self):
        context = GLib.MainContext.new()
        configuration = local_configuration()
        connection = Floe.PeerConnection(configuration=configuration, main_context=context)
        self.assertTrue(connection.init(None))
        self.assertEqual(connection.props.configuration, configuration)
        self.assertEqual(hash(connection.props.main_context), hash(context))
        self.assertEqual(connection.props.signaling_state, Floe.SignalingState.STABLE)
        connection.close()
        default = Floe.PeerConnection()
        self.assertEqual(hash(default.get_main_context()), hash(GLib.MainContext.default()))
        default.close()

    def test_of_a_discovery_are_lists_of_reports(self):
        configuration = local_configuration()
        configuration.add_ice_server_url("stun:127.0.0.1:9", None, None)
        discovery = Floe.NatDiscovery(configuration=configuration)
        self.assertEqual(discovery.get_reports(), [])
        told = []
        discovery.connect("changed", told.append)
        found = call(discovery, "run")
        self.assertEqual(set(told), {discovery})
        self.assertEqual([type(report) for report in found], [Floe.NatReport])
        self.assertEqual([report.get_base_address() for report in discovery.get_reports()],
                         ["127.0.0.1"])
        self.assertEqual(found[0].get_family(), Gio.SocketFamily.IPV4)
        self.assertEqual(found[0].get_servers()[0].get_url(), "stun:127.0.0.1:9")
        self.assertIsInstance(found[0].explain_plans(configuration), list)
        configuration.props.nat_report = found[0]
        self.assertEqual(configuration.get_nat_report().get_base_address(), "127.0.0.1")
        self.assertEqual(discovery.props.configuration.get_interfaces(), ["lo"])
        discovery.close()


class Strangers(unittest.TestCase):
    """Objects that only Floe makes, made by hand: of no use, and harmless."""

    def test_do_not_break_anything(self):
        channel = Floe.DataChannel()
        self.assertEqual(channel.get_ready_state(), Floe.DataChannelState.CLOSED)
        fails_with(Floe.Error.INVALID_STATE, channel.send_text, "text")
        fails_with(Floe.Error.INVALID_STATE, channel.send_bytes, GLib.Bytes.new(b""))
        self.assertEqual((channel.get_label(), channel.get_protocol()), ("", ""))
        channel.close()
        stream = Floe.DataChannelStream()
        self.assertIsNone(stream.get_channel())
        stream.close(None)
        Floe.ServerQuery().fail("Nobody asked")
        Floe.NatDiscovery().close()
        connection = Floe.PeerConnection(
            configuration=Floe.Configuration(certificate=Floe.Certificate()))
        fails_with(Floe.Error.INVALID_ACCESS, connection.init, None)
        fails_with(Floe.Error.INVALID_ACCESS, Floe.PeerConnection.new,
                   connection.get_configuration())
        self.assertEqual(connection.get_connection_state(), Floe.PeerConnectionState.CLOSED)
        self.assertIsNone(connection.get_local_description())
        fails_with(Floe.Error.INVALID_STATE, call, connection, "create_offer")


if __name__ == "__main__":
    main()
