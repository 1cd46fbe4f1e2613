/* SPDX-License-Identifier: MPL-2.0 */
#include "lab-text.h"

#include <math.h>

GQuark
lab_text_error_quark (void)
{
  return g_quark_from_static_string ("lab-text-error");
}

typedef struct
{
  const char *name;
  double factor;
} Unit;

/* A number from 0 on with one of @units behind it. */
static gboolean
parse_with_unit (const char *text, const Unit *units, double max, const char *expected,
                 double *value, GError **error)
{
  char *end = NULL;
  double number = g_ascii_strtod (text, &end);

  for (const Unit *unit = units; end != text && unit->name != NULL; unit++)
    if (g_str_equal (end, unit->name) && isfinite (number) && number >= 0
        && number * unit->factor <= max)
      {
        *value = number * unit->factor;
        return TRUE;
      }
  g_set_error (error, LAB_TEXT_ERROR, 0, "'%s' is not %s", text, expected);
  return FALSE;
}

gboolean
lab_text_duration (const char *text, gint64 *us, GError **error)
{
  static const Unit units[] = { { "us", 1 },   { "ms", 1e3 },   { "s", 1e6 },
                                { "m", 60e6 }, { "h", 3600e6 }, { NULL, 0 } };
  double value;

  if (!parse_with_unit (text, units, 1e13, "a duration such as 20ms, 5s or 2m", &value, error))
    return FALSE;
  *us = (gint64) value;
  return TRUE;
}

gboolean
lab_text_share (const char *text, double *share, GError **error)
{
  static const Unit units[] = { { "%", 0.01 }, { NULL, 0 } };

  return parse_with_unit (text, units, 1, "a share from 0% to 100%", share, error);
}

gboolean
lab_text_rate (const char *text, gint64 *bits_per_s, GError **error)
{
  static const Unit units[] = {
    { "bit", 1 }, { "kbit", 1e3 }, { "mbit", 1e6 }, { "gbit", 1e9 }, { NULL, 0 }
  };
  double value;

  if (!parse_with_unit (text, units, 1e12, "a rate such as 500kbit or 20mbit", &value, error))
    return FALSE;
  *bits_per_s = (gint64) value;
  return TRUE;
}

gboolean
lab_text_real (const char *text, double max, double *number, GError **error)
{
  static const Unit units[] = { { "", 1 }, { NULL, 0 } };

  return parse_with_unit (text, units, max, "a number in range", number, error);
}

gboolean
lab_text_number (const char *text, guint min, guint max, guint *number, GError **error)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, min, max, &value, NULL))
    {
      g_set_error (error, LAB_TEXT_ERROR, 0, "'%s' is not a number from %u to %u", text, min, max);
      return FALSE;
    }
  *number = (guint) value;
  return TRUE;
}

gboolean
lab_text_choice (const char *text, const char *const *choices, guint *index, GError **error)
{
  g_autofree char *list = NULL;

  for (guint i = 0; choices[i] != NULL; i++)
    if (g_str_equal (text, choices[i]))
      {
        *index = i;
        return TRUE;
      }
  list = g_strjoinv (", ", (char **) choices);
  g_set_error (error, LAB_TEXT_ERROR, 0, "'%s' is none of %s", text, list);
  return FALSE;
}

gboolean
lab_text_flag (const char *text, gboolean *flag, GError **error)
{
  static const char *const choices[] = { "no", "yes", NULL };
  guint index;

  if (!lab_text_choice (text, choices, &index, error))
    return FALSE;
  *flag = index == 1;
  return TRUE;
}
