/* SPDX-License-Identifier: MPL-2.0 */
/* The command line of floe-peer. */
#pragma once

#include <floe/floe.h>

G_BEGIN_DECLS

typedef struct
{
  FloeConfiguration *configuration; /* (owned) */
  gboolean echoes;
} PeerOptions;

void peer_options_clear (PeerOptions *self);

/* Fills @options, or returns FALSE with an error. --help and --version print and exit. */
gboolean peer_options_parse (PeerOptions *options, int *argc, char ***argv, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PeerOptions, peer_options_clear)

G_END_DECLS
