#!/usr/bin/gjs -m
// SPDX-License-Identifier: MPL-2.0
// Two friends chat over a direct, encrypted connection.
//
//     gjs -m chat.js
//
// Both are in this program, to keep it short. In yours they are two programs, and what is handed
// over here travels by a way of yours, as text: candidate.get_candidate(), description.get_sdp().

import Floe from 'gi://Floe?version=1.0';
import Gio from 'gi://Gio';
import GLib from 'gi://GLib';

// Calls that end later become promises.
for (const name of ['set_local_description', 'set_remote_description', 'add_ice_candidate'])
    Gio._promisify(Floe.PeerConnection.prototype, `${name}_async`, `${name}_finish`);

// Tells each of the two what the other has to know: the signalling.
async function introduce(alice, bob) {
    const passOn = other => (connection, candidate) =>
        other.add_ice_candidate_async(candidate, null).catch(logError);
    alice.connect('ice-candidate', passOn(bob));
    bob.connect('ice-candidate', passOn(alice));

    await alice.set_local_description_async(null, null);
    await bob.set_remote_description_async(alice.get_local_description(), null);
    await bob.set_local_description_async(null, null);
    await alice.set_remote_description_async(bob.get_local_description(), null);
}

// Prints what comes in, answers bytes, and ends the program with the chat.
function listen(name, channel, loop) {
    channel.connect('message-text', (_channel, text) => {
        print(`${name} got: ${text}`);
        channel.send_bytes(new GLib.Bytes([0, 1, 2]));
    });
    channel.connect('message-bytes', (_channel, bytes) => {
        print(`${name} got ${bytes.get_size()} bytes: ${[...bytes.toArray()]}`);
        channel.close();
    });
    channel.connect('close', () => loop.quit());
}

const loop = new GLib.MainLoop(null, false);
const alice = new Floe.PeerConnection();
const bob = new Floe.PeerConnection();

const channel = alice.create_data_channel('chat', null);
channel.connect('open', () => channel.send_text('Hello, Bob'));
listen('Alice', channel, loop);
bob.connect('data-channel', (_bob, theirs) => listen('Bob', theirs, loop));

introduce(alice, bob).catch(error => {
    logError(error);
    loop.quit();
});
loop.run();

alice.close();
bob.close();
try {
    channel.send_text('Are you still there?');
} catch (error) {
    if (!error.matches(Floe.Error, Floe.Error.INVALID_STATE))
        throw error;
    print(`Too late: ${error.message}`);
}
