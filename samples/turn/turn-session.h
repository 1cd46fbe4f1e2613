/* SPDX-License-Identifier: MPL-2.0 */
/* What a TURN client says to a server over one link: an allocation, and many requests at once with
 * RFC 8489's retransmission and long-term credentials.
 *
 * Layer: samples. Knows nothing of what the answers mean for safety. */
#pragma once

#include "turn-link.h"
#include "turn-message.h"

G_BEGIN_DECLS

/* In TurnRequest.code. */
#define TURN_SUCCESS 0
#define TURN_NO_ANSWER (-1)

typedef struct
{
  /* What to ask. */
  TurnMethod method;
  TurnAddress peer; /* size 0: none */
  guint16 peer_port;
  guint16 channel;   /* 0: none */
  guint8 transport;  /* REQUESTED-TRANSPORT, 0: none */
  guint8 family;     /* REQUESTED-ADDRESS-FAMILY, 0: none */
  gboolean releases; /* LIFETIME of zero */
  /* What came of it: TURN_SUCCESS, TURN_NO_ANSWER or an error code. */
  int code;
  TurnAddress relayed; /* of an allocation */
  guint16 relayed_port;
} TurnRequest;

typedef struct _TurnSession TurnSession;

/* Takes @link. @username and @password: (nullable): ask without credentials. */
TurnSession *turn_session_new (TurnLink *link, const char *username, const char *password);

void turn_session_free (TurnSession *self);

/* Asks @count things, as many at once as a server may be asked, and waits for the answers. FALSE
 * with an error when the link broke: then what was not answered has TURN_NO_ANSWER. */
gboolean turn_session_run (TurnSession *self, TurnRequest *requests, guint count, gint64 until_us,
                           GError **error);

/* Uses @nonce once, and takes no better one. */
void turn_session_use_nonce (TurnSession *self, const char *nonce);

/* Takes answers that its password did not sign, to tell a server that minds no password. */
void turn_session_accept_unsigned (TurnSession *self);

/* (nullable): what the server says that it is. */
const char *turn_session_get_software (const TurnSession *self);

gboolean turn_session_send_indication (TurnSession *self, const TurnAddress *peer, guint16 port,
                                       gconstpointer data, gsize size, GError **error);

gboolean turn_session_send_channel_data (TurnSession *self, guint16 channel, gconstpointer data,
                                         gsize size, GError **error);

/* Whether a Data indication with @data comes until @until_us. */
gboolean turn_session_await_data (TurnSession *self, gconstpointer data, gsize size,
                                  gint64 until_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TurnSession, turn_session_free)

G_END_DECLS
