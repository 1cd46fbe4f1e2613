/* SPDX-License-Identifier: MPL-2.0 */
#include "output-file.h"

#include "file-error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* The disk begins to write after so many bytes, so that the sync at the end has little left to do
 * and a fast network does not fill the memory with what a slow disk has to take. */
#define WRITEBACK_SIZE (8 * 1024 * 1024)

/* A file of at least so many bytes is synced before it gets its name. A sync costs milliseconds
 * whatever the size: too much for each of ten thousand small files, which one syncfs() at the end
 * of the transfer covers, and nothing next to the time that a large one took. It may cost seconds
 * where other programs write much, but not as many as syncfs(), which waits for all of theirs. */
#define SYNC_SIZE (4 * 1024 * 1024)

struct _OutputFile
{
  int folder_fd; /* (unowned) */
  int fd;
  char *hidden_name; /* (owned) (nullable): while the file has it */
  char *shown_name;  /* (owned) */
  guint64 size;
  guint64 started_size; /* so much of it was handed to the disk */
  gboolean syncs;
};

char *
output_file_make_hidden_name (void)
{
  guint64 salt;

  if (getrandom (&salt, sizeof salt, 0) != sizeof salt)
    return NULL;
  return g_strdup_printf (".floe-%016" G_GINT64_MODIFIER "x.part", salt);
}

OutputFile *
output_file_new (int folder_fd, const char *shown_name, guint mode, GError **error)
{
  g_autofree char *hidden_name = output_file_make_hidden_name ();
  OutputFile *self;
  int fd = -1;

  /* The mode is given right here, so that the umask, or what the folder has instead of one, limits
   * it, and so that a private file is one from its first byte. */
  if (hidden_name != NULL)
    fd = openat (folder_fd, hidden_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                 mode == G_MAXUINT ? 0666 : mode & 0777);
  if (fd < 0)
    {
      file_error_set (error, errno, "Can't make", shown_name);
      return NULL;
    }
  self = g_new0 (OutputFile, 1);
  self->folder_fd = folder_fd;
  self->fd = fd;
  self->hidden_name = g_steal_pointer (&hidden_name);
  self->shown_name = g_strdup (shown_name);
  return self;
}

void
output_file_free (OutputFile *self)
{
  if (self->hidden_name != NULL)
    unlinkat (self->folder_fd, self->hidden_name, 0);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->hidden_name);
  g_free (self->shown_name);
  g_free (self);
}

gboolean
output_file_write (OutputFile *self, const void *data, gsize size, GError **error)
{
  const char *next = data;

  while (size > 0)
    {
      gssize written = write (self->fd, next, size);
      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return file_error_set (error, errno, "Can't write", self->shown_name);
      next += written;
      size -= (gsize) written;
      self->size += (guint64) written;
    }
  if (self->size - self->started_size >= WRITEBACK_SIZE)
    {
      /* Not every file system can, and nothing depends on it. */
      sync_file_range (self->fd, (off_t) self->started_size,
                       (off_t) (self->size - self->started_size), SYNC_FILE_RANGE_WRITE);
      self->started_size = self->size;
    }
  return TRUE;
}

struct timespec
output_file_get_time (gint64 milliseconds)
{
  return (struct timespec){ .tv_sec = (time_t) (milliseconds / 1000),
                            .tv_nsec = (long) (milliseconds % 1000) * 1000000 };
}

/* For file systems without RENAME_NOREPLACE: a hard link does not replace either. */
static int
rename_by_link (int folder_fd, const char *old_name, const char *name)
{
  struct stat status;

  if (linkat (folder_fd, old_name, folder_fd, name, 0) == 0)
    return unlinkat (folder_fd, old_name, 0) == 0 ? 0 : errno;
  if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL)
    return errno;
  /* Nor has it hard links. What somebody else makes between these two calls is lost; no file system
   * that is left has a better way. */
  if (fstatat (folder_fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
    return EEXIST;
  if (errno != ENOENT)
    return errno;
  return renameat (folder_fd, old_name, folder_fd, name) == 0 ? 0 : errno;
}

int
output_file_rename (int folder_fd, const char *old_name, const char *name, gboolean replaces)
{
  if (replaces)
    return renameat (folder_fd, old_name, folder_fd, name) == 0 ? 0 : errno;
  if (renameat2 (folder_fd, old_name, folder_fd, name, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return errno;
  return rename_by_link (folder_fd, old_name, name);
}

void
output_file_sync (OutputFile *self)
{
  self->syncs = TRUE;
}

gboolean
output_file_commit (OutputFile *self, const char *name, gboolean replaces, gint64 mtime_ms,
                    GError **error)
{
  int code;

  if (mtime_ms >= 0)
    {
      const struct timespec times[2] = { { .tv_nsec = UTIME_NOW },
                                         output_file_get_time (mtime_ms) };
      /* A time that the file system can't hold is no reason to lose the file. */
      (void) !futimens (self->fd, times);
    }
  if ((self->syncs || self->size >= SYNC_SIZE) && fdatasync (self->fd) != 0)
    return file_error_set (error, errno, "Can't write", self->shown_name);
  if (close (g_steal_fd (&self->fd)) != 0)
    return file_error_set (error, errno, "Can't write", self->shown_name);
  code = output_file_rename (self->folder_fd, self->hidden_name, name, replaces);
  if (code != 0)
    return file_error_set (error, code, "Can't name", self->shown_name);
  g_clear_pointer (&self->hidden_name, g_free);
  return TRUE;
}
