/* SPDX-License-Identifier: MPL-2.0 */
/* What an output folder remembers of a transfer: the topmost names that were announced, what the
 * topmost folders are called here, and which files are its own among those of the user.
 *
 * Bounded, whatever the sender does. Layer: samples. */
#pragma once

#include <gio/gio.h>
#include <sys/stat.h>

G_BEGIN_DECLS

typedef struct _OutputNames OutputNames;

OutputNames *output_names_new (void);
void output_names_free (OutputNames *self);

/* FALSE with G_IO_ERROR_INVALID_FILENAME when @name is none, or when there are more than an offer
 * has room for. */
gboolean output_names_announce (OutputNames *self, const char *name, GError **error);
gboolean output_names_is_announced (OutputNames *self, const char *name);

/* Remembers that the topmost folder @name of the sender's is @local_name here. FALSE with
 * G_IO_ERROR_INVALID_FILENAME when there are too many. */
gboolean output_names_set_folder (OutputNames *self, const char *name, const char *local_name,
                                  GError **error);

/* (transfer none) (nullable): NULL when no such folder was made. */
const char *output_names_get_folder (OutputNames *self, const char *name);

/* Remembers that this transfer made @status. */
void output_names_add_own (OutputNames *self, const struct stat *status);

/* Whether this transfer made @status, or may have: that is the answer when it made more than can be
 * remembered. */
gboolean output_names_is_own (OutputNames *self, const struct stat *status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OutputNames, output_names_free)

G_END_DECLS
