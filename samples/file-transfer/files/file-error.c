/* SPDX-License-Identifier: MPL-2.0 */
#include "file-error.h"

#include "safe-text.h"

#include <errno.h>

/* Characters of a path in a message. */
#define MAX_SHOWN_NAME 300

static GIOErrorEnum
get_io_code (int code)
{
  if (code == ENOSPC || code == EDQUOT || code == EFBIG)
    return G_IO_ERROR_NO_SPACE;
  return g_io_error_from_errno (code);
}

gboolean
file_error_set (GError **error, int code, const char *what, const char *name)
{
  g_autofree char *shown = safe_message (name, MAX_SHOWN_NAME);

  g_set_error (error, G_IO_ERROR, get_io_code (code), "%s %s: %s", what, shown, g_strerror (code));
  return FALSE;
}

gboolean
file_error_set_rule (GError **error, GIOErrorEnum code, const char *name, const char *why)
{
  g_autofree char *shown = safe_message (name, MAX_SHOWN_NAME);

  g_set_error (error, G_IO_ERROR, code, "%s: %s", shown, why);
  return FALSE;
}
