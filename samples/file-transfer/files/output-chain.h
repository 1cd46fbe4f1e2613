/* SPDX-License-Identifier: MPL-2.0 */
/* The folders from the output folder down to where the next entry goes, kept open: a file costs no
 * walk down its path, and each folder was opened beneath the one before it without following a
 * link.
 *
 * A sender goes through a folder and then leaves it for good, so its mode and its times are applied
 * when it is left, by its descriptor. Who comes back to a folder finds it again
 * under the name that it has when it is made safe.
 *
 * Layer: samples. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _OutputChain OutputChain;

/* (transfer full): takes over @fd, the output folder. */
OutputChain *output_chain_new (int fd);

/* Applies nothing, and removes those of our own folders among the open ones that are empty. */
void output_chain_free (OutputChain *self);

/* How many folders are open beneath the output folder. */
guint output_chain_get_depth (OutputChain *self);

/* How many of the @count first @segments, names of the sender's, are open. */
guint output_chain_count_open (OutputChain *self, char **segments, guint count);

/* The innermost folder, and whether this transfer made it. */
int output_chain_get_fd (OutputChain *self);
gboolean output_chain_is_own (OutputChain *self);

/* The output folder itself. */
int output_chain_get_root_fd (OutputChain *self);

/* Opens the folder @local_name, which the sender calls @name. */
gboolean output_chain_enter (OutputChain *self, const char *name, const char *local_name,
                             gboolean is_own, GError **error);

/* Makes the folder @local_name in the innermost one, without opening it. @mode: what is to be set
 * in the end; G_MAXUINT for none. */
gboolean output_chain_make_folder (OutputChain *self, const char *local_name, guint mode,
                                   GError **error);

/* What the innermost folder, which was just made, gets when it is left: @mode, G_MAXUINT for none,
 * and @mtime_ms, negative for none. Until then its owner may do all in it. */
gboolean output_chain_set_attributes (OutputChain *self, guint mode, gint64 mtime_ms,
                                      GError **error);

/* Leaves all but @depth folders. */
void output_chain_leave (OutputChain *self, guint depth);

/* (transfer full): the path of @local_name in the innermost folder, beneath the output folder. */
char *output_chain_get_path (OutputChain *self, const char *local_name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OutputChain, output_chain_free)

G_END_DECLS
