/* SPDX-License-Identifier: MPL-2.0 */
#include <string.h>

#include "options-check.h"

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, message);
  return FALSE;
}

static gboolean
check_paths (char **paths, GError **error)
{
  guint standard_inputs = 0;

  if (paths == NULL)
    return fail (error, "Say what to send: files, folders, or - for standard input");
  for (gsize i = 0; paths[i] != NULL; i++)
    {
      if (paths[i][0] == '\0')
        return fail (error, "An empty path names no file");
      if (strcmp (paths[i], "-") == 0)
        standard_inputs++;
    }
  return standard_inputs <= 1 || fail (error, "Standard input can be sent only once");
}

static gboolean
check_output (const RawFiles *raw, gboolean json, Options *options, GError **error)
{
  int rules = !!raw->overwrites + !!raw->renames + !!raw->skips;

  if (rules > 1)
    return fail (error, "--overwrite, --rename and --skip exclude each other");
  if (raw->to_stdout && json)
    return fail (error, "--stdout and --json both want standard output");
  if (raw->to_stdout && (raw->output != NULL || rules > 0))
    return fail (error, "--stdout makes no file: --output, --overwrite, --rename and --skip "
                        "do not go with it");
  options->directory = g_strdup (raw->output != NULL ? raw->output : ".");
  options->to_stdout = raw->to_stdout;
  options->accepts = raw->accepts;
  options->has_conflict_rule = rules > 0;
  options->conflict_rule = raw->overwrites ? CONFLICT_OVERWRITE
                           : raw->renames  ? CONFLICT_RENAME
                           : raw->skips    ? CONFLICT_SKIP
                                           : CONFLICT_REFUSE;
  return TRUE;
}

gboolean
options_check_files (const RawOptions *raw, Options *options, GError **error)
{
  switch (options->command)
    {
    case COMMAND_SEND:
      options->paths = g_strdupv (raw->arguments);
      return check_paths (options->paths, error);
    case COMMAND_RECEIVE:
      return check_output (&raw->files, raw->json, options, error);
    case COMMAND_NAT:
      return raw->arguments == NULL || fail (error, "\"floe nat\" takes options only");
    case COMMAND_SERVE:
    default:
      return raw->arguments == NULL || fail (error, "\"floe serve\" takes options only");
    }
}
