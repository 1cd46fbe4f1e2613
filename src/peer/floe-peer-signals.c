/* SPDX-License-Identifier: MPL-2.0 */
/* What a connection tells the application by itself. */
#include "floe-peer-connection-private.h"

#include <floe/floe-connection-metrics.h>
#include <floe/floe-path-event.h>

static guint signals[FLOE_PEER_N_SIGNALS];

guint
floe_peer_get_signal_id (FloePeerSignal signal)
{
  return signals[signal];
}

void
floe_peer_emit (FloePeerConnection *self, FloePeerSignal signal, ...)
{
  va_list arguments;

  if (self->is_closed)
    return;
  va_start (arguments, signal);
  g_signal_emit_valist (self, signals[signal], 0, arguments);
  va_end (arguments);
}

/* The first handler that drops a candidate is the last that is asked. */
static gboolean
accumulate_kept (GSignalInvocationHint *hint, GValue *result, const GValue *of_handler,
                 gpointer user_data)
{
  gboolean is_kept = g_value_get_boolean (of_handler);

  g_value_set_boolean (result, is_kept);
  return is_kept;
}

/* Those that W3C's RTCPeerConnection has, too. */
static void
install_standard_signals (GType type)
{
  /**
   * FloePeerConnection::ice-candidate:
   * @self: the connection
   * @candidate: (nullable): a local candidate to hand to the peer, or %NULL when there are no more
   *
   * A local candidate was found (W3C RTCPeerConnection.onicecandidate).
   *
   * %NULL comes when the candidates are there that are worth waiting for: the own addresses, an
   * answer of one STUN server and the address of one relay. A server that is slower than others
   * may lead to a further candidate; #FloePeerConnection:ice-gathering-state goes back to
   * %FLOE_ICE_GATHERING_STATE_GATHERING then, and %NULL comes once more after it.
   *
   * Since: 1.0
   */
  signals[FLOE_PEER_SIGNAL_ICE_CANDIDATE] =
      g_signal_new ("ice-candidate", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                    FLOE_TYPE_ICE_CANDIDATE);
  /**
   * FloePeerConnection::ice-candidate-error:
   * @self: the connection
   * @url: the STUN or TURN server's URL; empty when no server could be told of
   * @code: the STUN error code, or 701 when the server could not be reached
   * @text: what happened, in words
   *
   * A server did not do its part (W3C RTCPeerConnection.onicecandidateerror).
   *
   * Since: 1.0
   */
  signals[FLOE_PEER_SIGNAL_ICE_CANDIDATE_ERROR] =
      g_signal_new ("ice-candidate-error", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_STRING);
  /**
   * FloePeerConnection::data-channel:
   * @self: the connection
   * @channel: the channel, open; connect its signals here
   *
   * The peer made a data channel (W3C RTCPeerConnection.ondatachannel). As long as no handler is
   * connected the channel waits.
   *
   * Since: 1.0
   */
  signals[FLOE_PEER_SIGNAL_DATA_CHANNEL] =
      g_signal_new ("data-channel", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                    FLOE_TYPE_DATA_CHANNEL);
  /**
   * FloePeerConnection::negotiation-needed:
   * @self: the connection
   *
   * An offer should be made and sent (W3C RTCPeerConnection.onnegotiationneeded).
   *
   * Since: 1.0
   */
  signals[FLOE_PEER_SIGNAL_NEGOTIATION_NEEDED] = g_signal_new (
      "negotiation-needed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
install_filter_signal (GType type)
{
  /**
   * FloePeerConnection::filter-candidate:
   * @self: the connection
   * @candidate: a candidate, never the end of candidates
   * @is_local: whether it is one of this side's
   *
   * A candidate was found, or came from the peer, and the application may have it dropped: each
   * one is asked about once, before anything is done with it. Of several handlers the first one
   * that drops it is the last one that is asked; without a handler all are kept.
   *
   * A local candidate that is dropped is neither signalled by #FloePeerConnection::ice-candidate
   * nor part of the local description, in which #FloePeerConnection::ice-candidate with %NULL still
   * ends them. Its address is not closed: packets may leave from it, and tell it to whom they
   * reach. What is to be hidden from the network, too, is the business of
   * #FloeConfiguration:privacy-level, which is kept to whatever this answers.
   *
   * A remote candidate that is dropped is not sent any packet for its own sake. It is still in the
   * text of the remote description. If the peer itself sends from there, it is answered.
   *
   * Handlers are called inside operations, in their order, and may close the connection; other
   * operations that they begin come after the one that is under way.
   *
   * Returns: %TRUE to keep the candidate, %FALSE to drop it
   * Since: 1.0
   */
  signals[FLOE_PEER_SIGNAL_FILTER_CANDIDATE] =
      g_signal_new ("filter-candidate", type, G_SIGNAL_RUN_LAST, 0, accumulate_kept, NULL, NULL,
                    G_TYPE_BOOLEAN, 2, FLOE_TYPE_ICE_CANDIDATE, G_TYPE_BOOLEAN);
}

static void
install_further_signals (GType type)
{
  /**
   * FloePeerConnection::ice-server-expiring:
   * @self: the connection
   * @server: the server, as it is in the configuration
   *
   * The credentials of a TURN server end soon: in 60 s, or when a fifth of the time is left that
   * they had, if that is later. Get new ones, and give them to the connection with
   * floe_peer_connection_set_configuration(); data goes on meanwhile. Emitted once for a server
   * whose user name says when it ends (floe_turn_credentials_new()).
   *
   * Since: 1.0
   */
  signals[FLOE_PEER_SIGNAL_ICE_SERVER_EXPIRING] =
      g_signal_new ("ice-server-expiring", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, FLOE_TYPE_ICE_SERVER);
  /**
   * FloePeerConnection::path-changed:
   * @self: the connection
   * @event: from what to what, and why
   *
   * Data takes another path to the peer: the first one, a better one (a direct one after a relay),
   * or another one because nothing comes back any more. Better paths are looked for by themselves,
   * and what the application sends is not touched by a change.
   *
   * Since: 1.0
   */
  signals[FLOE_PEER_SIGNAL_PATH_CHANGED] =
      g_signal_new ("path-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                    FLOE_TYPE_PATH_EVENT);
  /**
   * FloePeerConnection::metrics:
   * @self: the connection
   * @metrics: how it has come about so far, and over what it goes
   *
   * A moment that is worth keeping for the application's own statistics: the connection is up, or
   * up again, data has moved to another path, the connection has failed, or it was closed. Nothing
   * of it is sent anywhere by Floe. This one is emitted after floe_peer_connection_close(), too.
   *
   * Since: 1.0
   */
  signals[FLOE_PEER_SIGNAL_METRICS] =
      g_signal_new ("metrics", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                    FLOE_TYPE_CONNECTION_METRICS);
}

void
floe_peer_install_signals (GType type)
{
  install_standard_signals (type);
  install_filter_signal (type);
  install_further_signals (type);
}
