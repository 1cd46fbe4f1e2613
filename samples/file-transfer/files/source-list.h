/* SPDX-License-Identifier: MPL-2.0 */
/* What a source tree knows of what it sends, and how it finds out.
 *
 * Layer: samples. For source-tree.c only. */
#pragma once

#include "source-tree.h"

#include <sys/stat.h>

G_BEGIN_DECLS

/* The parent of what was named itself. */
#define SOURCE_NO_PARENT G_MAXUINT

typedef struct
{
  SourceKind kind;
  gboolean is_stdin;
  char *path;      /* (owned): as the receiver is told */
  char *real_name; /* (owned) (nullable): in its folder, when it is not the last segment of path;
                    * the absolute path of what has no parent */
  char *target;    /* (owned) (nullable) */
  guint parent;    /* index of its folder */
  struct stat status;
} SourceRecord;

typedef struct
{
  guint record; /* its index */
  guint files;
  gint64 size;
} SourceListItem;

typedef struct
{
  GArray *records;        /* (owned): of SourceRecord */
  GArray *items;          /* (owned): of SourceListItem */
  GHashTable *item_names; /* (owned): of names that records own, a set */
  guint file_count;
  guint left_out_count;
  gint64 size; /* -1: not known beforehand */
} SourceList;

SourceList *source_list_new (void);
void source_list_free (SourceList *self);

/* Lists what is under @path, a path of this system or "-". */
gboolean source_list_add (SourceList *self, const char *path, GError **error);

/* (transfer none): what the file is called in its folder. */
const char *source_list_get_real_name (SourceList *self, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SourceList, source_list_free)

G_END_DECLS
