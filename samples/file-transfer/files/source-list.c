/* SPDX-License-Identifier: MPL-2.0 */
#include "source-list.h"

#include "file-error.h"
#include "transfer-path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The largest number that docs/protocol.md can say. */
#define MAX_TOTAL_SIZE ((G_GINT64_CONSTANT (1) << 53) - 1)

/* What is sent of the root of a file system. */
#define ROOT_NAME "root"

static void
clear_record (SourceRecord *record)
{
  g_free (record->path);
  g_free (record->real_name);
  g_free (record->target);
}

SourceList *
source_list_new (void)
{
  SourceList *self = g_new0 (SourceList, 1);

  self->records = g_array_new (FALSE, FALSE, sizeof (SourceRecord));
  g_array_set_clear_func (self->records, (GDestroyNotify) clear_record);
  self->items = g_array_new (FALSE, FALSE, sizeof (SourceListItem));
  self->item_names = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
source_list_free (SourceList *self)
{
  g_hash_table_unref (self->item_names);
  g_array_unref (self->items);
  g_array_unref (self->records);
  g_free (self);
}

static SourceRecord *
get_record (SourceList *self, guint index)
{
  return &g_array_index (self->records, SourceRecord, index);
}

const char *
source_list_get_real_name (SourceList *self, guint index)
{
  const SourceRecord *record = get_record (self, index);
  const char *slash;

  if (record->real_name != NULL)
    return record->real_name;
  slash = strrchr (record->path, '/');
  return slash != NULL ? slash + 1 : record->path;
}

/* (transfer full): @real_name as it is told to the receiver: valid UTF-8, and like none of @taken.
 */
static char *
make_told_name (const char *real_name, GHashTable *taken, gboolean has_extension)
{
  g_autofree char *valid = g_utf8_make_valid (real_name, -1);
  char *told = g_strdup (valid);

  for (guint number = 1; g_hash_table_contains (taken, told); number++)
    {
      g_free (told);
      told = transfer_path_number (valid, number, has_extension);
    }
  return told;
}

/* Counts the file that is the record @index, which was just added, in the last item. */
static gboolean
count_file (SourceList *self, guint index, GError **error)
{
  const SourceRecord *record = get_record (self, index);
  SourceListItem *item = &g_array_index (self->items, SourceListItem, self->items->len - 1);
  const gint64 size = record->status.st_size;

  self->file_count++;
  item->files++;
  if (record->is_stdin)
    {
      item->size = self->size = -1;
      return TRUE;
    }
  if (size > MAX_TOTAL_SIZE - item->size || size > MAX_TOTAL_SIZE - MAX (self->size, 0))
    return file_error_set_rule (error, G_IO_ERROR_NOT_SUPPORTED, record->path,
                                "This is more than one transfer can hold");
  item->size += size;
  if (self->size >= 0)
    self->size += size;
  return TRUE;
}

/* Takes over what @record owns. */
static guint
add_record (SourceList *self, SourceRecord record)
{
  g_array_append_val (self->records, record);
  return self->records->len - 1;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* (transfer full) (nullable): the names in the folder @fd, sorted, so that a tree is sent in the
 * same order wherever it lies. */
static GPtrArray *
read_names (int fd, const char *path, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  int own_fd = openat (fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *folder = own_fd >= 0 ? fdopendir (own_fd) : NULL;
  struct dirent *next;

  if (folder == NULL)
    {
      file_error_set (error, errno, "Can't read the folder", path);
      if (own_fd >= 0)
        close (own_fd);
      return NULL;
    }
  for (errno = 0; (next = readdir (folder)) != NULL; errno = 0)
    if (strcmp (next->d_name, ".") != 0 && strcmp (next->d_name, "..") != 0)
      g_ptr_array_add (names, g_strdup (next->d_name));
  if (errno != 0)
    {
      file_error_set (error, errno, "Can't read the folder", path);
      closedir (folder);
      return NULL;
    }
  closedir (folder);
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

/* A folder that is being listed. */
typedef struct
{
  int fd;
  guint index; /* of its record */
  guint depth; /* how many segments its path has */
} Folder;

static gboolean list_folder (SourceList *self, const Folder *folder, GError **error);

/* Opens the folder that is the record @index, which was just added, and lists what is in it. */
static gboolean
enter_folder (SourceList *self, int parent_fd, guint index, guint depth, GError **error)
{
  Folder folder = { .index = index, .depth = depth };
  gboolean is_listed;

  folder.fd = openat (parent_fd, source_list_get_real_name (self, index),
                      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder.fd < 0)
    return file_error_set (error, errno, "Can't read the folder", get_record (self, index)->path);
  is_listed = list_folder (self, &folder, error);
  close (folder.fd);
  return is_listed;
}

/* (transfer full) (nullable): what the link @name points to if that is inside; NULL without an
 * error when it is to be left out. */
static char *
read_link (const Folder *folder, const char *name)
{
  char target[PATH_MAX];
  gssize size = readlinkat (folder->fd, name, target, sizeof target);
  g_autofree char *valid = NULL;

  if (size <= 0 || size == sizeof target)
    return NULL;
  valid = g_utf8_make_valid (target, size);
  if (!transfer_path_is_inside (valid, folder->depth - 1))
    return NULL;
  return g_steal_pointer (&valid);
}

/* After a folder or a link was added as the record @index. */
static gboolean
check_count (SourceList *self, guint index, GError **error)
{
  if (self->records->len - self->file_count <= TRANSFER_MAX_FOLDERS_AND_LINKS)
    return TRUE;
  return file_error_set_rule (error, G_IO_ERROR_NOT_SUPPORTED, get_record (self, index)->path,
                              "There are more folders and links than a transfer can hold");
}

/* Adds @record, a file, folder or link called @real_name in @folder, or leaves it out. */
static gboolean
list_entry (SourceList *self, const Folder *folder, const char *real_name, SourceRecord record,
            GError **error)
{
  guint index;

  switch (record.status.st_mode & S_IFMT)
    {
    case S_IFREG:
      record.kind = SOURCE_FILE;
      index = add_record (self, record);
      if (faccessat (folder->fd, real_name, R_OK, AT_EACCESS) != 0)
        return file_error_set (error, errno, "Can't read", record.path);
      return count_file (self, index, error);
    case S_IFDIR:
      record.kind = SOURCE_FOLDER;
      index = add_record (self, record);
      return check_count (self, index, error)
             && enter_folder (self, folder->fd, index, folder->depth + 1, error);
    case S_IFLNK:
      record.kind = SOURCE_LINK;
      record.target = read_link (folder, real_name);
      if (record.target != NULL)
        return check_count (self, add_record (self, record), error);
      break;
    default:
      break;
    }
  self->left_out_count++;
  clear_record (&record);
  return TRUE;
}

/* Whether @name in a folder of @depth segments makes a path that docs/protocol.md allows. */
static gboolean
check_path (const char *path, const char *name, guint depth, GError **error)
{
  if (depth >= TRANSFER_PATH_MAX_SEGMENTS)
    return file_error_set_rule (error, G_IO_ERROR_FILENAME_TOO_LONG, path,
                                "Folders are nested more deeply than a transfer can hold");
  if (!transfer_path_is_segment (name) || strlen (path) > TRANSFER_PATH_MAX_SIZE)
    return file_error_set_rule (error, G_IO_ERROR_FILENAME_TOO_LONG, path,
                                "This name is longer than a transfer can hold");
  return TRUE;
}

static gboolean
list_name (SourceList *self, const Folder *folder, const char *real_name, GHashTable *taken,
           GError **error)
{
  SourceRecord record = { .parent = folder->index };
  g_autofree char *told = NULL;

  if (g_utf8_validate (real_name, -1, NULL))
    told = g_strdup (real_name);
  else
    {
      told = make_told_name (real_name, taken, TRUE);
      g_hash_table_add (taken, g_strdup (told));
      record.real_name = g_strdup (real_name);
    }
  record.path = g_strdup_printf ("%s/%s", get_record (self, folder->index)->path, told);
  if (!check_path (record.path, told, folder->depth, error))
    {
      clear_record (&record);
      return FALSE;
    }
  if (fstatat (folder->fd, real_name, &record.status, AT_SYMLINK_NOFOLLOW) != 0)
    {
      file_error_set (error, errno, "Can't read", record.path);
      clear_record (&record);
      return FALSE;
    }
  return list_entry (self, folder, real_name, record, error);
}

/* Recursion ends at TRANSFER_PATH_MAX_SEGMENTS. */
static gboolean
list_folder (SourceList *self, const Folder *folder, GError **error)
{
  g_autoptr (GPtrArray) names =
      read_names (folder->fd, get_record (self, folder->index)->path, error);
  g_autoptr (GHashTable) taken = NULL;

  if (names == NULL)
    return FALSE;
  taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  /* Only a name that has to be changed can become like another one. */
  for (guint i = 0; i < names->len; i++)
    if (g_utf8_validate (names->pdata[i], -1, NULL))
      g_hash_table_add (taken, g_strdup (names->pdata[i]));
  for (guint i = 0; i < names->len; i++)
    if (!list_name (self, folder, names->pdata[i], taken, error))
      return FALSE;
  return TRUE;
}

/* (transfer full): what @path is called, which is @real_path. */
static char *
get_item_name (const char *path, const char *real_path)
{
  g_autofree char *name = g_path_get_basename (path);

  if (g_str_has_suffix (path, "/") || strcmp (name, ".") == 0 || strcmp (name, "..") == 0)
    {
      g_free (name);
      name = g_path_get_basename (real_path);
    }
  return strcmp (name, "/") == 0 ? g_strdup (ROOT_NAME) : g_steal_pointer (&name);
}

static gboolean
add_item (SourceList *self, SourceRecord record, const char *name, GError **error)
{
  SourceListItem item = { .record = self->records->len };

  record.parent = SOURCE_NO_PARENT;
  record.path = make_told_name (name, self->item_names, record.kind == SOURCE_FILE);
  add_record (self, record);
  g_array_append_val (self->items, item);
  g_hash_table_add (self->item_names, record.path);
  return check_path (record.path, record.path, 0, error);
}

static gboolean
add_stdin (SourceList *self, GError **error)
{
  SourceRecord record = { .kind = SOURCE_FILE, .is_stdin = TRUE };

  for (guint i = 0; i < self->records->len; i++)
    if (get_record (self, i)->is_stdin)
      return file_error_set_rule (error, G_IO_ERROR_INVALID_ARGUMENT, "-",
                                  "Standard input can be sent only once");
  return add_item (self, record, "stdin", error)
         && count_file (self, self->records->len - 1, error);
}

gboolean
source_list_add (SourceList *self, const char *path, GError **error)
{
  SourceRecord record = { 0 };
  g_autofree char *name = NULL;
  char real_path[PATH_MAX];
  guint index = self->records->len;

  if (strcmp (path, "-") == 0)
    return add_stdin (self, error);
  if (realpath (path, real_path) == NULL || lstat (real_path, &record.status) != 0)
    return file_error_set (error, errno, "Can't read", path);
  if (!S_ISREG (record.status.st_mode) && !S_ISDIR (record.status.st_mode))
    return file_error_set_rule (error, G_IO_ERROR_NOT_REGULAR_FILE, path,
                                "This is neither a file nor a folder");
  record.kind = S_ISDIR (record.status.st_mode) ? SOURCE_FOLDER : SOURCE_FILE;
  record.real_name = g_strdup (real_path);
  name = get_item_name (path, real_path);
  if (!add_item (self, record, name, error))
    return FALSE;
  if (record.kind == SOURCE_FOLDER)
    return enter_folder (self, AT_FDCWD, index, 1, error);
  if (faccessat (AT_FDCWD, real_path, R_OK, AT_EACCESS) != 0)
    return file_error_set (error, errno, "Can't read", path);
  return count_file (self, index, error);
}
