/* SPDX-License-Identifier: MPL-2.0 */
#include "output-folder.h"

#include "file-error.h"
#include "output-chain.h"
#include "output-file.h"
#include "output-names.h"
#include "transfer-path.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* A name that is taken up to this number is refused: a sender whose names all become the same here
 * costs so many looks a file, and no more. */
#define MAX_NUMBER 1000

/* So many small files are synced one by one. */
#define MAX_SYNCED_FILES 16

typedef enum
{
  PLACE_FREE,    /* nothing has the name */
  PLACE_REPLACE, /* what has it goes */
  PLACE_SKIP,    /* what has it stays, and nothing is made */
  PLACE_MERGE,   /* a folder has it, and is used */
} Placement;

struct _OutputFolder
{
  char *path;         /* (owned): for messages */
  OutputChain *chain; /* (owned) */
  OutputNames *names; /* (owned) */
  OutputFile *file;   /* (owned) (nullable): between begin_file() and commit_file() */
  char *file_name;    /* (owned) (nullable): beneath the folder */
  char *local_name;   /* (owned) (nullable): what the file is to be called in its folder */
  Placement placement;
  gint64 mtime_ms;
  ConflictRule rule;
  gboolean expects_more;
  guint uncounted; /* folders and links */
  guint file_count;
  gboolean has_unsynced; /* more than files beside each other, which were synced */
};

OutputFolder *
output_folder_new (const char *directory, GError **error)
{
  OutputFolder *self;
  int fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0 || faccessat (fd, ".", W_OK | X_OK, AT_EACCESS) != 0)
    {
      file_error_set (error, errno, "Can't write to the folder", directory);
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  self = g_new0 (OutputFolder, 1);
  self->path = g_strdup (directory);
  self->chain = output_chain_new (fd);
  self->names = output_names_new ();
  return self;
}

/* Forgets the current file, and removes it if it was not committed. */
static void
drop_file (OutputFolder *self)
{
  g_clear_pointer (&self->file, output_file_free);
  g_clear_pointer (&self->file_name, g_free);
  g_clear_pointer (&self->local_name, g_free);
}

void
output_folder_free (OutputFolder *self)
{
  drop_file (self);
  output_chain_free (self->chain);
  output_names_free (self->names);
  g_free (self->path);
  g_free (self);
}

void
output_folder_set_rule (OutputFolder *self, ConflictRule rule)
{
  self->rule = rule;
}

gboolean
output_folder_has_room (OutputFolder *self, guint64 size, GError **error)
{
  struct statvfs info;

  if (fstatvfs (output_chain_get_root_fd (self->chain), &info) != 0 || info.f_frsize == 0)
    return TRUE; /* a file system that does not tell: writing will */
  if (size / info.f_frsize + (size % info.f_frsize != 0) <= info.f_bavail)
    return TRUE;
  return file_error_set (error, ENOSPC, "Can't write to the folder", self->path);
}

gboolean
output_folder_announce (OutputFolder *self, const char *name, gboolean *exists, GError **error)
{
  g_autofree char *local_name = NULL;
  struct stat status;

  if (!output_names_announce (self->names, name, error))
    return FALSE;
  local_name = transfer_path_make_safe (name, TRUE);
  *exists =
      fstatat (output_chain_get_root_fd (self->chain), local_name, &status, AT_SYMLINK_NOFOLLOW)
      == 0;
  return TRUE;
}

void
output_folder_expect_more (OutputFolder *self)
{
  self->expects_more = TRUE;
}

/* (transfer full) (nullable): the segments of @path if an entry may have it. Who begins an entry is
 * done with the one before. */
static GStrv
start_entry (OutputFolder *self, const char *path, guint *count, GError **error)
{
  g_auto (GStrv) segments = NULL;

  drop_file (self);
  segments = transfer_path_split (path, error);
  if (segments == NULL)
    return NULL;
  if (!self->expects_more && !output_names_is_announced (self->names, segments[0]))
    {
      file_error_set_rule (error, G_IO_ERROR_INVALID_FILENAME, path,
                           "This was not offered before it was sent");
      return NULL;
    }
  *count = g_strv_length (segments);
  return g_steal_pointer (&segments);
}

/* Counts a folder or a link, which are not part of what an offer counts. */
static gboolean
count_uncounted (OutputFolder *self, const char *path, GError **error)
{
  if (self->uncounted >= TRANSFER_MAX_FOLDERS_AND_LINKS)
    return file_error_set_rule (error, G_IO_ERROR_INVALID_FILENAME, path,
                                "There are too many folders and links in this transfer");
  self->uncounted++;
  return TRUE;
}

