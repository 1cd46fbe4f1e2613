# SPDX-License-Identifier: MPL-2.0
"""Two connections in this process, and what tests of bindings need besides."""

import gc
import unittest

import gi

gi.require_version("Floe", "1.0")
from gi.repository import Floe, GLib  # noqa: E402

# Generous: it is reached only when something never comes.
LIMIT_S = 60


def local_configuration(**more):
    return Floe.Configuration(include_loopback=True, interfaces=["lo"], **more)


def wait(done, context=None):
    """Iterates a context until @done says so."""
    context = context or GLib.MainContext.ref_thread_default()
    late = []
    source = GLib.timeout_source_new_seconds(LIMIT_S)
    source.set_callback(lambda *_: late.append(True) or False)
    source.attach(context)
    while not done():
        if late:
            raise AssertionError(f"not within {LIMIT_S} s: {done.__doc__ or done}")
        context.iteration(True)
    source.destroy()


def call(source, name, *arguments):
    """Begins name_async() and gives what name_finish() gives."""
    results = []
    getattr(source, name + "_async")(*arguments, None, lambda *got: results.append(got))
    wait(lambda: results)
    told_source, result = results[0]
    assert told_source is source, told_source
    return getattr(source, name + "_finish")(result)


class Pair:
    """Alice, who makes a channel, and Bob. Signals are recorded by their names."""

    def __init__(self, label="test", of_bob={}, **of_alice):
        self.alice = Floe.PeerConnection.new(local_configuration(**of_alice))
        self.bob = Floe.PeerConnection.new(local_configuration(**of_bob))
        self.channel = self.alice.create_data_channel(label, None)
        self.theirs = None
        self.events = []
        self.bob.connect("data-channel", self.on_data_channel)
        self.alice.connect("ice-candidate", self.on_candidate, self.bob)
        self.bob.connect("ice-candidate", self.on_candidate, self.alice)
        self.watch("alice", self.channel)

    @staticmethod
    def on_candidate(connection, candidate, other):
        other.add_ice_candidate_async(candidate, None, None)

    def on_data_channel(self, connection, channel):
        self.theirs = channel
        self.watch("bob", channel)

    def watch(self, who, channel):
        for name in ("open", "message-text", "message-bytes", "closing", "close", "error",
                     "buffered-amount-low"):
            channel.connect(name, self.record, who, name)

    def record(self, *arguments):
        self.events.append((*arguments[-2:], *arguments[1:-2]))

    def has(self, *wanted):
        return any(event[:len(wanted)] == wanted for event in self.events)

    def first(self, *wanted):
        """The event that begins so; waits for it."""
        wait(lambda: self.has(*wanted))
        return next(event for event in self.events if event[:len(wanted)] == wanted)

    def meet(self):
        call(self.alice, "set_local_description", None)
        call(self.bob, "set_remote_description", self.alice.get_local_description())
        call(self.bob, "set_local_description", None)
        call(self.alice, "set_remote_description", self.bob.get_local_description())
        wait(lambda: self.theirs is not None and self.has("alice", "open"))
        return self

    def close(self):
        self.alice.close()
        self.bob.close()


def settle():
    """Lets what is under way end, and what nobody holds go."""
    context = GLib.MainContext.ref_thread_default()
    for _ in range(3):
        while context.pending():
            context.iteration(False)
        gc.collect()


class LineResult(unittest.TextTestResult):
    """A line a test: ok NAME, not ok NAME: why, skip NAME: why."""

    def told(self, test):
        return test.id().split(".", 1)[-1]

    def startTest(self, test):
        unittest.TestResult.startTest(self, test)

    def addSuccess(self, test):
        unittest.TestResult.addSuccess(self, test)
        print("ok", self.told(test), flush=True)

    def addSkip(self, test, reason):
        unittest.TestResult.addSkip(self, test, reason)
        print(f"skip {self.told(test)}: {reason}", flush=True)

    def fail(self, test, error):
        print(f"not ok {self.told(test)}: {error[0].__name__}: {error[1]}", flush=True)

    def addFailure(self, test, error):
        unittest.TestResult.addFailure(self, test, error)
        self.fail(test, error)

    def addError(self, test, error):
        unittest.TestResult.addError(self, test, error)
        self.fail(test, error)


def main():
    unittest.main(testRunner=unittest.TextTestRunner(resultclass=LineResult, verbosity=0))
