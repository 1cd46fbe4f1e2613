/* SPDX-License-Identifier: MPL-2.0 */
/* Privacy levels by the names that command lines and messages have for them.
 *
 * Layer: samples. Pure. */
#pragma once

#include <floe/floe.h>

G_BEGIN_DECLS

/* Fills @out with the level called @name; or FALSE, and @out is untouched. */
gboolean sample_privacy_find (const char *name, FloePrivacyLevel *out);

/* The same, with an error to be put behind the option's name, which lists those there are. */
gboolean sample_privacy_parse (const char *name, FloePrivacyLevel *out, GError **error);

const char *sample_privacy_get_name (FloePrivacyLevel level);

G_END_DECLS
