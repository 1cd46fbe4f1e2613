/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-connector.h"

/* What a peer may keep waiting for its description, and what it may send in all. */
#define MAX_EARLY_CANDIDATES 128
#define MAX_CANDIDATES 512

enum
{
  SIGNAL_NEGOTIATION_FAILED,
  SIGNAL_CANDIDATE_REFUSED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

struct _FloeConnector
{
  GObject parent_instance;

  FloePeerConnection *connection; /* (owned) (nullable): NULL once uncoupled */
  FloeSignaling *signaling;       /* (owned) (nullable): NULL once uncoupled */
  GPtrArray *early_local;         /* (owned) (nullable): before our description went out */
  GPtrArray *early_remote;        /* (owned) (nullable): before the other's came in */
  guint remote_candidate_count;
};

G_DEFINE_FINAL_TYPE (FloeConnector, floe_connector, G_TYPE_OBJECT)

static void
unref_candidate (gpointer candidate)
{
  if (candidate != NULL) /* NULL: there are no more */
    floe_ice_candidate_unref (candidate);
}

/* (transfer full): what an operation that is under way holds of @self, so that it does not keep a
 * connector that was dropped coupled. */
static gpointer
hold_weakly (FloeConnector *self)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  return weak;
}

/* (nullable) (transfer full): the connector behind @user_data, which is freed, if it is still
 * there and coupled. */
static FloeConnector *
take_coupled (gpointer user_data)
{
  GWeakRef *weak = user_data;
  g_autoptr (FloeConnector) self = g_weak_ref_get (weak);

  g_weak_ref_clear (weak);
  g_free (weak);
  return self != NULL && self->connection != NULL ? g_steal_pointer (&self) : NULL;
}

static void
uncouple (FloeConnector *self)
{
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  if (self->signaling != NULL)
    g_signal_handlers_disconnect_by_data (self->signaling, self);
  g_clear_object (&self->connection);
  g_clear_object (&self->signaling);
}

static void
fail_negotiation (FloeConnector *self, const GError *error)
{
  /* Pending calls of a connection that was closed end so, and nobody waits for them. */
  if (!g_error_matches (error, FLOE_ERROR, FLOE_ERROR_ABORT))
    g_signal_emit (self, signals[SIGNAL_NEGOTIATION_FAILED], 0, error);
}

static void
on_local_description_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FloeConnector) self = take_coupled (user_data);
  FloePeerConnection *connection = FLOE_PEER_CONNECTION (source);
  g_autoptr (FloeSessionDescription) description = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) early = NULL;

  if (self == NULL)
    return;
  if (!floe_peer_connection_set_local_description_finish (connection, result, &error))
    {
      fail_negotiation (self, error);
      return;
    }
  description = floe_peer_connection_get_local_description (connection);
  if (description == NULL) /* closed meanwhile */
    return;
  floe_signaling_send_description (self->signaling, description);
  early = g_steal_pointer (&self->early_local);
  for (guint i = 0; early != NULL && i < early->len; i++)
    floe_signaling_send_candidate (self->signaling, g_ptr_array_index (early, i));
}

static void
set_local_description (FloeConnector *self)
{
  floe_peer_connection_set_local_description_async (self->connection, NULL, NULL,
                                                    on_local_description_set, hold_weakly (self));
}

static void
on_candidate_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FloeConnector) self = take_coupled (user_data);
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;
  if (!floe_peer_connection_add_ice_candidate_finish (FLOE_PEER_CONNECTION (source), result, &error)
      && !g_error_matches (error, FLOE_ERROR, FLOE_ERROR_ABORT))
    g_signal_emit (self, signals[SIGNAL_CANDIDATE_REFUSED], 0, error);
}

static void
add_candidate (FloeConnector *self, FloeIceCandidate *candidate)
{
  floe_peer_connection_add_ice_candidate_async (self->connection, candidate, NULL,
                                                on_candidate_added, hold_weakly (self));
}

