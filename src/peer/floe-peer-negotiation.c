/* SPDX-License-Identifier: MPL-2.0 */
/* The calls that go through the operations chain. */
#include "floe-peer-connection-private.h"

/**
 * floe_peer_connection_create_offer_async:
 * @self: a connection
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called once, never before this function returns
 * @user_data: data for @callback
 *
 * Makes an offer (W3C RTCPeerConnection.createOffer). Calls of this kind are done one after the
 * other, in the order in which they were made; those pending when the connection is closed fail
 * with %FLOE_ERROR_ABORT.
 *
 * Since: 1.0
 */
void
floe_peer_connection_create_offer_async (FloePeerConnection *self, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (FLOE_IS_PEER_CONNECTION (self));

  task = floe_peer_task_new (self, floe_peer_connection_create_offer_async, cancellable, callback,
                             user_data);
  g_task_set_task_data (task, GINT_TO_POINTER (FLOE_SDP_TYPE_OFFER), NULL);
  floe_peer_chain_operation (self, task, floe_peer_run_create);
}

/**
 * floe_peer_connection_create_offer_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error, or %NULL
 *
 * Ends a call of floe_peer_connection_create_offer_async().
 *
 * Fails with %FLOE_ERROR_INVALID_STATE when the connection was closed already or an exchange with
 * the peer's offer is in progress, with %FLOE_ERROR_ABORT when it was closed meanwhile, and with
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the offer
 * Since: 1.0
 */
