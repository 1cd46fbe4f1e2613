/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <gio/gio.h>

#include <floe/floe-configuration.h>
#include <floe/floe-connection-metrics.h>
#include <floe/floe-data-channel-init.h>
#include <floe/floe-data-channel.h>
#include <floe/floe-enums.h>
#include <floe/floe-ice-candidate-pair.h>
#include <floe/floe-ice-candidate.h>
#include <floe/floe-session-description.h>
#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

#define FLOE_TYPE_PEER_CONNECTION (floe_peer_connection_get_type ())
FLOE_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (FloePeerConnection, floe_peer_connection, FLOE, PEER_CONNECTION, GObject)

FLOE_AVAILABLE_IN_1_0
FloePeerConnection *floe_peer_connection_new (FloeConfiguration *configuration, GError **error);

FLOE_AVAILABLE_IN_1_0
void floe_peer_connection_create_offer_async (FloePeerConnection *self, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);

FLOE_AVAILABLE_IN_1_0
FloeSessionDescription *floe_peer_connection_create_offer_finish (FloePeerConnection *self,
                                                                  GAsyncResult *result,
                                                                  GError **error);

FLOE_AVAILABLE_IN_1_0
void floe_peer_connection_create_answer_async (FloePeerConnection *self, GCancellable *cancellable,
                                               GAsyncReadyCallback callback, gpointer user_data);

FLOE_AVAILABLE_IN_1_0
FloeSessionDescription *floe_peer_connection_create_answer_finish (FloePeerConnection *self,
                                                                   GAsyncResult *result,
                                                                   GError **error);

FLOE_AVAILABLE_IN_1_0
void floe_peer_connection_set_local_description_async (FloePeerConnection *self,
                                                       FloeSessionDescription *description,
                                                       GCancellable *cancellable,
                                                       GAsyncReadyCallback callback,
                                                       gpointer user_data);

FLOE_AVAILABLE_IN_1_0
gboolean floe_peer_connection_set_local_description_finish (FloePeerConnection *self,
                                                            GAsyncResult *result, GError **error);

FLOE_AVAILABLE_IN_1_0
void floe_peer_connection_set_remote_description_async (FloePeerConnection *self,
                                                        FloeSessionDescription *description,
                                                        GCancellable *cancellable,
                                                        GAsyncReadyCallback callback,
                                                        gpointer user_data);

FLOE_AVAILABLE_IN_1_0
gboolean floe_peer_connection_set_remote_description_finish (FloePeerConnection *self,
                                                             GAsyncResult *result, GError **error);

FLOE_AVAILABLE_IN_1_0
void floe_peer_connection_add_ice_candidate_async (FloePeerConnection *self,
                                                   FloeIceCandidate *candidate,
                                                   GCancellable *cancellable,
                                                   GAsyncReadyCallback callback,
                                                   gpointer user_data);

FLOE_AVAILABLE_IN_1_0
gboolean floe_peer_connection_add_ice_candidate_finish (FloePeerConnection *self,
                                                        GAsyncResult *result, GError **error);

FLOE_AVAILABLE_IN_1_0
gboolean floe_peer_connection_restart_ice (FloePeerConnection *self, GError **error);

FLOE_AVAILABLE_IN_1_0
FloeDataChannel *floe_peer_connection_create_data_channel (FloePeerConnection *self,
                                                           const char *label,
                                                           const FloeDataChannelInit *init,
                                                           GError **error);

FLOE_AVAILABLE_IN_1_0
void floe_peer_connection_close (FloePeerConnection *self);

FLOE_AVAILABLE_IN_1_0
FloeConfiguration *floe_peer_connection_get_configuration (FloePeerConnection *self);

FLOE_AVAILABLE_IN_1_0
gboolean floe_peer_connection_set_configuration (FloePeerConnection *self,
                                                 FloeConfiguration *configuration, GError **error);

FLOE_AVAILABLE_IN_1_0
GMainContext *floe_peer_connection_get_main_context (FloePeerConnection *self);

FLOE_AVAILABLE_IN_1_0
FloeSignalingState floe_peer_connection_get_signaling_state (FloePeerConnection *self);

FLOE_AVAILABLE_IN_1_0
FloeIceGatheringState floe_peer_connection_get_ice_gathering_state (FloePeerConnection *self);

FLOE_AVAILABLE_IN_1_0
FloeIceConnectionState floe_peer_connection_get_ice_connection_state (FloePeerConnection *self);

FLOE_AVAILABLE_IN_1_0
FloePeerConnectionState floe_peer_connection_get_connection_state (FloePeerConnection *self);

FLOE_AVAILABLE_IN_1_0
gboolean floe_peer_connection_get_can_trickle_ice_candidates (FloePeerConnection *self,
                                                              gboolean *is_known);

FLOE_AVAILABLE_IN_1_0
FloeSessionDescription *floe_peer_connection_get_local_description (FloePeerConnection *self);

FLOE_AVAILABLE_IN_1_0
FloeSessionDescription *floe_peer_connection_get_current_local_description (
    FloePeerConnection *self);

FLOE_AVAILABLE_IN_1_0
FloeSessionDescription *floe_peer_connection_get_pending_local_description (
    FloePeerConnection *self);

FLOE_AVAILABLE_IN_1_0
FloeSessionDescription *floe_peer_connection_get_remote_description (FloePeerConnection *self);

FLOE_AVAILABLE_IN_1_0
FloeSessionDescription *floe_peer_connection_get_current_remote_description (
    FloePeerConnection *self);

FLOE_AVAILABLE_IN_1_0
FloeSessionDescription *floe_peer_connection_get_pending_remote_description (
    FloePeerConnection *self);

FLOE_AVAILABLE_IN_1_0
FloeIceCandidatePair *floe_peer_connection_get_selected_candidate_pair (FloePeerConnection *self);

FLOE_AVAILABLE_IN_1_0
guint64 floe_peer_connection_get_max_message_size (FloePeerConnection *self);

FLOE_AVAILABLE_IN_1_0
FloeConnectionMetrics *floe_peer_connection_get_metrics (FloePeerConnection *self);

FLOE_AVAILABLE_IN_1_0
void floe_peer_connection_update_metrics_async (FloePeerConnection *self, GCancellable *cancellable,
                                                GAsyncReadyCallback callback, gpointer user_data);

FLOE_AVAILABLE_IN_1_0
FloeConnectionMetrics *floe_peer_connection_update_metrics_finish (FloePeerConnection *self,
                                                                   GAsyncResult *result,
                                                                   GError **error);

G_END_DECLS
