/* SPDX-License-Identifier: MPL-2.0 */
/* A configuration of coturn that lets nobody use the server for what it is not for.
 *
 * Layer: samples. Writes text, and no file. */
#pragma once

#include "turn-address.h"

G_BEGIN_DECLS

typedef struct
{
  TurnAddress outside; /* what clients and peers see */
  TurnAddress inside;  /* what the machine has behind a one-to-one NAT; size 0: the same */
} TurnConfigAddress;

typedef struct
{
  char *name;     /* (owned) */
  char *password; /* (owned) */
} TurnConfigUser;

typedef struct
{
  char *realm;       /* (owned) (nullable) */
  char *host;        /* (owned) (nullable): what clients connect to; the realm if NULL */
  GArray *addresses; /* (owned): of TurnConfigAddress */
  GArray *users;     /* (owned): of TurnConfigUser; none: a secret */
  char *secret;      /* (owned) (nullable) */
  char *certificate; /* (owned) (nullable) */
  char *key;         /* (owned) (nullable) */
  gboolean has_no_tls;
  gboolean wants_tcp_relay;
  int port;
  int tls_port;
  int min_port;
  int max_port;
  int user_quota;
  int total_quota;
  gint64 max_bps; /* bytes a second; 0: no limit */
} TurnConfig;

/* With the defaults. */
void turn_config_init (TurnConfig *self);

/* Wipes secrets. */
void turn_config_clear (TurnConfig *self);

/* Adds "PUBLIC" or "PUBLIC/PRIVATE"; FALSE with G_OPTION_ERROR for what is no address. */
gboolean turn_config_add_address (TurnConfig *self, const char *text, GError **error);

/* Adds "NAME" or "NAME:PASSWORD"; the first gets a password of 128 random bits. */
void turn_config_add_user (TurnConfig *self, const char *text);

/* (nullable) (transfer none) */
const char *turn_config_get_host (const TurnConfig *self);

/* (transfer full) (element-type utf8): what is wrong with it, as sentences; none: nothing is. */
GPtrArray *turn_config_check (const TurnConfig *self);

/* (transfer full): turnserver.conf, of one that has no problems. */
char *turn_config_to_text (const TurnConfig *self);

/* (transfer full): what to do next, with the URLs of the server. @path: (nullable): where the
 * configuration went. */
char *turn_config_describe_next (const TurnConfig *self, const char *path);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TurnConfig, turn_config_clear)

G_END_DECLS
