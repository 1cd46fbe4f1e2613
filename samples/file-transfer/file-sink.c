/* SPDX-License-Identifier: MPL-2.0 */
#include "file-sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct _FileSink
{
  char *path;        /* (owned): of the directory, for messages */
  char *name;        /* (owned) (nullable): the final one */
  char *hidden_name; /* (owned) (nullable): while the hidden file exists */
  int directory_fd;
  int fd; /* -1 unless the hidden file is open */
};

/* Sets @error from @code, an errno value, and returns FALSE. */
static gboolean
fail (FileSink *self, int code, const char *what, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s %s/%s: %s", what, self->path,
               self->name != NULL ? self->name : "", g_strerror (code));
  return FALSE;
}

FileSink *
file_sink_new (const char *directory, GError **error)
{
  g_autoptr (FileSink) self = g_new0 (FileSink, 1);

  self->fd = -1;
  self->path = g_strdup (directory);
  self->directory_fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->directory_fd < 0)
    {
      fail (self, errno, "Can't use the directory", error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
file_sink_free (FileSink *self)
{
  if (self->hidden_name != NULL)
    unlinkat (self->directory_fd, self->hidden_name, 0);
  if (self->fd >= 0)
    close (self->fd);
  if (self->directory_fd >= 0)
    close (self->directory_fd);
  g_free (self->path);
  g_free (self->name);
  g_free (self->hidden_name);
  g_free (self);
}

static gboolean
has_room (FileSink *self, guint64 size)
{
  struct statvfs info;

  if (fstatvfs (self->directory_fd, &info) != 0)
    return TRUE; /* a file system that does not tell: writing will */
  return size / info.f_frsize <= info.f_bavail;
}

gboolean
file_sink_begin (FileSink *self, const char *name, guint64 size, GError **error)
{
  struct stat info;
  guint64 salt;

  g_return_val_if_fail (self->fd < 0 && self->name == NULL, FALSE);

  self->name = g_strdup (name);
  if (fstatat (self->directory_fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0)
    return fail (self, EEXIST, "Nothing is replaced:", error);
  if (errno != ENOENT)
    return fail (self, errno, "Can't make", error);
  if (!has_room (self, size))
    return fail (self, ENOSPC, "Can't make", error);
  if (getrandom (&salt, sizeof salt, 0) != sizeof salt)
    return fail (self, errno, "Can't make", error);
  self->hidden_name = g_strdup_printf (".floe-%016" G_GINT64_MODIFIER "x.part", salt);
  self->fd = openat (self->directory_fd, self->hidden_name,
                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (self->fd < 0)
    {
      g_clear_pointer (&self->hidden_name, g_free);
      return fail (self, errno, "Can't make", error);
    }
  return TRUE;
}

gboolean
file_sink_write (FileSink *self, const void *data, gsize size, GError **error)
{
  const char *next = data;

  while (size > 0)
    {
      gssize written = write (self->fd, next, size);
      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return fail (self, errno, "Can't write", error);
      next += written;
      size -= (gsize) written;
    }
  return TRUE;
}

/* Gives the hidden file its name unless that is taken. Returns 0 or an errno value. */
static int
rename_without_replacing (FileSink *self)
{
  if (renameat2 (self->directory_fd, self->hidden_name, self->directory_fd, self->name,
                 RENAME_NOREPLACE)
      == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return errno;
  /* A file system without that flag: a hard link does not replace either. */
  if (linkat (self->directory_fd, self->hidden_name, self->directory_fd, self->name, 0) != 0)
    return errno;
  unlinkat (self->directory_fd, self->hidden_name, 0);
  return 0;
}

gboolean
file_sink_commit (FileSink *self, GError **error)
{
  int code;

  g_return_val_if_fail (self->fd >= 0, FALSE);

  if (fsync (self->fd) != 0)
    return fail (self, errno, "Can't write", error);
  if (close (g_steal_fd (&self->fd)) != 0)
    return fail (self, errno, "Can't write", error);
  code = rename_without_replacing (self);
  if (code != 0)
    return fail (self, code, "Can't name", error);
  g_clear_pointer (&self->hidden_name, g_free);
  return TRUE;
}