FloeSessionDescription *
floe_peer_connection_create_offer_finish (FloePeerConnection *self, GAsyncResult *result,
                                          GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * floe_peer_connection_create_answer_async:
 * @self: a connection
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called once, never before this function returns
 * @user_data: data for @callback
 *
 * Makes an answer to the offer that was set (W3C RTCPeerConnection.createAnswer).
 *
 * Since: 1.0
 */
void
floe_peer_connection_create_answer_async (FloePeerConnection *self, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (FLOE_IS_PEER_CONNECTION (self));

  task = floe_peer_task_new (self, floe_peer_connection_create_answer_async, cancellable, callback,
                             user_data);
  g_task_set_task_data (task, GINT_TO_POINTER (FLOE_SDP_TYPE_ANSWER), NULL);
  floe_peer_chain_operation (self, task, floe_peer_run_create);
}

/**
 * floe_peer_connection_create_answer_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error, or %NULL
 *
 * Ends a call of floe_peer_connection_create_answer_async().
 *
 * Fails with %FLOE_ERROR_INVALID_STATE when there is no offer to answer or the connection was
 * closed already, with %FLOE_ERROR_ABORT when it was closed meanwhile, and with
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the answer
 * Since: 1.0
 */
FloeSessionDescription *
floe_peer_connection_create_answer_finish (FloePeerConnection *self, GAsyncResult *result,
                                           GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * floe_peer_connection_set_local_description_async:
 * @self: a connection
 * @description: (nullable) (transfer none): what create_offer or create_answer gave last, or %NULL
 *   to have it made
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called once, never before this function returns
 * @user_data: data for @callback
 *
 * Applies this side's description (W3C RTCPeerConnection.setLocalDescription), which starts the
 * gathering of candidates. With %NULL the offer or answer that the signalling state asks for is
 * made and applied; floe_peer_connection_get_local_description() then has it.
 *
 * Since: 1.0
 */
void
floe_peer_connection_set_local_description_async (FloePeerConnection *self,
                                                  FloeSessionDescription *description,
                                                  GCancellable *cancellable,
                                                  GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (FLOE_IS_PEER_CONNECTION (self));

  task = floe_peer_task_new (self, floe_peer_connection_set_local_description_async, cancellable,
                             callback, user_data);
  if (description != NULL)
    g_task_set_task_data (task, floe_session_description_ref (description),
                          (GDestroyNotify) floe_session_description_unref);
  floe_peer_chain_operation (self, task, floe_peer_run_set_local);
}

/**
 * floe_peer_connection_set_local_description_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error, or %NULL
 *
 * Ends a call of floe_peer_connection_set_local_description_async().
 *
 * Fails with %FLOE_ERROR_INVALID_MODIFICATION when the description is not the one made last, with
 * %FLOE_ERROR_INVALID_STATE when the signalling state does not allow it, with
 * %FLOE_ERROR_NOT_SUPPORTED for a rollback, with %FLOE_ERROR_ABORT when the connection was closed
 * meanwhile, and with %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE when the description was applied
 * Since: 1.0
 */
gboolean
floe_peer_connection_set_local_description_finish (FloePeerConnection *self, GAsyncResult *result,
                                                   GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * floe_peer_connection_set_remote_description_async:
 * @self: a connection
 * @description: (transfer none): the peer's description
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called once, never before this function returns
 * @user_data: data for @callback
 *
 * Applies the peer's description (W3C RTCPeerConnection.setRemoteDescription).
 *
 * Since: 1.0
 */
void
floe_peer_connection_set_remote_description_async (FloePeerConnection *self,
                                                   FloeSessionDescription *description,
                                                   GCancellable *cancellable,
                                                   GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (FLOE_IS_PEER_CONNECTION (self));
  g_return_if_fail (description != NULL);

  task = floe_peer_task_new (self, floe_peer_connection_set_remote_description_async, cancellable,
                             callback, user_data);
  g_task_set_task_data (task, floe_session_description_ref (description),
                        (GDestroyNotify) floe_session_description_unref);
  floe_peer_chain_operation (self, task, floe_peer_run_set_remote);
}

/**
 * floe_peer_connection_set_remote_description_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error, or %NULL
 *
 * Ends a call of floe_peer_connection_set_remote_description_async().
 *
 * Fails with %FLOE_ERROR_SDP_SYNTAX_ERROR when the text is not SDP, with
 * %FLOE_ERROR_INVALID_ACCESS when it is but can't be used (no fingerprint, an answer that does not
 * fit the offer, …), with %FLOE_ERROR_INVALID_STATE when the signalling state does not allow it,
 * with %FLOE_ERROR_NOT_SUPPORTED for a rollback or an ICE restart, with %FLOE_ERROR_ABORT when the
 * connection was closed meanwhile, and with %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE when the description was applied
 * Since: 1.0
 */
gboolean
floe_peer_connection_set_remote_description_finish (FloePeerConnection *self, GAsyncResult *result,
                                                    GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * floe_peer_connection_add_ice_candidate_async:
 * @self: a connection
 * @candidate: (nullable) (transfer none): a candidate of the peer's; %NULL when there are no more
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called once, never before this function returns
 * @user_data: data for @callback
 *
 * Adds a candidate that the peer has signalled (W3C RTCPeerConnection.addIceCandidate). Calls are
 * done in order, so it may be called before floe_peer_connection_set_remote_description_async()
 * has finished, but not before it was called.
 *
 * Since: 1.0
 */
void
floe_peer_connection_add_ice_candidate_async (FloePeerConnection *self, FloeIceCandidate *candidate,
                                              GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (FLOE_IS_PEER_CONNECTION (self));

  task = floe_peer_task_new (self, floe_peer_connection_add_ice_candidate_async, cancellable,
                             callback, user_data);
  if (candidate != NULL)
    g_task_set_task_data (task, floe_ice_candidate_ref (candidate),
                          (GDestroyNotify) floe_ice_candidate_unref);
  floe_peer_chain_operation (self, task, floe_peer_run_add_candidate);
}

/**
 * floe_peer_connection_add_ice_candidate_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error, or %NULL
 *
 * Ends a call of floe_peer_connection_add_ice_candidate_async().
 *
 * Fails with %FLOE_ERROR_INVALID_STATE when the connection was closed already, with
 * %FLOE_ERROR_OPERATION when the candidate is of a section or generation that is not there, or too
 * many have come before the peer's description, with %FLOE_ERROR_ABORT when the connection was
 * closed meanwhile, and with %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE when the candidate was taken, or is of no use here
 * Since: 1.0
 */
gboolean
floe_peer_connection_add_ice_candidate_finish (FloePeerConnection *self, GAsyncResult *result,
                                               GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
