/* SPDX-License-Identifier: MPL-2.0 */
/* Two friends chat over a direct, encrypted connection.
 *
 *   valac --pkg gio-2.0 --pkg floe-1.0 chat.vala && ./chat
 *
 * Both are in this program, to keep it short. In yours they are two programs, and what is handed
 * over here travels by a way of yours, as text: candidate.get_candidate (), description.get_sdp ().
 */

/* Tells each of the two what the other has to know: the signalling. */
async void introduce (Floe.PeerConnection alice, Floe.PeerConnection bob) throws Error {
  alice.ice_candidate.connect ((candidate) => bob.add_ice_candidate_async.begin (candidate, null));
  bob.ice_candidate.connect ((candidate) => alice.add_ice_candidate_async.begin (candidate, null));

  yield alice.set_local_description_async (null, null);
  yield bob.set_remote_description_async (alice.get_local_description (), null);
  yield bob.set_local_description_async (null, null);
  yield alice.set_remote_description_async (bob.get_local_description (), null);
}

/* Prints what comes in, answers bytes, and ends the program with the chat. */
void listen_to (string name, Floe.DataChannel channel, MainLoop loop) {
  channel.message_text.connect ((channel, text) => {
    print ("%s got: %s\n", name, text);
    try {
      channel.send_bytes (new Bytes ({ 0, 1, 2 }));
    } catch (Error error) {
      printerr ("%s can't answer: %s\n", name, error.message);
    }
  });
  channel.message_bytes.connect ((channel, bytes) => {
    print ("%s got %zu bytes\n", name, bytes.length);
    channel.close ();
  });
  channel.close.connect (() => loop.quit ());
}

void say (Floe.DataChannel channel, string text) {
  try {
    channel.send_text (text);
  } catch (Floe.Error.INVALID_STATE error) {
    print ("Too late: %s\n", error.message);
  } catch (Error error) {
    printerr ("Not sent: %s\n", error.message);
  }
}

int main () {
  var loop = new MainLoop ();

  try {
    var alice = new Floe.PeerConnection (null);
    var bob = new Floe.PeerConnection (null);

    var channel = alice.create_data_channel ("chat", null);
    channel.open.connect (() => say (channel, "Hello, Bob"));
    listen_to ("Alice", channel, loop);
    bob.data_channel.connect ((theirs) => listen_to ("Bob", theirs, loop));

    introduce.begin (alice, bob, (source, result) => {
      try {
        introduce.end (result);
      } catch (Error error) {
        printerr ("They can't meet: %s\n", error.message);
        loop.quit ();
      }
    });
    loop.run ();

    alice.close ();
    bob.close ();
    say (channel, "Are you still there?");
  } catch (Error error) {
    printerr ("%s\n", error.message);
    return 1;
  }
  return 0;
}
