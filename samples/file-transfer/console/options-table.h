/* SPDX-License-Identifier: MPL-2.0 */
/* The options as they are typed, before anybody looked at what they mean. */
#pragma once

#include <glib.h>

#include "options.h"

G_BEGIN_DECLS

/* In RawOptions.timeout_s when the option was not given. */
#define TIMEOUT_NOT_GIVEN G_MININT

typedef struct
{
  char *server; /* (owned) (nullable), like all that follow */
  char *listen;
  char *tls_certificate;
  char *tls_key;
  char *tls_authority;
  char **hosts;
  gboolean logs_addresses;
} RawRoom;

typedef struct
{
  char **stun;
  char **turn;
  char *turn_user;
  char *turn_password;
  char *turn_authority;
  char *turn_proxy;
  char *port_range;
  char *privacy;
  gboolean relay_only;
} RawConnection;

typedef struct
{
  char *output;
  gboolean accepts;
  gboolean overwrites;
  gboolean renames;
  gboolean skips;
  gboolean to_stdout;
} RawFiles;

typedef struct
{
  char **interfaces;
  char *proxy;
  gboolean explains;
} RawNat;

typedef struct
{
  RawRoom room;
  RawConnection connection;
  RawFiles files;
  RawNat nat;
  char **arguments;
  gboolean has_code_of_environment; /* it is the argument */
  int timeout_s;
  gboolean json;
  gboolean verbose;
  gboolean help;
  gboolean version;
} RawOptions;

/* Wipes the password, too. */
void raw_options_clear (RawOptions *self);

/* (transfer full): knows the options of @command and fills @raw, which outlives it. */
GOptionContext *options_table_new (Command command, RawOptions *raw);

/* (transfer full): what "floe COMMAND --help" says. */
char *options_table_get_help (GOptionContext *context);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RawOptions, raw_options_clear)

G_END_DECLS
