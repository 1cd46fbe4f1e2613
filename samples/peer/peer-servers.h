/* SPDX-License-Identifier: MPL-2.0 */
/* The servers of a command line, in order, each with what it asks for.
 *
 * Layer: samples. */
#pragma once

#include <floe/floe.h>

G_BEGIN_DECLS

typedef struct _PeerServers PeerServers;

PeerServers *peer_servers_new (void);
void peer_servers_free (PeerServers *self);

void peer_servers_add (PeerServers *self, const char *url);

/* All are for the server that was added last; FALSE when there is none. */
gboolean peer_servers_set_user (PeerServers *self, const char *user);
gboolean peer_servers_set_password (PeerServers *self, const char *password);
/* Credentials are made of a secret that the server shares, and hold for the lifetime. */
gboolean peer_servers_set_secret (PeerServers *self, const char *secret);
gboolean peer_servers_set_lifetime (PeerServers *self, guint lifetime_s);

/* Adds all servers to @configuration, with credentials that are new where there is a secret. */
gboolean peer_servers_apply (PeerServers *self, FloeConfiguration *configuration, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PeerServers, peer_servers_free)

G_END_DECLS
