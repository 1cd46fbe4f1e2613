/* SPDX-License-Identifier: MPL-2.0 */
/* What is to be sent: the files, folders and links under some paths, listed before the first byte
 * goes out, in the order in which they are sent and with the paths that the receiver is told
 * (docs/protocol.md section 4).
 *
 * Links are listed if they stay inside the folder that is sent, and left out otherwise, as are
 * sockets, pipes and devices. A link that was named itself is followed. "-" is standard input.
 *
 * Files that cannot be read are an error before anything is sent. Names that are no UTF-8 are sent
 * with U+FFFD in them; those with control characters and backslashes as they are.
 *
 * Errors are those of G_IO_ERROR with a message that names the file, fit for a terminal.
 *
 * Layer: samples. Knows nothing about connections. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  SOURCE_FOLDER,
  SOURCE_FILE,
  SOURCE_LINK,
} SourceKind;

typedef struct
{
  SourceKind kind;
  const char *path;   /* as the receiver is told */
  const char *target; /* (nullable): with LINK */
  gint64 size;        /* with FILE, in bytes; -1: not known beforehand */
  guint mode;         /* the lower nine permission bits; G_MAXUINT: none */
  gint64 mtime_ms;    /* since 1970; -1: none */
} SourceEntry;

/* One of the paths that were given. */
typedef struct
{
  SourceKind kind;
  const char *name;
  gint64 size; /* of all that is in it; -1: not known beforehand */
  guint files; /* in it */
} SourceItem;

typedef struct _SourceTree SourceTree;

/* (transfer full): lists what is under @paths (not empty), or returns NULL with an error when
 * something can't be read. Items that would have the same name are numbered. */
SourceTree *source_tree_new (const char *const *paths, GError **error);
void source_tree_free (SourceTree *self);

guint source_tree_get_item_count (SourceTree *self);
void source_tree_get_item (SourceTree *self, guint index, SourceItem *item);
guint source_tree_get_entry_count (SourceTree *self);
void source_tree_get_entry (SourceTree *self, guint index, SourceEntry *entry);

guint source_tree_get_file_count (SourceTree *self);

/* All files' sizes; -1: not known beforehand. */
gint64 source_tree_get_size (SourceTree *self);

/* How many things were left out because they are no files or lead outside. */
guint source_tree_get_left_out_count (SourceTree *self);

/* (transfer full): opens the file that is entry @index, without following links. G_IO_ERROR_FAILED
 * when it is not what was listed any more. Read it with the async functions, 512 KiB at a time say.
 * Files are cheapest to open in the order in which they are listed. */
GInputStream *source_tree_open (SourceTree *self, guint index, GError **error);

/* Whether the file that is entry @index, of which @read_size bytes were read from @stream up to its
 * end, is still what was listed: same size, same times. FALSE with G_IO_ERROR_FAILED. @stream is
 * what open() returned, not closed yet. Always TRUE for standard input. */
gboolean source_tree_check_unchanged (SourceTree *self, guint index, GInputStream *stream,
                                      guint64 read_size, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SourceTree, source_tree_free)

G_END_DECLS
