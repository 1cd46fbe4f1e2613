/* SPDX-License-Identifier: MPL-2.0 */
/* Names in place of addresses, draft-ietf-mmusic-mdns-ice-candidates: those of this machine, where
 * the privacy level hides them, and the peer's. Inside, checks and paths know addresses only; what
 * goes out of the transport passes through here, and what comes in by name comes through here.
 *
 * Layer: ice. Network thread only. Knows nothing of paths but what they share. */
#pragma once

#include "floe-ice-path-private.h"

G_BEGIN_DECLS

/* That wait for the address of one name: UDP and TCP, and a few ports. */
#define FLOE_MAX_CANDIDATES_PER_NAME 4

typedef struct _FloeIceNames FloeIceNames;

/* @candidate: one that came by name, with the address that was found. NULL: a name was not found in
 * time. May be called inside take() and start(). */
typedef void (*FloeIceNamesFunc) (const FloeCandidate *candidate, gpointer user_data);

/* @shared (unowned): the transport's. */
FloeIceNames *floe_ice_names_new (const FloeIceShared *shared, FloePrivacyLevel privacy,
                                  FloeIceNamesFunc func, gpointer user_data);
/* Withdraws what is published. */
void floe_ice_names_free (FloeIceNames *self);

/* Gathering begins, and the addresses to use are known: no packet goes out before. */
void floe_ice_names_start (FloeIceNames *self);
/* They are others now. */
void floe_ice_names_handle_change (FloeIceNames *self);

/* The one call for a candidate of ours that leaves the transport: a host's address becomes its
 * name, which is published, and a related address is blanked. Nothing where the level hides none.
 * FALSE when the candidate may not be told. */
gboolean floe_ice_names_hide (FloeIceNames *self, FloeCandidate *local);
/* RFC 8839 section 5.1: "0.0.0.0" for what is not told. The port stays. */
void floe_ice_names_blank (FloeCandidate *candidate);

/* The one call for a candidate of the peer's that comes in. FALSE for one with an address. One with
 * a name is taken: it is looked up if that is allowed, and dropped otherwise. */
gboolean floe_ice_names_take (FloeIceNames *self, const FloeCandidate *candidate);
/* A name may still turn out to have an address. */
gboolean floe_ice_names_is_pending (const FloeIceNames *self);
/* The one call for a candidate of the peer's that is reported: an address that was found for a name
 * becomes the name. If the peer hides addresses, one that it has not told, and that only its checks
 * have shown, becomes a name with the same port or is blanked. */
void floe_ice_names_show (const FloeIceNames *self, FloeCandidate *remote);

G_END_DECLS
