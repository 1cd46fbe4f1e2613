#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""The chat of chat.py, with coroutines in the place of callbacks.

    python3 chat_await.py

Python's own asyncio does not run GLib's main loop in PyGObject 3.42; call() and run() below are all
that coroutines need to wait for GLib's asynchronous calls.
"""

import gi

gi.require_version("Floe", "1.0")
from gi.repository import Floe, GLib


class call:
    """What 'await call(object, "name", ...)' waits for: name_async(), then name_finish()."""

    def __init__(self, source, name, *arguments):
        self.source, self.name, self.arguments = source, name, arguments

    def __await__(self):
        result = yield self
        return getattr(self.source, self.name + "_finish")(result)


def run(coroutine, on_error, result=None):
    """Runs a coroutine until it waits, and goes on when what it waits for is there."""
    try:
        waited = coroutine.send(result)
    except StopIteration:
        return
    except GLib.Error as error:
        on_error(error)
        return
    getattr(waited.source, waited.name + "_async")(
        *waited.arguments, None, lambda source, result: run(coroutine, on_error, result))


async def introduce(alice, bob):
    """Tells each of the two what the other has to know: the signalling."""
    def on_candidate(connection, candidate, other):
        other.add_ice_candidate_async(candidate, None, None)

    alice.connect("ice-candidate", on_candidate, bob)
    bob.connect("ice-candidate", on_candidate, alice)

    await call(alice, "set_local_description", None)
    await call(bob, "set_remote_description", alice.get_local_description())
    await call(bob, "set_local_description", None)
    await call(alice, "set_remote_description", bob.get_local_description())


def main():
    loop = GLib.MainLoop()
    alice = Floe.PeerConnection.new(None)
    bob = Floe.PeerConnection.new(None)

    def on_text(channel, text):
        print("Bob got:", text)
        loop.quit()

    channel = alice.create_data_channel("chat", None)
    channel.connect("open", lambda channel: channel.send_text("Hello, Bob"))
    bob.connect("data-channel", lambda bob, theirs: theirs.connect("message-text", on_text))
    run(introduce(alice, bob), lambda error: print("They can't meet:", error.message))
    loop.run()
    alice.close()
    bob.close()


main()
