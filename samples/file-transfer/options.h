/* SPDX-License-Identifier: MPL-2.0 */
/* The command line of floe. */
#pragma once

#include <gio/gio.h>

#include "report.h"

G_BEGIN_DECLS

typedef enum
{
  COMMAND_SEND,
  COMMAND_RECEIVE,
} Command;

typedef struct
{
  Command command;
  ReportForm form;
  char *argument;             /* (owned): the file to send, or the address to receive from */
  char *directory;            /* (owned): where to put what arrives */
  GInetSocketAddress *listen; /* (owned): where the rendezvous listens */
  guint timeout_s;            /* 0: the default */
} Options;

void options_clear (Options *self);

/* Fills @options from the command line, or returns FALSE with an error that tells what is wrong;
 * options->form is good in either case. --help and --version print and exit. */
gboolean options_parse (Options *options, int argc, char **argv, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

G_END_DECLS
