/* SPDX-License-Identifier: MPL-2.0 */
/* Where received files go: beneath one folder, never outside it, whatever paths and links the other
 * side sends, and under their names only once all of them is there and right.
 *
 * Paths are the sender's, checked and made safe here (docs/protocol.md section 4). Each segment is
 * opened beneath the one before it and no link is followed; only the output folder itself may be
 * one. Two names of the sender's that become the same here are both kept: one gets a number,
 * whatever the rule for what is the user's.
 *
 * Errors are those of G_IO_ERROR with a message that names the file, fit for a terminal:
 * G_IO_ERROR_INVALID_FILENAME when a path or a target breaks the rules, which is the sender's
 * fault; G_IO_ERROR_EXISTS with CONFLICT_REFUSE; G_IO_ERROR_NO_SPACE; and what else the system
 * says.
 *
 * Layer: samples. Knows nothing about connections. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What to do with what exists already. */
typedef enum
{
  CONFLICT_REFUSE,
  CONFLICT_OVERWRITE, /* files and links are replaced, folders merged */
  CONFLICT_RENAME,    /* a topmost name gets a number: "photos (1)" */
  CONFLICT_SKIP,      /* files that exist stay, folders are merged */
} ConflictRule;

typedef enum
{
  OUTPUT_FAILED, /* with an error */
  OUTPUT_BEGUN,
  OUTPUT_SKIPPED,
} OutputResult;

typedef struct _OutputFolder OutputFolder;

/* (transfer full): for @directory, which must exist. */
OutputFolder *output_folder_new (const char *directory, GError **error);

/* Removes what is not committed: the hidden file, and without finish() the folders last entered if
 * they were made by this transfer and nothing is in them. What is under its final name stays. */
void output_folder_free (OutputFolder *self);

/* CONFLICT_REFUSE until it is set; before anything is made. */
void output_folder_set_rule (OutputFolder *self, ConflictRule rule);

/* Whether @size more bytes fit. FALSE with G_IO_ERROR_NO_SPACE. */
gboolean output_folder_has_room (OutputFolder *self, guint64 size, GError **error);

/* Takes note of a topmost @name of the sender's: entries have to begin with one. FALSE with
 * G_IO_ERROR_INVALID_FILENAME. @exists (out): whether something of that name is there already. */
gboolean output_folder_announce (OutputFolder *self, const char *name, gboolean *exists,
                                 GError **error);

/* From now on entries may begin with other names, too: not all of them were announced. */
void output_folder_expect_more (OutputFolder *self);

/* Makes a folder, once, and before what is in it. @mode: permission bits, of which only the lower
 * nine count and which the umask limits; G_MAXUINT: none. @mtime_ms since 1970; -1: none. They are
 * applied when an entry outside the folder comes, or by finish(), and only to folders that were not
 * there before. */
gboolean output_folder_make_folder (OutputFolder *self, const char *path, guint mode,
                                    gint64 mtime_ms, GError **error);

/* Begins a file of @size bytes (-1: not known) under a hidden name. One at a time: a file that is
 * not committed when another entry begins is dropped. */
OutputResult output_folder_begin_file (OutputFolder *self, const char *path, gint64 size,
                                       guint mode, gint64 mtime_ms, GError **error);

/* (transfer none) (nullable): where the file that begin_file() began goes, or the one that is in
 * the way of what it skipped, beneath the folder, fit for a terminal. Until the next entry. */
const char *output_folder_get_file_name (OutputFolder *self);

/* Appends to it. Blocks as long as the disk does. */
gboolean output_folder_write (OutputFolder *self, const void *data, gsize size, GError **error);

/* Gives it its name. What has its name by then, although it was free when the file began, is not
 * replaced: G_IO_ERROR_EXISTS. A large file is on the disk then, small ones are after finish(). */
gboolean output_folder_commit_file (OutputFolder *self, GError **error);

/* Makes the link, or leaves it out when the rule is CONFLICT_SKIP and something is there. A link is
 * always in a folder: at the top there is nothing for it to stay in. */
gboolean output_folder_make_link (OutputFolder *self, const char *path, const char *target,
                                  GError **error);

/* All was received: gives the last folders their modes and times, and waits until all is on the
 * disk. */
gboolean output_folder_finish (OutputFolder *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OutputFolder, output_folder_free)

G_END_DECLS
