/* SPDX-License-Identifier: MPL-2.0 */
/* The command line of floe-peer. */
#pragma once

#include <floe/floe.h>

#include "peer-servers.h"

G_BEGIN_DECLS

typedef struct
{
  PeerServers *servers;      /* (owned) */
  char **interfaces;         /* (owned) (nullable) */
  GTlsDatabase *authorities; /* (owned) (nullable) */
  GProxyResolver *proxies;   /* (owned) (nullable) */
  char *nat;                 /* (owned) (nullable): what to say of the NAT */
  FloeStrategy strategy;
  guint fail_after_ms; /* 0: as long as Floe likes */
  FloePrivacyLevel privacy;
  gboolean relay_only;
  gboolean include_loopback;
  gboolean echoes;
} PeerOptions;

void peer_options_clear (PeerOptions *self);

/* Fills @options, or returns FALSE with an error. --help and --version print and exit. */
gboolean peer_options_parse (PeerOptions *options, int *argc, char ***argv, GError **error);

/* (transfer full): what the options say, with new credentials for servers that share a secret. */
FloeConfiguration *peer_options_make_configuration (const PeerOptions *options, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PeerOptions, peer_options_clear)

G_END_DECLS
