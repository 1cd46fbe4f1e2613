/* SPDX-License-Identifier: MPL-2.0 */
/* The check of a TURN server: may it be abused?
 *
 * Layer: samples. */
#pragma once

#include "turn-report.h"

G_BEGIN_DECLS

typedef struct
{
  const char *url;        /* the text of it */
  TurnUrl server;         /* what it means */
  const char *username;   /* (unowned) */
  const char *password;   /* (unowned) */
  GTlsDatabase *database; /* (unowned) (nullable): whom to trust */
  char **also;            /* (unowned) (nullable): more addresses that must be refused */
  char **listeners;       /* (unowned) (nullable): own addresses that nothing must reach */
  gboolean wants_tcp_relay;
  gint64 until_us; /* in monotonic time */
} TurnCheckOptions;

/* (transfer full): what was found. */
TurnReport *turn_check_run (const TurnCheckOptions *options);

G_END_DECLS
