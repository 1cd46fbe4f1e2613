/* SPDX-License-Identifier: MPL-2.0 */
/* The values that a world's description has: durations, rates, shares, choices. Each sets an error
 * that tells what was expected. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LAB_TEXT_ERROR (lab_text_error_quark ())
GQuark lab_text_error_quark (void);

gboolean lab_text_duration (const char *text, gint64 *us, GError **error);
gboolean lab_text_share (const char *text, double *share, GError **error);
gboolean lab_text_rate (const char *text, gint64 *bits_per_s, GError **error);
gboolean lab_text_number (const char *text, guint min, guint max, guint *number, GError **error);
gboolean lab_text_real (const char *text, double max, double *number, GError **error);
gboolean lab_text_flag (const char *text, gboolean *flag, GError **error);
gboolean lab_text_choice (const char *text, const char *const *choices, guint *index,
                          GError **error);

G_END_DECLS
