/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-peer-connection-private.h"

#include <floe/floe-enum-types.h>
#include <floe/floe-error.h>

#include "floe-log-private.h"
#include "floe-peer-metrics-private.h"

/**
 * FloePeerConnection:
 *
 * A connection to one peer (W3C RTCPeerConnection).
 *
 * The two ends exchange descriptions and candidates through the application's own signalling; then
 * data travels between them directly, or through a TURN server where that is not possible, always
 * encrypted and only with the peer that the description's fingerprint names.
 *
 * A connection belongs to the main context that was thread-default when it was made, or that was
 * given as #FloePeerConnection:main-context. Every signal and callback comes there, after the call
 * that caused it has returned. The network is served by a thread of the library's own.
 *
 * floe_peer_connection_new() is the way to make one in C. Where objects are made with properties by
 * name, `new Floe.PeerConnection({configuration})`, an error can't be told: what could not be made
 * is a closed connection then, and g_initable_init() says why.
 *
 * Since: 1.0
 */
static void floe_peer_connection_initable_init (GInitableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FloePeerConnection, floe_peer_connection, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE,
                                                      floe_peer_connection_initable_init))

static GParamSpec *properties[FLOE_PEER_N_PROPS];

void
floe_peer_notify (FloePeerConnection *self, FloePeerProp prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

GSource *
floe_peer_defer (FloePeerConnection *self, GSourceFunc func)
{
  GSource *source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, self->context);
  return source;
}

void
floe_peer_clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* Ends the network side and everything that could still be told. */
static void
stop (FloePeerConnection *self)
{
  self->is_closed = TRUE;
  floe_peer_leave_network (self);
  if (self->facts != NULL)
    floe_mailbox_close (self->facts);
  if (self->stack != NULL)
    floe_stack_post (self->stack, floe_order_new (FLOE_ORDER_CLOSE));
  g_clear_pointer (&self->stack, floe_stack_unref);
  floe_peer_clear_source (&self->operations.source);
  floe_peer_clear_source (&self->operations.needed_source);
  floe_peer_channels_clear (self);
}

/* The reference that floe_peer_connection_close() took is given back here. */
static gboolean
tell_closed (gpointer user_data)
{
  g_autoptr (FloePeerConnection) self = user_data;

  floe_peer_clear_source (&self->closing_source);
  floe_peer_update_signaling_state (self);
  floe_peer_set_ice_state (self, FLOE_ICE_CONNECTION_STATE_CLOSED);
  floe_peer_set_dtls_state (self, FLOE_DTLS_CLOSED);
  floe_peer_metrics_close (self);
  floe_peer_abort_operations (self);
  return G_SOURCE_REMOVE;
}

