/* SPDX-License-Identifier: MPL-2.0 */
/* The commands of floe-turn, each with its options.
 *
 * Layer: samples. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The exit status, floe-turn(1). */
typedef enum
{
  TURN_EXIT_OK = 0,
  TURN_EXIT_OPEN = 1, /* of "check": something is open; else: it failed */
  TURN_EXIT_USAGE = 2,
  TURN_EXIT_UNKNOWN = 3, /* the server could not be checked */
} TurnExit;

/* @arguments begin with the command's name. */
TurnExit turn_command_config (char **arguments);
TurnExit turn_command_check (char **arguments);
TurnExit turn_command_credentials (char **arguments);

/* Says what is wrong with the command line. */
TurnExit turn_command_fail (const char *command, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
