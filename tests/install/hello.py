#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""What a Python program sees: names, states, and errors as codes of one domain."""

import gi

gi.require_version("Floe", "1.0")
from gi.repository import Floe, GLib  # noqa: E402

connection = Floe.PeerConnection.new(None)
assert connection.get_signaling_state() == Floe.SignalingState.STABLE
connection.close()
connection.close()
assert connection.get_signaling_state() == Floe.SignalingState.CLOSED
try:
    connection.create_data_channel("late", None)
    raise SystemExit("a closed connection makes no channel")
except GLib.Error as error:
    # Named after the nick, which is the W3C's name, in capitals.
    assert error.matches(Floe.error_quark(), Floe.Error.INVALIDSTATEERROR), error