static void
floe_peer_connection_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FloePeerConnection *self = FLOE_PEER_CONNECTION (object);

  switch (prop_id)
    {
    case FLOE_PEER_PROP_CONFIGURATION:
      g_value_set_object (value, self->configuration);
      break;
    case FLOE_PEER_PROP_MAIN_CONTEXT:
      g_value_set_boxed (value, self->context);
      break;
    case FLOE_PEER_PROP_SIGNALING_STATE:
      g_value_set_enum (value, floe_peer_connection_get_signaling_state (self));
      break;
    case FLOE_PEER_PROP_ICE_GATHERING_STATE:
      g_value_set_enum (value, self->states.gathering);
      break;
    case FLOE_PEER_PROP_ICE_CONNECTION_STATE:
      g_value_set_enum (value, floe_peer_connection_get_ice_connection_state (self));
      break;
    case FLOE_PEER_PROP_CONNECTION_STATE:
      g_value_set_enum (value, floe_peer_connection_get_connection_state (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
floe_peer_connection_set_property (GObject *object, guint prop_id, const GValue *value,
                                   GParamSpec *pspec)
{
  FloePeerConnection *self = FLOE_PEER_CONNECTION (object);

  switch (prop_id)
    {
    case FLOE_PEER_PROP_CONFIGURATION:
      self->configuration = g_value_dup_object (value);
      break;
    case FLOE_PEER_PROP_MAIN_CONTEXT:
      self->context = g_value_dup_boxed (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
floe_peer_connection_dispose (GObject *object)
{
  FloePeerConnection *self = FLOE_PEER_CONNECTION (object);

  if (!self->is_closed)
    stop (self);
  G_OBJECT_CLASS (floe_peer_connection_parent_class)->dispose (object);
}

/* NULL stands for the end of candidates. */
static void
free_early_candidate (gpointer candidate)
{
  g_clear_pointer ((FloeIceCandidate **) &candidate, floe_ice_candidate_unref);
}

static void
floe_peer_connection_finalize (GObject *object)
{
  FloePeerConnection *self = FLOE_PEER_CONNECTION (object);

  g_clear_pointer (&self->channels.by_key, g_hash_table_unref);
  g_queue_clear_full (&self->early_candidates, free_early_candidate);
  g_clear_pointer (&self->paths.pair, floe_ice_candidate_pair_unref);
  floe_peer_metrics_clear (self);
  g_clear_error (&self->failure);
  g_clear_pointer (&self->jsep, floe_jsep_free);
  g_clear_pointer (&self->facts, floe_mailbox_unref);
  g_clear_pointer (&self->ufrag, g_free);
  floe_peer_servers_clear (self);
  floe_peer_nat_clear (self);
  g_clear_object (&self->configuration);
  g_clear_pointer (&self->context, g_main_context_unref);
  G_OBJECT_CLASS (floe_peer_connection_parent_class)->finalize (object);
}

static void
floe_peer_connection_constructed (GObject *object)
{
  FloePeerConnection *self = FLOE_PEER_CONNECTION (object);

  G_OBJECT_CLASS (floe_peer_connection_parent_class)->constructed (object);
  if (self->configuration == NULL)
    self->configuration = floe_configuration_new ();
  self->is_closed = !floe_peer_make (self, &self->failure);
}

/* GInitable's: all was done at construction. */
static gboolean
tell_failure (GInitable *initable, GCancellable *cancellable, GError **error)
{
  FloePeerConnection *self = FLOE_PEER_CONNECTION (initable);

  if (self->failure == NULL)
    return TRUE;
  if (error != NULL)
    *error = g_error_copy (self->failure);
  return FALSE;
}

static void
floe_peer_connection_initable_init (GInitableIface *iface)
{
  iface->init = tell_failure;
}

static void
make_construct_properties (void)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  /**
   * FloePeerConnection:configuration:
   *
   * What the connection was made with, or what was given to it since
   * (floe_peer_connection_set_configuration()). %NULL at construction stands for the defaults.
   *
   * Since: 1.0
   */
  properties[FLOE_PEER_PROP_CONFIGURATION] =
      g_param_spec_object ("configuration", NULL, NULL, FLOE_TYPE_CONFIGURATION, flags);
  /**
   * FloePeerConnection:main-context:
   *
   * Where every signal and callback of the connection and its channels comes. %NULL at construction
   * stands for the thread-default one. It is one that this thread runs, or will run: where another
   * thread runs it, making the connection fails with %FLOE_ERROR_INVALID_STATE.
   *
   * Since: 1.0
   */
  properties[FLOE_PEER_PROP_MAIN_CONTEXT] =
      g_param_spec_boxed ("main-context", NULL, NULL, G_TYPE_MAIN_CONTEXT, flags);
}

static void
make_state_properties (void)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  /**
   * FloePeerConnection:signaling-state:
   *
   * Where the offer and answer exchange stands (W3C RTCPeerConnection.signalingState).
   *
   * Since: 1.0
   */
  properties[FLOE_PEER_PROP_SIGNALING_STATE] = g_param_spec_enum (
      "signaling-state", NULL, NULL, FLOE_TYPE_SIGNALING_STATE, FLOE_SIGNALING_STATE_STABLE, flags);
  /**
   * FloePeerConnection:ice-gathering-state:
   *
   * How far the local candidates are (W3C RTCPeerConnection.iceGatheringState). It may go back
   * from complete to gathering when a server's late answer leads to one more candidate.
   *
   * Since: 1.0
   */
  properties[FLOE_PEER_PROP_ICE_GATHERING_STATE] =
      g_param_spec_enum ("ice-gathering-state", NULL, NULL, FLOE_TYPE_ICE_GATHERING_STATE,
                         FLOE_ICE_GATHERING_STATE_NEW, flags);
  /**
   * FloePeerConnection:ice-connection-state:
   *
   * The state of the ICE transport (W3C RTCPeerConnection.iceConnectionState).
   *
   * Since: 1.0
   */
  properties[FLOE_PEER_PROP_ICE_CONNECTION_STATE] =
      g_param_spec_enum ("ice-connection-state", NULL, NULL, FLOE_TYPE_ICE_CONNECTION_STATE,
                         FLOE_ICE_CONNECTION_STATE_NEW, flags);
  /**
   * FloePeerConnection:connection-state:
   *
   * The state of the whole connection (W3C RTCPeerConnection.connectionState).
   *
   * Since: 1.0
   */
  properties[FLOE_PEER_PROP_CONNECTION_STATE] =
      g_param_spec_enum ("connection-state", NULL, NULL, FLOE_TYPE_PEER_CONNECTION_STATE,
                         FLOE_PEER_CONNECTION_STATE_NEW, flags);
}

static void
floe_peer_connection_class_init (FloePeerConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = floe_peer_connection_get_property;
  object_class->set_property = floe_peer_connection_set_property;
  object_class->constructed = floe_peer_connection_constructed;
  object_class->dispose = floe_peer_connection_dispose;
  object_class->finalize = floe_peer_connection_finalize;
  make_construct_properties ();
  make_state_properties ();
  g_object_class_install_properties (object_class, FLOE_PEER_N_PROPS, properties);
  floe_peer_install_signals (G_OBJECT_CLASS_TYPE (klass));
}

static void
floe_peer_connection_init (FloePeerConnection *self)
{
  g_queue_init (&self->operations.queue);
  g_queue_init (&self->early_candidates);
  floe_peer_metrics_init (self);
}

/**
 * floe_peer_connection_new:
 * @configuration: (nullable) (transfer none): what the connection is to be like, %NULL for the
 *   defaults; kept, and read only now, but for what is learned of the network, which connections
 *   with the same configuration share
 * @error: return location for an error, or %NULL
 *
 * Makes a connection (W3C RTCPeerConnection's constructor). It belongs to the thread-default main
 * context of the caller: call it, and get its signals, there only. Dropping the last reference
 * closes it.
 *
 * Fails with %FLOE_ERROR_INVALID_ACCESS when the configuration's certificate has expired, with
 * %FLOE_ERROR_NOT_SUPPORTED when a server can't be used, and with %FLOE_ERROR_OPERATION when no
 * certificate could be made.
 *
 * Returns: (transfer full): a new connection
 * Since: 1.0
 */
FloePeerConnection *
floe_peer_connection_new (FloeConfiguration *configuration, GError **error)
{
  g_return_val_if_fail (configuration == NULL || FLOE_IS_CONFIGURATION (configuration), NULL);

  return g_initable_new (FLOE_TYPE_PEER_CONNECTION, NULL, error, "configuration", configuration,
                         NULL);
}

/**
 * floe_peer_connection_restart_ice:
 * @self: a connection
 * @error: return location for an error, or %NULL
 *
 * Asks for new candidates and checks with the next offer (W3C RTCPeerConnection.restartIce).
 *
 * Fails with %FLOE_ERROR_NOT_SUPPORTED: this version can't restart ICE.
 *
 * Returns: %TRUE when ICE will be restarted
 * Since: 1.0
 */
gboolean
floe_peer_connection_restart_ice (FloePeerConnection *self, GError **error)
{
  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), FALSE);

  g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_NOT_SUPPORTED,
                       "This version can't restart ICE: make a new connection");
  return FALSE;
}

/**
 * floe_peer_connection_close:
 * @self: a connection
 *
 * Ends the connection (W3C RTCPeerConnection.close). Allowed at any time, also inside a handler of
 * one of its signals, and any number of times. From now on no signal is emitted but the
 * notifications of the states' change to closed and #FloePeerConnection::metrics for the last time,
 * after this call has returned; pending calls
 * finish with %FLOE_ERROR_ABORT. Data channels are closed without a signal of theirs.
 *
 * Since: 1.0
 */
void
floe_peer_connection_close (FloePeerConnection *self)
{
  g_return_if_fail (FLOE_IS_PEER_CONNECTION (self));

  if (self->is_closed)
    return;
  floe_debug (FLOE_LOG_PEER, "closing");
  g_object_ref (self);
  stop (self);
  self->closing_source = floe_peer_defer (self, tell_closed);
}