/* Goes into the folder @name of the innermost one, which exists. */
static gboolean
enter_known (OutputFolder *self, const char *name, GError **error)
{
  const gboolean is_first = output_chain_get_depth (self->chain) == 0;
  g_autofree char *local_name = NULL;
  struct stat status;

  if (is_first)
    local_name = g_strdup (output_names_get_folder (self->names, name));
  else
    local_name = transfer_path_make_safe (name, FALSE);
  if (local_name == NULL
      || fstatat (output_chain_get_fd (self->chain), local_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    return file_error_set_rule (error, G_IO_ERROR_INVALID_FILENAME, name,
                                "This folder was not sent before what is in it");
  return output_chain_enter (
      self->chain, name, local_name,
      output_chain_is_own (self->chain) || output_names_is_own (self->names, &status), error);
}

/* Makes the folder of the entry @segments the innermost one. */
static gboolean
enter_parent (OutputFolder *self, char **segments, guint count, GError **error)
{
  guint depth = output_chain_count_open (self->chain, segments, count - 1);

  output_chain_leave (self->chain, depth);
  for (; depth < count - 1; depth++)
    if (!enter_known (self, segments[depth], error))
      return FALSE;
  return TRUE;
}

/* (transfer full) (nullable): the first name like @name with a number that is free. */
static char *
find_free_name (OutputFolder *self, const char *name, gboolean is_folder, GError **error)
{
  const int fd = output_chain_get_fd (self->chain);
  struct stat status;

  for (guint number = 1; number <= MAX_NUMBER; number++)
    {
      g_autofree char *numbered = transfer_path_number (name, number, !is_folder);
      if (fstatat (fd, numbered, &status, AT_SYMLINK_NOFOLLOW) == 0)
        continue;
      if (errno == ENOENT)
        return g_steal_pointer (&numbered);
      file_error_set (error, errno, "Can't make", numbered);
      return NULL;
    }
  file_error_set (error, EEXIST, "Can't find a free name for", name);
  return NULL;
}

/* What the rule says about @name, which is the user's, when a folder comes, or a file or link. */
static gboolean
apply_rule (OutputFolder *self, const char *name, gboolean is_folder, gboolean exists_as_folder,
            Placement *placement, GError **error)
{
  g_autofree char *path = output_chain_get_path (self->chain, name);

  if (self->rule == CONFLICT_REFUSE)
    return file_error_set_rule (error, G_IO_ERROR_EXISTS, path,
                                "This exists already and is not replaced");
  if (is_folder && !exists_as_folder)
    return file_error_set_rule (error, G_IO_ERROR_NOT_DIRECTORY, path,
                                "A file or link is where a folder is to be; move it away");
  if (is_folder)
    *placement = PLACE_MERGE;
  else if (self->rule == CONFLICT_SKIP)
    *placement = PLACE_SKIP;
  else if (exists_as_folder)
    return file_error_set_rule (error, G_IO_ERROR_IS_DIRECTORY, path,
                                "A folder is where a file is to be; move it away");
  else
    *placement = PLACE_REPLACE;
  return TRUE;
}

/* (transfer full) (nullable): what the sender's @segment is to be called in the innermost folder.
 */
static char *
place (OutputFolder *self, const char *segment, gboolean is_folder, Placement *placement,
       GError **error)
{
  const gboolean is_first = output_chain_get_depth (self->chain) == 0;
  g_autofree char *name = transfer_path_make_safe (segment, is_first);
  struct stat status;

  *placement = PLACE_FREE;
  if (fstatat (output_chain_get_fd (self->chain), name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    {
      if (errno == ENOENT)
        return g_steal_pointer (&name);
      file_error_set (error, errno, "Can't make", name);
      return NULL;
    }
  /* Two names of the sender's may become one here, and neither is to be lost. */
  if (self->rule == CONFLICT_RENAME || output_chain_is_own (self->chain)
      || output_names_is_own (self->names, &status))
    return find_free_name (self, name, is_folder, error);
  if (!apply_rule (self, name, is_folder, S_ISDIR (status.st_mode), placement, error))
    return NULL;
  return g_steal_pointer (&name);
}

/* Remembers what this transfer made in the innermost folder. In a folder of our own everything is
 * ours, so only what is among the user's has to be remembered. */
static void
remember_own (OutputFolder *self, const char *name)
{
  struct stat status;

  if (!output_chain_is_own (self->chain)
      && fstatat (output_chain_get_fd (self->chain), name, &status, AT_SYMLINK_NOFOLLOW) == 0)
    output_names_add_own (self->names, &status);
}

/* Makes the folder @segment in the innermost one, and goes into it. */
static gboolean
make_folder (OutputFolder *self, const char *segment, guint mode, gint64 mtime_ms, GError **error)
{
  const gboolean is_first = output_chain_get_depth (self->chain) == 0;
  Placement placement;
  g_autofree char *name = place (self, segment, TRUE, &placement, error);

  if (name == NULL)
    return FALSE;
  if (placement != PLACE_MERGE && !output_chain_make_folder (self->chain, name, mode, error))
    return FALSE;
  if (is_first && !output_names_set_folder (self->names, segment, name, error))
    return FALSE;
  if (placement == PLACE_MERGE)
    return output_chain_enter (self->chain, segment, name, FALSE, error);
  self->has_unsynced = TRUE;
  remember_own (self, name);
  return output_chain_enter (self->chain, segment, name, TRUE, error)
         && output_chain_set_attributes (self->chain, mode, mtime_ms, error);
}

gboolean
output_folder_make_folder (OutputFolder *self, const char *path, guint mode, gint64 mtime_ms,
                           GError **error)
{
  guint count;
  g_auto (GStrv) segments = start_entry (self, path, &count, error);

  if (segments == NULL || !count_uncounted (self, path, error))
    return FALSE;
  /* It is open, or was at the top: this folder is sent a second time. */
  if (output_chain_count_open (self->chain, segments, count) == count)
    return TRUE;
  if (!enter_parent (self, segments, count, error))
    return FALSE;
  if (count == 1 && output_names_get_folder (self->names, segments[0]) != NULL)
    return enter_known (self, segments[0], error);
  return make_folder (self, segments[count - 1], mode, mtime_ms, error);
}

OutputResult
output_folder_begin_file (OutputFolder *self, const char *path, gint64 size, guint mode,
                          gint64 mtime_ms, GError **error)
{
  guint count;
  g_auto (GStrv) segments = start_entry (self, path, &count, error);

  if (segments == NULL || !enter_parent (self, segments, count, error))
    return OUTPUT_FAILED;
  self->local_name = place (self, segments[count - 1], FALSE, &self->placement, error);
  if (self->local_name == NULL)
    return OUTPUT_FAILED;
  self->file_name = output_chain_get_path (self->chain, self->local_name);
  if (self->placement == PLACE_SKIP)
    return OUTPUT_SKIPPED;
  if (size > 0 && !output_folder_has_room (self, (guint64) size, error))
    return OUTPUT_FAILED;
  self->mtime_ms = mtime_ms;
  self->file = output_file_new (output_chain_get_fd (self->chain), self->file_name, mode, error);
  if (self->file == NULL)
    return OUTPUT_FAILED;
  return OUTPUT_BEGUN;
}

const char *
output_folder_get_file_name (OutputFolder *self)
{
  return self->file_name;
}

gboolean
output_folder_write (OutputFolder *self, const void *data, gsize size, GError **error)
{
  g_return_val_if_fail (self->file != NULL, FALSE);

  return output_file_write (self->file, data, size, error);
}

gboolean
output_folder_commit_file (OutputFolder *self, GError **error)
{
  g_return_val_if_fail (self->file != NULL, FALSE);

  if (output_chain_get_depth (self->chain) > 0 || self->file_count >= MAX_SYNCED_FILES)
    self->has_unsynced = TRUE;
  else
    output_file_sync (self->file);
  self->file_count++;
  if (!output_file_commit (self->file, self->local_name, self->placement == PLACE_REPLACE,
                           self->mtime_ms, error))
    return FALSE;
  remember_own (self, self->local_name);
  g_clear_pointer (&self->file, output_file_free);
  return TRUE;
}

/* Makes a link, under a hidden name first if it @replaces what has its name. Returns 0 or what
 * errno says. */
static int
write_link (int fd, const char *name, const char *target, gboolean replaces)
{
  g_autofree char *hidden_name = NULL;
  int code;

  if (!replaces)
    return symlinkat (target, fd, name) == 0 ? 0 : errno;
  hidden_name = output_file_make_hidden_name ();
  if (hidden_name == NULL || symlinkat (target, fd, hidden_name) != 0)
    return errno;
  code = output_file_rename (fd, hidden_name, name, TRUE);
  if (code != 0)
    unlinkat (fd, hidden_name, 0);
  return code;
}

gboolean
output_folder_make_link (OutputFolder *self, const char *path, const char *target, GError **error)
{
  guint count;
  g_auto (GStrv) segments = start_entry (self, path, &count, error);
  g_autofree char *name = NULL;
  g_autofree char *safe_target = NULL;
  Placement placement;
  int code;

  if (segments == NULL || !count_uncounted (self, path, error))
    return FALSE;
  /* A link at the top has no topmost folder to stay in. */
  if (count < 2 || !transfer_path_is_inside (target, count - 2))
    return file_error_set_rule (error, G_IO_ERROR_INVALID_FILENAME, path,
                                "This link leads out of the folder that was sent");
  if (!enter_parent (self, segments, count, error))
    return FALSE;
  name = place (self, segments[count - 1], FALSE, &placement, error);
  if (name == NULL)
    return FALSE;
  if (placement == PLACE_SKIP)
    return TRUE;
  safe_target = transfer_path_make_target_safe (target);
  code =
      write_link (output_chain_get_fd (self->chain), name, safe_target, placement == PLACE_REPLACE);
  if (code != 0)
    return file_error_set (error, code, "Can't make the link", path);
  remember_own (self, name);
  self->has_unsynced = TRUE;
  return TRUE;
}

gboolean
output_folder_finish (OutputFolder *self, GError **error)
{
  int fd = output_chain_get_root_fd (self->chain);

  drop_file (self);
  output_chain_leave (self->chain, 0);
  if ((self->has_unsynced ? syncfs (fd) : fsync (fd)) != 0)
    return file_error_set (error, errno, "Can't write to the folder", self->path);
  return TRUE;
}