static void
on_remote_description_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FloeConnector) self = take_coupled (user_data);
  FloePeerConnection *connection = FLOE_PEER_CONNECTION (source);
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;
  if (!floe_peer_connection_set_remote_description_finish (connection, result, &error))
    fail_negotiation (self, error);
  else if (floe_peer_connection_get_signaling_state (connection)
           == FLOE_SIGNALING_STATE_HAVE_REMOTE_OFFER)
    set_local_description (self);
}

static void
on_description (FloeSignaling *signaling, FloeSessionDescription *description, FloeConnector *self)
{
  g_autoptr (GPtrArray) early = g_steal_pointer (&self->early_remote);

  floe_peer_connection_set_remote_description_async (self->connection, description, NULL,
                                                     on_remote_description_set, hold_weakly (self));
  /* The connection carries out its operations in the order in which they were asked for
   * (webrtc-pc section 4.4.1.2), so these need not wait any longer. */
  for (guint i = 0; early != NULL && i < early->len; i++)
    add_candidate (self, g_ptr_array_index (early, i));
}

static void
on_candidate (FloeSignaling *signaling, FloeIceCandidate *candidate, FloeConnector *self)
{
  if (++self->remote_candidate_count > MAX_CANDIDATES)
    return;
  if (self->early_remote == NULL)
    add_candidate (self, candidate);
  else if (self->early_remote->len < MAX_EARLY_CANDIDATES)
    g_ptr_array_add (self->early_remote, floe_ice_candidate_ref (candidate));
}

static void
on_ice_candidate (FloePeerConnection *connection, FloeIceCandidate *candidate, FloeConnector *self)
{
  if (self->early_local == NULL)
    floe_signaling_send_candidate (self->signaling, candidate);
  else
    g_ptr_array_add (self->early_local,
                     candidate != NULL ? floe_ice_candidate_ref (candidate) : NULL);
}

static void
on_next_peer (FloeSignaling *signaling, gboolean offers, FloeConnector *self)
{
  uncouple (self);
}

static void
on_gone (FloeSignaling *signaling, FloeConnector *self)
{
  uncouple (self);
}

static void
floe_connector_dispose (GObject *object)
{
  FloeConnector *self = FLOE_CONNECTOR (object);

  uncouple (self);
  g_clear_pointer (&self->early_local, g_ptr_array_unref);
  g_clear_pointer (&self->early_remote, g_ptr_array_unref);

  G_OBJECT_CLASS (floe_connector_parent_class)->dispose (object);
}

static void
floe_connector_class_init (FloeConnectorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = floe_connector_dispose;

  signals[SIGNAL_NEGOTIATION_FAILED] =
      g_signal_new ("negotiation-failed", FLOE_TYPE_CONNECTOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SIGNAL_CANDIDATE_REFUSED] =
      g_signal_new ("candidate-refused", FLOE_TYPE_CONNECTOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
floe_connector_init (FloeConnector *self)
{
  self->early_local = g_ptr_array_new_with_free_func (unref_candidate);
  self->early_remote = g_ptr_array_new_with_free_func (unref_candidate);
}

FloeConnector *
floe_connector_new (FloePeerConnection *connection, FloeSignaling *signaling)
{
  FloeConnector *self = g_object_new (FLOE_TYPE_CONNECTOR, NULL);

  self->connection = g_object_ref (connection);
  self->signaling = g_object_ref (signaling);
  g_signal_connect (connection, "ice-candidate", G_CALLBACK (on_ice_candidate), self);
  g_signal_connect (signaling, "description", G_CALLBACK (on_description), self);
  g_signal_connect (signaling, "candidate", G_CALLBACK (on_candidate), self);
  /* Not called in an emission that is under way: that one tells of our own peer. */
  g_signal_connect (signaling, "peer", G_CALLBACK (on_next_peer), self);
  g_signal_connect (signaling, "gone", G_CALLBACK (on_gone), self);
  return self;
}

void
floe_connector_offer (FloeConnector *self)
{
  g_return_if_fail (FLOE_IS_CONNECTOR (self));

  if (self->connection != NULL)
    set_local_description (self);
}
