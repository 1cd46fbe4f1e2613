/* SPDX-License-Identifier: MPL-2.0 */
#include "options-environment.h"

/* (transfer full) (nullable): the variable @name, unless it is empty, which is then gone. */
static char *
take_variable (const char *name)
{
  const char *value = g_getenv (name);
  char *copy = value != NULL && value[0] != '\0' ? g_strdup (value) : NULL;

  g_unsetenv (name);
  return copy;
}

void
options_environment_apply (Command command, RawOptions *raw)
{
  g_autofree char *code = take_variable ("FLOE_CODE");
  g_autofree char *password = take_variable ("FLOE_TURN_PASSWORD");

  if (command == COMMAND_RECEIVE && code != NULL && raw->arguments == NULL)
    {
      raw->arguments = g_new0 (char *, 2);
      raw->arguments[0] = g_steal_pointer (&code);
      raw->has_code_of_environment = TRUE;
    }
  if (raw->connection.turn_password == NULL)
    raw->connection.turn_password = g_steal_pointer (&password);
}
