/* SPDX-License-Identifier: MPL-2.0 */
/* A UDP socket of its own for questions to one STUN or TURN server: the client core
 * (stun/floe-stun-client-core) with a socket and a timer.
 *
 * Layer: ice. May include: base, stun. Network thread only. */
#pragma once

#include <gio/gio.h>

#include "floe-stun-client-core-private.h"

G_BEGIN_DECLS

typedef struct _FloeStunAsker FloeStunAsker;

/* What came of a question. Called from the context's main loop; the asker may be freed in it. */
typedef void (*FloeStunAskerFunc) (const FloeStunOutcome *outcome, gpointer user_data);

/* Writes a request's attributes. */
typedef void (*FloeStunFillFunc) (FloeStunBuilder *builder, gpointer user_data);

typedef struct
{
  GMainContext *context; /* (unowned): outlives the asker */
  GInetAddress *server;  /* (unowned): taken over by value */
  guint16 port;
  GInetAddress *local; /* (unowned) (nullable): to bind to; NULL for what the routes say */
} FloeStunAskerConfig;

/* Fails with what the system says when there is no way to the server. */
FloeStunAsker *floe_stun_asker_new (const FloeStunAskerConfig *config, FloeStunAskerFunc func,
                                    gpointer user_data, GError **error);
/* No outcome comes after this. */
void floe_stun_asker_free (FloeStunAsker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeStunAsker, floe_stun_asker_free)

/* @fill (scope call) (nullable). @credentials (nullable). FALSE when nothing can be asked. */
gboolean floe_stun_asker_ask (FloeStunAsker *self, guint16 method, FloeStunFillFunc fill,
                              gpointer fill_data, FloeStunCredentials *credentials,
                              const FloeStunTiming *timing);

/* The same for a Binding request, the only one of this asker, which has left when this returns: for
 * who needs its mapping to be made before or after another packet's. */
gboolean floe_stun_asker_ask_at_once (FloeStunAsker *self, const FloeStunTiming *timing);

FloeStunAddress floe_stun_asker_get_server (const FloeStunAsker *self);

G_END_DECLS
