/* SPDX-License-Identifier: MPL-2.0 */
/* What Vala sees: async methods, signals with types, error domains, boxed types, properties. */

const string CANDIDATE = "candidate:1 1 udp 2130706431 192.0.2.7 5000 typ host";

int failed = 0;

void check (bool holds, string what) {
  print ("%s %s\n", holds ? "ok" : "not ok", what);
  if (!holds)
    failed++;
}

Floe.Configuration local () {
  var configuration = new Floe.Configuration ();
  configuration.include_loopback = true;
  configuration.interfaces = { "lo" };
  return configuration;
}

async void meet (Floe.PeerConnection alice, Floe.PeerConnection bob) throws Error {
  alice.ice_candidate.connect ((candidate) => bob.add_ice_candidate_async.begin (candidate, null));
  bob.ice_candidate.connect ((candidate) => alice.add_ice_candidate_async.begin (candidate, null));
  yield alice.set_local_description_async (null, null);
  yield bob.set_remote_description_async (alice.get_local_description (), null);
  yield bob.set_local_description_async (null, null);
  yield alice.set_remote_description_async (bob.get_local_description (), null);
}

async void test_messages () throws Error {
  var alice = new Floe.PeerConnection (local ());
  var bob = new Floe.PeerConnection (local ());
  var channel = alice.create_data_channel ("vala", null);
  Floe.DataChannel? theirs = null;
  string? text = null;
  Bytes? bytes = null;
  SourceFunc go_on = test_messages.callback;

  channel.open.connect (() => {
    try {
      channel.send_text ("hello");
    } catch (Error error) {
      check (false, "an open channel sends: " + error.message);
    }
  });
  bob.data_channel.connect ((bob, made) => {
    theirs = made;
    made.message_text.connect ((channel, got) => {
      text = got;
      try {
        channel.send_bytes (new Bytes ({ 0, 255, 128 }));
      } catch (Error error) {
        check (false, "a peer's channel sends: " + error.message);
      }
    });
  });
  channel.message_bytes.connect ((channel, got) => {
    bytes = got;
    Idle.add (() => go_on ());
  });
  yield meet (alice, bob);
  if (bytes == null)
    yield;
  check (text == "hello", "a text arrives");
  check (bytes.length == 3 && bytes[1] == 255, "bytes arrive");
  check (theirs.label == "vala" && theirs.ready_state == Floe.DataChannelState.OPEN,
         "properties have their types");
  var metrics = yield alice.update_metrics_async (null);
  check (metrics.get_paths ()[0].get_path_type () == Floe.PathType.DIRECT, "boxed types in arrays");
  check (alice.get_main_context () == MainContext.default (), "the main context is a property");
  alice.close ();
  bob.close ();
  check (alice.connection_state == Floe.PeerConnectionState.CLOSED, "a connection closes");
}

async void test_errors () {
  try {
    new Floe.IceCandidate ("nonsense", null, 0, null);
    check (false, "nonsense is no candidate");
  } catch (Floe.Error.SYNTAX error) {
    check (true, "an error is caught by its code");
  } catch (Error error) {
    check (false, "an error is caught by its code: " + error.message);
  }
  try {
    var connection = new Floe.PeerConnection (null);
    connection.close ();
    yield connection.create_offer_async (null);
    check (false, "a closed connection makes no offer");
  } catch (Floe.Error error) {
    check (error is Floe.Error.INVALID_STATE, "an async method throws its domain");
  } catch (Error error) {
    check (false, "an async method throws its domain: " + error.message);
  }
}

void test_values () throws Error {
  var candidate = new Floe.IceCandidate (CANDIDATE, null, 0, null);
  check (candidate.get_sdp_mid () == null && candidate.get_port () == 5000, "fields of a candidate");
  var configuration = new Floe.Configuration ();
  configuration.add_ice_server (new Floe.IceServer ({ "stun:stun.example.org" }, null, null));
  check (configuration.get_ice_servers ()[0].get_urls ()[0] == "stun:stun.example.org",
         "a list in a boxed type in an array");
  string key;
  var certificate = Floe.Certificate.generate ();
  check (certificate.to_pem (out key).has_prefix ("-----BEGIN") && key != null, "two strings out");
  var init = new Floe.DataChannelInit ();
  init.set_max_retransmits (2);
  var connection = new Floe.PeerConnection (null);
  var channel = connection.create_data_channel ("one", init.copy ());
  check (channel.get_max_retransmits () == 2, "a copy of a boxed type");
  connection.close ();
}

async void test_directory () throws Error {
  var known = new GenericArray<Floe.IceServer> ();
  known.add (new Floe.IceServer ({ "stun:stun.example.org" }, null, null));
  var directory = new Floe.StaticServerDirectory (known);
  uint lifetime;
  var servers = yield directory.list_async (null, out lifetime);
  check (servers.length == 1 && lifetime == 0, "an async method with a value out");
}

async void test () throws Error {
  test_values ();
  yield test_errors ();
  yield test_directory ();
  yield test_messages ();
}

int main () {
  var loop = new MainLoop ();

  test.begin ((source, result) => {
    try {
      test.end (result);
    } catch (Error error) {
      check (false, "no error: " + error.message);
    }
    loop.quit ();
  });
  loop.run ();
  return failed == 0 ? 0 : 1;
}
