#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""Two friends chat over a direct, encrypted connection.

    python3 chat.py

Both are in this program, to keep it short. In yours they are two programs, and what is handed
over here travels by a way of yours, as text: candidate.get_candidate(), description.get_sdp().
"""

import gi

gi.require_version("Floe", "1.0")
from gi.repository import Floe, GLib


def introduce(alice, bob):
    """Tells each of the two what the other has to know: the signalling."""
    def on_candidate(connection, candidate, other):
        other.add_ice_candidate_async(candidate, None, None)

    def on_described(connection, result, other):
        connection.set_local_description_finish(result)
        description = connection.get_local_description()
        other.set_remote_description_async(description, None, None)
        if description.get_sdp_type() == Floe.SdpType.OFFER:
            other.set_local_description_async(None, None, on_described, connection)

    alice.connect("ice-candidate", on_candidate, bob)
    bob.connect("ice-candidate", on_candidate, alice)
    alice.set_local_description_async(None, None, on_described, bob)


def listen(name, channel, loop):
    """Prints what comes in, answers bytes, and ends the program with the chat."""
    def on_text(channel, text):
        print(f"{name} got: {text}")
        channel.send_bytes(GLib.Bytes.new(b"\x00\x01\x02"))

    def on_bytes(channel, data):
        print(f"{name} got {data.get_size()} bytes: {data.get_data().hex()}")
        channel.close()

    channel.connect("message-text", on_text)
    channel.connect("message-bytes", on_bytes)
    channel.connect("close", lambda channel: loop.quit())


def main():
    loop = GLib.MainLoop()
    alice = Floe.PeerConnection.new(None)
    bob = Floe.PeerConnection.new(None)

    channel = alice.create_data_channel("chat", None)
    channel.connect("open", lambda channel: channel.send_text("Hello, Bob"))
    listen("Alice", channel, loop)
    bob.connect("data-channel", lambda bob, channel: listen("Bob", channel, loop))

    introduce(alice, bob)
    loop.run()

    alice.close()
    bob.close()
    try:
        channel.send_text("Are you still there?")
    except GLib.Error as error:
        if not error.matches(Floe.error_quark(), Floe.Error.INVALID_STATE):
            raise
        print("Too late:", error.message)


main()
