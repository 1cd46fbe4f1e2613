/* SPDX-License-Identifier: MPL-2.0 */
#include "source-tree.h"

#include "file-error.h"
#include "source-list.h"
#include "transfer-path.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <unistd.h>

/* A folder that is open because what is in it is being sent. */
typedef struct
{
  guint index; /* of its record */
  int fd;
} OpenFolder;

struct _SourceTree
{
  SourceList *list; /* (owned) */
  GArray *folders;  /* (owned): of OpenFolder, each in the one before it */
};

SourceTree *
source_tree_new (const char *const *paths, GError **error)
{
  g_autoptr (SourceList) list = source_list_new ();
  SourceTree *self;

  for (; *paths != NULL; paths++)
    if (!source_list_add (list, *paths, error))
      return NULL;
  self = g_new0 (SourceTree, 1);
  self->list = g_steal_pointer (&list);
  self->folders = g_array_sized_new (FALSE, FALSE, sizeof (OpenFolder), TRANSFER_PATH_MAX_SEGMENTS);
  return self;
}

static OpenFolder *
get_innermost (SourceTree *self)
{
  return &g_array_index (self->folders, OpenFolder, self->folders->len - 1);
}

static void
close_innermost (SourceTree *self)
{
  close (get_innermost (self)->fd);
  g_array_set_size (self->folders, self->folders->len - 1);
}

void
source_tree_free (SourceTree *self)
{
  while (self->folders->len > 0)
    close_innermost (self);
  g_array_unref (self->folders);
  source_list_free (self->list);
  g_free (self);
}

static const SourceRecord *
get_record (SourceTree *self, guint index)
{
  return &g_array_index (self->list->records, SourceRecord, index);
}

guint
source_tree_get_item_count (SourceTree *self)
{
  return self->list->items->len;
}

void
source_tree_get_item (SourceTree *self, guint index, SourceItem *item)
{
  const SourceListItem *listed = &g_array_index (self->list->items, SourceListItem, index);
  const SourceRecord *record = get_record (self, listed->record);

  *item = (SourceItem){
    .kind = record->kind, .name = record->path, .size = listed->size, .files = listed->files
  };
}

guint
source_tree_get_entry_count (SourceTree *self)
{
  return self->list->records->len;
}

/* Milliseconds since 1970; -1 before. */
static gint64
get_mtime (const struct stat *status)
{
  if (status->st_mtim.tv_sec < 0)
    return -1;
  return (gint64) status->st_mtim.tv_sec * 1000 + status->st_mtim.tv_nsec / 1000000;
}

void
source_tree_get_entry (SourceTree *self, guint index, SourceEntry *entry)
{
  const SourceRecord *record = get_record (self, index);
  const gboolean has_status = !record->is_stdin && record->kind != SOURCE_LINK;

  *entry = (SourceEntry){
    .kind = record->kind,
    .path = record->path,
    .target = record->target,
    .size = record->is_stdin              ? -1
            : record->kind == SOURCE_FILE ? record->status.st_size
                                          : 0,
    .mode = has_status ? record->status.st_mode & 0777 : G_MAXUINT,
    .mtime_ms = has_status ? get_mtime (&record->status) : -1,
  };
}

guint
source_tree_get_file_count (SourceTree *self)
{
  return self->list->file_count;
}

gint64
source_tree_get_size (SourceTree *self)
{
  return self->list->size;
}

guint
source_tree_get_left_out_count (SourceTree *self)
{
  return self->list->left_out_count;
}

static gboolean
is_same_time (struct timespec one, struct timespec other)
{
  return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

/* Whether nobody wrote to the file, replaced it, or changed its length since it was listed. */
static gboolean
is_unchanged (const struct stat *listed, const struct stat *now)
{
  return listed->st_dev == now->st_dev && listed->st_ino == now->st_ino
         && listed->st_mode == now->st_mode && listed->st_size == now->st_size
         && is_same_time (listed->st_mtim, now->st_mtim)
         && is_same_time (listed->st_ctim, now->st_ctim);
}

static gboolean
set_changed (const SourceRecord *record, GError **error)
{
  return file_error_set_rule (error, G_IO_ERROR_FAILED, record->path,
                              "This changed while it was being sent");
}

/* Closes open folders until what is left leads to the record @index. */
static void
close_unrelated (SourceTree *self, guint index)
{
  while (self->folders->len > 0)
    {
      const guint innermost = get_innermost (self)->index;
      guint ancestor = index;
      /* A folder comes before what is in it. */
      while (ancestor != SOURCE_NO_PARENT && ancestor > innermost)
        ancestor = get_record (self, ancestor)->parent;
      if (ancestor == innermost)
        return;
      close_innermost (self);
    }
}

static int open_record (SourceTree *self, guint index, int flags, GError **error);

/* Returns the descriptor of the folder that is the record @index, which stays the tree's; -1 with
 * an error. */
static int
open_folder (SourceTree *self, guint index, GError **error)
{
  OpenFolder folder = { .index = index };

  close_unrelated (self, index);
  if (self->folders->len > 0 && get_innermost (self)->index == index)
    return get_innermost (self)->fd;
  folder.fd = open_record (self, index, O_DIRECTORY, error);
  if (folder.fd >= 0)
    g_array_append_val (self->folders, folder);
  return folder.fd;
}

/* Opens the file or folder that is the record @index beneath its folder, and makes sure that it is
 * what was listed. Returns -1 with an error. */
static int
open_record (SourceTree *self, guint index, int flags, GError **error)
{
  const SourceRecord *record = get_record (self, index);
  int parent_fd = AT_FDCWD;
  struct stat status;
  int fd;

  if (record->parent != SOURCE_NO_PARENT)
    parent_fd = open_folder (self, record->parent, error);
  if (record->parent != SOURCE_NO_PARENT && parent_fd < 0)
    return -1;
  /* A pipe that took the file's place must not block. */
  fd = openat (parent_fd, source_list_get_real_name (self->list, index),
               O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags);
  if (fd < 0)
    {
      file_error_set (error, errno, "Can't read", record->path);
      return -1;
    }
  if (fstat (fd, &status) == 0 && status.st_dev == record->status.st_dev
      && status.st_ino == record->status.st_ino
      && (record->kind == SOURCE_FOLDER || is_unchanged (&record->status, &status)))
    return fd;
  set_changed (record, error);
  close (fd);
  return -1;
}

GInputStream *
source_tree_open (SourceTree *self, guint index, GError **error)
{
  int fd;

  g_return_val_if_fail (index < source_tree_get_entry_count (self), NULL);
  g_return_val_if_fail (get_record (self, index)->kind == SOURCE_FILE, NULL);

  /* This stream reads a regular file in a thread, and polls a pipe, so that waiting for standard
   * input can be cancelled. */
  if (get_record (self, index)->is_stdin)
    return g_unix_input_stream_new (STDIN_FILENO, FALSE);
  fd = open_record (self, index, 0, error);
  return fd >= 0 ? g_unix_input_stream_new (fd, TRUE) : NULL;
}

gboolean
source_tree_check_unchanged (SourceTree *self, guint index, GInputStream *stream, guint64 read_size,
                             GError **error)
{
  const SourceRecord *record = get_record (self, index);
  struct stat status;

  if (record->is_stdin)
    return TRUE;
  if (fstat (g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (stream)), &status) != 0
      || !is_unchanged (&record->status, &status) || read_size != (guint64) record->status.st_size)
    return set_changed (record, error);
  return TRUE;
}
