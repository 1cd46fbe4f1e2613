/* SPDX-License-Identifier: MPL-2.0 */
/* Property: a summary that parses, in either form, is written in both forms within the bound, and
 * either is read as the same summary and written as the same text again. */
#include "floe-nat-summary-codec-private.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_form (const FloeNatSummary *summary, FloeNatSummaryForm form)
{
  g_autofree char *text = floe_nat_summary_serialize (summary, form);
  g_autofree char *text_again = NULL;
  FloeNatSummary again;

  g_assert_cmpuint (strlen (text), <, FLOE_NAT_SUMMARY_SIZE);
  g_assert_true (floe_nat_summary_parse (&again, text, form, NULL));
  g_assert_true (floe_nat_summary_is_equal (summary, &again));
  text_again = floe_nat_summary_serialize (&again, form);
  g_assert_cmpstr (text, ==, text_again);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  for (guint form = FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE; form <= FLOE_NAT_SUMMARY_TOKEN; form++)
    {
      g_autoptr (GError) error = NULL;
      FloeNatSummary summary;

      if (!floe_nat_summary_parse (&summary, text, (FloeNatSummaryForm) form, &error))
        {
          g_assert_nonnull (error);
          g_assert_true (g_utf8_validate (error->message, -1, NULL));
          continue;
        }
      check_form (&summary, FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE);
      check_form (&summary, FLOE_NAT_SUMMARY_TOKEN);
    }
  return 0;
}
