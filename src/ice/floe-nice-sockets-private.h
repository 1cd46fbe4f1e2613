/* SPDX-License-Identifier: MPL-2.0 */
/* Hands an agent's sockets to what asks STUN servers through them. Layer: ice. */
#pragma once

#include <nice/agent.h>

#include "floe-candidate-convert-private.h"
#include "floe-reflexive-private.h"

G_BEGIN_DECLS

/* @agent has gathered its host candidates just now; nobody was told of them yet. */
void floe_nice_sockets_tap (NiceAgent *agent, const FloeCandidateMark *mark,
                            FloeReflexive *reflexive);

/* Has @agent's UDP sockets hold what comes at once when a window opens or a path is taken over:
 * what the system has by default is some 90 datagrams, and one that is lost there is a loss like
 * any other to SCTP. */
void floe_nice_sockets_deepen (NiceAgent *agent);

/* Has @agent's TCP sockets, and what connects to them, hold few bytes that are not sent yet: what
 * is too much for the network is dropped then, as over UDP. */
void floe_nice_sockets_bound (NiceAgent *agent);
/* The same of one. */
void floe_nice_socket_bound (GSocket *socket);

/* Where the peer of @agent's pair is; FALSE: none is selected yet. */
gboolean floe_nice_sockets_get_selected (NiceAgent *agent, FloeStunAddress *out);
/* Ends @agent's TCP connections but the one to @selected: libnice (0.1.21) puts frames (RFC 4571)
 * together in one place for all of them, so that bytes of another one between two parts of a frame
 * make nonsense of all that follows. */
void floe_nice_sockets_end_others (NiceAgent *agent, const FloeStunAddress *selected);

G_END_DECLS
