/* SPDX-License-Identifier: MPL-2.0 */
/* What the environment says that the command line does not. */
#pragma once

#include "options-table.h"

G_BEGIN_DECLS

/* Fills what @raw leaves open, and takes secrets out of the environment, so that nothing that is
 * started from here inherits them. */
void options_environment_apply (Command command, RawOptions *raw);

G_END_DECLS
