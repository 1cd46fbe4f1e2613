/* SPDX-License-Identifier: MPL-2.0 */
/* Property: a candidate that parses is written as text that parses to the same. */
#include <string.h>

#include "floe-candidate-codec-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *written = NULL;
  g_autoptr (GError) error = NULL;
  FloeCandidate candidate;
  FloeCandidate again;

  memset (&candidate, 0, sizeof candidate);
  memset (&again, 0, sizeof again);
  if (!floe_candidate_parse (&candidate, text, &error))
    {
      g_assert_nonnull (error);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  written = floe_candidate_serialize (&candidate);
  g_assert_true (floe_candidate_parse (&again, written, NULL));
  g_assert_cmpmem (&candidate, sizeof candidate, &again, sizeof again);
  return 0;
}
