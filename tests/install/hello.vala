/* SPDX-License-Identifier: MPL-2.0 */
/* What a Vala program sees. */
int main () {
  try {
    var connection = new Floe.PeerConnection (null);
    connection.close ();
    return connection.signaling_state == Floe.SignalingState.CLOSED ? 0 : 1;
  } catch (Error error) {
    printerr ("%s\n", error.message);
    return 1;
  }
}
