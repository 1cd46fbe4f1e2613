/* SPDX-License-Identifier: MPL-2.0 */
/* What the parts of the check share.
 *
 * Layer: samples, the check only. */
#pragma once

#include "turn-check.h"

G_BEGIN_DECLS

/* REQUESTED-TRANSPORT and REQUESTED-ADDRESS-FAMILY, RFC 8656 sections 18.6 and 18.7. */
#define TRANSPORT_UDP 17
#define TRANSPORT_TCP 6
#define FAMILY_IPV6 2

typedef struct
{
  const TurnCheckOptions *options; /* (unowned) */
  TurnReport *report;              /* (unowned) */
  GSocketAddress *address;         /* (owned) (nullable): where the server answered */
} TurnCheck;

/* (transfer full): a new link to where the server answered, with the options' credentials; NULL
 * with an error. */
TurnSession *turn_check_open (TurnCheck *self, TurnTransport transport, GError **error);

/* Asks one thing; the link's error counts as no answer. */
int turn_check_ask (TurnCheck *self, TurnSession *session, TurnRequest *request);

/* An allocation, first without credentials as RFC 8489 wants it. */
int turn_check_allocate (TurnCheck *self, TurnSession *session, TurnRequest *request);

/* Gives the allocation back, without waiting for the answer. */
void turn_check_release (TurnCheck *self, TurnSession *session);

/* (transfer full): "403", "no answer" or "success", for people. */
char *turn_check_describe (int code);

/* Whether a server with nothing to hide answers it to a forbidden peer. */
gboolean turn_check_is_refusal (int code);

/* Finds out about anonymous clients, wrong passwords and old nonces. */
void turn_check_credentials (TurnCheck *self);

/* Finds out about RFC 6062. */
void turn_check_tcp_relay (TurnCheck *self);

/* Tries all ranges of the family of the session's allocation. */
void turn_check_ranges (TurnCheck *self, TurnSession *session, const TurnRequest *allocation);

/* Says of all IPv6 ranges that they can't be reached, and why. */
void turn_check_skip_ipv6 (TurnCheck *self, const char *why);

/* Finds out whether two clients of the server reach each other through it. */
void turn_check_neighbours (TurnCheck *self, TurnSession *session, const TurnRequest *allocation);

/* Sends to own sockets on the options' listeners. */
void turn_check_listeners (TurnCheck *self, TurnSession *session);

/* Finds out about the certificate, and TLS before 1.2. */
void turn_check_tls (TurnCheck *self, GTlsCertificateFlags errors);

G_END_DECLS
