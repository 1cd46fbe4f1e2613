/* SPDX-License-Identifier: MPL-2.0 */
/* From what was typed to what is meant. Errors are sentences that name the option. */
#pragma once

#include "options-table.h"

G_BEGIN_DECLS

gboolean options_check_room (const RawOptions *raw, Options *options, GError **error);
gboolean options_check_connection (const RawOptions *raw, Options *options, GError **error);
gboolean options_check_nat (const RawOptions *raw, Options *options, GError **error);
gboolean options_check_files (const RawOptions *raw, Options *options, GError **error);

G_END_DECLS
