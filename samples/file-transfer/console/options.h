/* SPDX-License-Identifier: MPL-2.0 */
/* The command line of floe. */
#pragma once

#include <gio/gio.h>

#include "floe-room-address.h"
#include "output-folder.h"
#include "report.h"

G_BEGIN_DECLS

typedef enum
{
  COMMAND_SEND,
  COMMAND_RECEIVE,
  COMMAND_SERVE,
  COMMAND_NAT,
} Command;

/* What only "floe nat" has. */
typedef struct
{
  char **interfaces;     /* (owned) (nullable): to look from; NULL: all */
  GProxyResolver *proxy; /* (owned) (nullable): NULL: the desktop's */
  gboolean with_evidence;
  gboolean explains; /* also how connections are tried */
} NatOptions;

typedef struct
{
  Command command;
  ReportForm form;
  guint timeout_s; /* 0: the default */
  gboolean is_verbose;
  gboolean is_answered; /* --help or --version was: nothing else is to be done */

  /* The room. */
  FloeRoomAddress address;      /* with has_address: receive: where to go, with a code; else the
                                   --server, without one */
  gboolean has_address;         /* FALSE: a rendezvous of our own */
  GInetSocketAddress *listen;   /* (owned): where our own rendezvous listens */
  gboolean has_listen;          /* --listen was given, and not chosen for the user */
  GTlsCertificate *certificate; /* (owned) (nullable): of our own rendezvous */
  GTlsDatabase *trust; /* (owned) (nullable): to trust besides the system's; nat: instead of it */
  char **hosts;        /* (owned) (nullable): names our own rendezvous goes by */
  gboolean logs_addresses; /* serve: also who comes and goes */

  /* The connection. */
  GPtrArray *ice_servers;     /* (owned): of FloeIceServer */
  GTlsDatabase *turn_trust;   /* (owned) (nullable): to trust alone for turns:, or the system's */
  GProxyResolver *turn_proxy; /* (owned) (nullable): the way to TURN over TCP and TLS */
  FloePrivacyLevel privacy;   /* serve: that who meets is asked to keep to */
  guint16 min_port, max_port; /* 0: any */

  /* The files. */
  char **paths;    /* (owned) (nullable): send: what */
  char *directory; /* (owned) (nullable): receive: where to */
  gboolean to_stdout;
  gboolean accepts; /* without being asked */
  ConflictRule conflict_rule;
  gboolean has_conflict_rule;

  NatOptions nat;
} Options;

void options_clear (Options *self);

/* Fills @out, without a code, with where others find our own rendezvous, which listens at @bound:
 * https if it has a certificate, and by the first name it goes by, if it has one. */
void options_get_own_address (const Options *self, GInetSocketAddress *bound, FloeRoomAddress *out);

/* Fills @options from the command line and the environment (FLOE_CODE, FLOE_TURN_PASSWORD), and
 * asks at the terminal for an address that is given as "-"; or returns FALSE with an error that
 * tells what is wrong; options->form is good in either case. Overwrites what is secret among @argv.
 */
gboolean options_parse (Options *options, int argc, char **argv, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

G_END_DECLS
