#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""Signals and messages in Python: what comes with them, in which thread, and what they hold."""

import gc
import threading
import unittest
import weakref

from floe_pair import Floe, Pair, call, local_configuration, main, settle, wait
from gi.repository import Gio, GLib, GObject


class Signals(unittest.TestCase):
    def test_of_a_connection_come_with_what_is_documented(self):
        pair = Pair()
        told = {}
        for name in ("ice-candidate", "filter-candidate", "negotiation-needed", "path-changed",
                     "metrics", "notify::connection-state", "notify::ice-gathering-state"):
            pair.alice.connect(name, self.keep, told, name)
        pair.bob.connect("data-channel", self.keep, told, "data-channel")
        wait(lambda: "negotiation-needed" in told)
        pair.meet()
        wait(lambda: None in [first for (first,) in told["ice-candidate"]])
        pair.close()
        settle()
        self.assertEqual({type(candidate) for (candidate,) in told["ice-candidate"]},
                         {Floe.IceCandidate, type(None)})
        self.assertEqual({(type(candidate), type(is_local))
                          for candidate, is_local in told["filter-candidate"]},
                         {(Floe.IceCandidate, bool)})
        self.assertEqual(told["negotiation-needed"], [()])
        self.assertEqual(told["data-channel"], [(pair.theirs,)])
        event = told["path-changed"][0][0]
        self.assertIsNone(event.get_from())
        self.assertEqual(event.get_reason(), Floe.PathReason.FIRST)
        self.assertEqual(event.get_to().get_local().get_candidate_type(),
                         Floe.IceCandidateType.HOST)
        self.assertFalse(event.get_to().is_relayed())
        metrics = told["metrics"][-1][0]
        self.assertEqual(metrics.get_paths()[0].get_path_type(), Floe.PathType.DIRECT)
        self.assertGreaterEqual(metrics.get_channel_time(), 0)
        self.assertIn("connection-state", {spec.name for (spec,) in
                                           told["notify::connection-state"]})

    @staticmethod
    def keep(source, *arguments):
        *given, told, name = arguments
        told.setdefault(name, []).append(tuple(given))
        return True

    def test_of_a_server_that_is_silent_say_which(self):
        configuration = local_configuration(gather_timeout=300)
        url = "turn:127.0.0.1:9?transport=tcp"
        configuration.add_ice_server_url(url, "user", "secret")
        connection = Floe.PeerConnection.new(configuration)
        told = []
        connection.connect("ice-candidate-error", lambda _, *given: told.append(given))
        connection.create_data_channel("one", None)
        call(connection, "set_local_description", None)
        wait(lambda: told)
        self.assertEqual(told[0][:2], (url, 701))
        self.assertTrue(told[0][2])
        connection.close()

    def test_of_credentials_that_end_bring_the_server(self):
        configuration = local_configuration()
        ending = str(GLib.get_real_time() // 1000000 + 2) + ":alice"
        configuration.add_ice_server_url("turn:127.0.0.1:9", ending, "secret")
        connection = Floe.PeerConnection.new(configuration)
        told = []
        connection.connect("ice-server-expiring", lambda _, server: told.append(server))
        wait(lambda: told)
        self.assertEqual(told[0].get_username(), ending)
        connection.close()

    def test_may_drop_a_candidate(self):
        connection = Floe.PeerConnection.new(local_configuration())
        told = []
        connection.connect("filter-candidate", lambda *_: False)
        connection.connect("ice-candidate", lambda _, candidate: told.append(candidate))
        connection.create_data_channel("one", None)
        call(connection, "set_local_description", None)
        wait(lambda: told)
        self.assertEqual(told, [None])
        connection.close()

    def test_of_a_channel_come_at_both_ends(self):
        pair = Pair().meet()
        pair.channel.set_buffered_amount_low_threshold(10)
        pair.channel.send_bytes(GLib.Bytes.new(bytes(100)))
        pair.first("alice", "buffered-amount-low")
        pair.channel.close()
        pair.first("bob", "closing")
        pair.first("bob", "close")
        pair.first("alice", "close")
        pair.close()

    def test_of_a_channel_that_fails_bring_the_error(self):
        pair = Pair(of_bob={"max_channels": 2})
        more = [pair.alice.create_data_channel(f"more {i}", None) for i in range(4)]
        for channel in more:
            pair.watch("more", channel)
        pair.meet()
        error = pair.first("more", "error")[2]
        self.assertIsInstance(error, GLib.Error)
        self.assertTrue(error.matches(Floe.error_quark(), Floe.Error.OPERATION), error)
        pair.close()


class Threads(unittest.TestCase):
    def test_of_construction_get_all_signals_and_callbacks(self):
        """One connection lives in a thread with a context of its own, the other one here."""
        seen = set()
        done = threading.Event()
        failure = []

        def live():
            context = GLib.MainContext.new()
            context.push_thread_default()
            try:
                pair = Pair()
                for name in ("ice-candidate", "path-changed", "metrics", "negotiation-needed",
                             "notify"):
                    pair.alice.connect(name, lambda *_: seen.add(threading.get_ident()))
                assert hash(pair.alice.get_main_context()) == hash(context)
                pair.meet()
                pair.channel.connect("buffered-amount-low",
                                     lambda *_: seen.add(threading.get_ident()))
                pair.channel.send_text("hello")
                pair.first("bob", "message-text")
                call(pair.alice, "update_metrics")
                pair.close()
                settle()
            except Exception as error:  # told in the test's own thread
                failure.append(error)
            finally:
                context.pop_thread_default()
                done.set()

        thread = threading.Thread(target=live)
        thread.start()
        while not done.is_set():
            GLib.MainContext.default().iteration(False)
            done.wait(0.01)
        thread.join()
        self.assertEqual(failure, [])
        self.assertEqual(seen, {thread.ident})

    def test_do_not_matter_where_the_context_is_given(self):
        context = GLib.MainContext.new()
        connection = Floe.PeerConnection(configuration=local_configuration(), main_context=context)
        told = []
        connection.connect("negotiation-needed", told.append)
        connection.connect("ice-candidate", lambda _, candidate: told.append(candidate))
        connection.create_data_channel("one", None)
        connection.set_local_description_async(None, None, lambda *_: told.append("described"))
        for _ in range(20):
            GLib.MainContext.default().iteration(False)
        self.assertEqual(told, [])
        wait(lambda: "described" in told and None in told, context)
        connection.close()
        while context.pending():
            context.iteration(False)


class Messages(unittest.TestCase):
    def test_arrive_as_they_were_sent(self):
        pair = Pair().meet()
        texts = ["hello", "", "żółw 🐢", "x" * 70000]
        blobs = [b"", b"\x00", b"\xff\xfe\x80", bytes(range(256)) * 1024]
        for text in texts:
            pair.channel.send_text(text)
        for blob in blobs:
            pair.theirs.send_bytes(GLib.Bytes.new(blob))
        wait(lambda: sum(event[1].startswith("message") for event in pair.events) == 8)
        self.assertEqual([event[2] for event in pair.events if event[1] == "message-text"], texts)
        got = [event[2] for event in pair.events if event[1] == "message-bytes"]
        self.assertEqual([type(one) for one in got], [GLib.Bytes] * 4)
        self.assertEqual([one.get_data() or b"" for one in got], blobs)
        pair.close()

    def test_outlive_the_channel(self):
        pair = Pair().meet()
        pair.channel.send_bytes(GLib.Bytes.new(b"kept"))
        kept = pair.first("bob", "message-bytes")[2]
        pair.close()
        del pair
        settle()
        self.assertEqual(kept.get_data(), b"kept")

    def test_that_are_too_large_are_refused(self):
        pair = Pair().meet()
        limit = pair.alice.get_max_message_size()
        with self.assertRaises(GLib.Error) as caught:
            pair.channel.send_bytes(GLib.Bytes.new(bytes(limit + 1)))
        self.assertTrue(caught.exception.matches(Floe.error_quark(), Floe.Error.TYPE))
        pair.close()

    def test_travel_through_gio_streams(self):
        pair = Pair().meet()
        ends = []
        for channel in (pair.channel, pair.theirs):
            channel.disconnect_by_func(pair.record)
            ends.append(Floe.DataChannelStream.new(channel))
        self.assertEqual(ends[0].get_channel(), pair.channel)
        got = []
        ends[0].get_output_stream().write_bytes_async(GLib.Bytes.new(b"streamed"), 0, None, None)
        ends[1].get_input_stream().read_bytes_async(
            100, 0, None, lambda stream, result: got.append(stream.read_bytes_finish(result)))
        wait(lambda: got)
        self.assertEqual(got[0].get_data(), b"streamed")
        pair.close()


class Lifetimes(unittest.TestCase):
    def test_of_callbacks_end_with_the_call(self):
        connection = Floe.PeerConnection.new(local_configuration())

        class Callback:
            calls = 0

            def __call__(self, source, result):
                Callback.calls += 1

        callback = Callback()
        gone = weakref.ref(callback)
        connection.create_offer_async(None, callback)
        del callback
        gc.collect()
        self.assertIsNotNone(gone(), "it is held while the call is pending")
        wait(lambda: Callback.calls)
        settle()
        self.assertIsNone(gone())
        connection.close()

    def test_of_handlers_end_with_the_connection(self):
        class Handler:
            def __call__(self, *_):
                return None

        handler = Handler()
        gone = weakref.ref(handler)
        connection = Floe.PeerConnection.new(local_configuration())
        connection.connect("ice-candidate", handler)
        ended = []
        connection.weak_ref(ended.append, True)
        del connection, handler
        settle()
        self.assertEqual(ended, [True])
        self.assertIsNone(gone())

    def test_of_channels_do_not_hold_the_connection(self):
        pair = Pair().meet()
        channel = pair.channel
        ended = []
        pair.alice.weak_ref(ended.append, "alice")
        pair.bob.weak_ref(ended.append, "bob")
        pair.alice.disconnect_by_func(pair.on_candidate)
        pair.bob.disconnect_by_func(pair.on_candidate)
        pair.bob.disconnect_by_func(pair.on_data_channel)
        pair.alice = pair.bob = None
        settle()
        self.assertEqual(sorted(ended), ["alice", "bob"])
        self.assertEqual(channel.get_ready_state(), Floe.DataChannelState.CLOSED)
        self.assertEqual(channel.get_label(), "test")


class Directories(unittest.TestCase):
    def test_may_be_written_in_python(self):
        class Office(GObject.Object, Floe.ServerDirectory):
            def do_ask(self, query):
                assert isinstance(query.get_cancellable(), Gio.Cancellable)
                query.answer([Floe.IceServer.new(["stun:stun.example.org"], None, None)], 60)

        class Nobody(GObject.Object, Floe.ServerDirectory):
            def do_ask(self, query):
                query.fail("Nobody is in")

        chain = Floe.ServerDirectoryChain.new([Nobody(), Office()])
        servers, lifetime = call(chain, "list")
        self.assertEqual(([one.get_urls() for one in servers], lifetime),
                         ([["stun:stun.example.org"]], 60))
        with self.assertRaisesRegex(GLib.Error, "Nobody is in"):
            call(Nobody(), "list")


if __name__ == "__main__":
    main()
