/* SPDX-License-Identifier: MPL-2.0 */
#include "output-chain.h"

#include "file-error.h"
#include "output-file.h"
#include "transfer-path.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *name;       /* (owned) (nullable): as the sender calls it; NULL for the output folder */
  char *local_name; /* (owned) (nullable) */
  int fd;
  gboolean is_own;
  gboolean has_mode;
  mode_t mode; /* to apply */
  gint64 mtime_ms;
} Level;

struct _OutputChain
{
  GArray *levels; /* (owned): of Level, at least one */
};

static Level *
get_level (OutputChain *self, guint depth)
{
  return &g_array_index (self->levels, Level, depth);
}

static Level *
get_innermost (OutputChain *self)
{
  return get_level (self, self->levels->len - 1);
}

OutputChain *
output_chain_new (int fd)
{
  const Level level = { .fd = fd, .mtime_ms = -1 };
  OutputChain *self = g_new0 (OutputChain, 1);

  self->levels = g_array_sized_new (FALSE, FALSE, sizeof (Level), TRANSFER_PATH_MAX_SEGMENTS + 1);
  g_array_append_val (self->levels, level);
  return self;
}

static void
drop_innermost (OutputChain *self)
{
  Level *level = get_innermost (self);

  close (level->fd);
  g_free (level->name);
  g_free (level->local_name);
  g_array_set_size (self->levels, self->levels->len - 1);
}

void
output_chain_free (OutputChain *self)
{
  while (self->levels->len > 1)
    {
      Level *level = get_innermost (self);
      /* Refused when anything is in it. */
      if (level->is_own)
        unlinkat (get_level (self, self->levels->len - 2)->fd, level->local_name, AT_REMOVEDIR);
      drop_innermost (self);
    }
  drop_innermost (self);
  g_array_unref (self->levels);
  g_free (self);
}

guint
output_chain_get_depth (OutputChain *self)
{
  return self->levels->len - 1;
}

guint
output_chain_count_open (OutputChain *self, char **segments, guint count)
{
  guint depth = 0;

  while (depth < count && depth + 1 < self->levels->len
         && g_str_equal (get_level (self, depth + 1)->name, segments[depth]))
    depth++;
  return depth;
}

int
output_chain_get_fd (OutputChain *self)
{
  return get_innermost (self)->fd;
}

gboolean
output_chain_is_own (OutputChain *self)
{
  return get_innermost (self)->is_own;
}

int
output_chain_get_root_fd (OutputChain *self)
{
  return get_level (self, 0)->fd;
}

gboolean
output_chain_enter (OutputChain *self, const char *name, const char *local_name, gboolean is_own,
                    GError **error)
{
  Level level = { .is_own = is_own, .mtime_ms = -1 };

  level.fd = openat (output_chain_get_fd (self), local_name,
                     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (level.fd < 0)
    {
      g_autofree char *path = output_chain_get_path (self, local_name);
      return file_error_set (error, errno, "Can't use the folder", path);
    }
  level.name = g_strdup (name);
  level.local_name = g_strdup (local_name);
  g_array_append_val (self->levels, level);
  return TRUE;
}

gboolean
output_chain_make_folder (OutputChain *self, const char *local_name, guint mode, GError **error)
{
  const mode_t asked = mode == G_MAXUINT ? 0777 : (mode & 0777) | 0700;

  if (mkdirat (output_chain_get_fd (self), local_name, asked) != 0)
    {
      g_autofree char *path = output_chain_get_path (self, local_name);
      return file_error_set (error, errno, "Can't make the folder", path);
    }
  return TRUE;
}

gboolean
output_chain_set_attributes (OutputChain *self, guint mode, gint64 mtime_ms, GError **error)
{
  Level *level = get_innermost (self);
  struct stat status;
  mode_t current;

  level->mtime_ms = mtime_ms;
  if (fstat (level->fd, &status) != 0)
    return file_error_set (error, errno, "Can't examine", level->local_name);
  current = status.st_mode & 07777;
  if (mode != G_MAXUINT)
    {
      /* What mkdirat() gave is what the umask, or the folder above, lets pass of what was asked
       * for, and maybe the set-group-ID bit of the folder above. */
      level->has_mode = TRUE;
      level->mode = current & (mode_t) ((mode & 0777) | 07000);
    }
  if ((current & 0700) != 0700 && fchmod (level->fd, current | 0700) != 0)
    return file_error_set (error, errno, "Can't use the folder", level->local_name);
  return TRUE;
}

void
output_chain_leave (OutputChain *self, guint depth)
{
  while (self->levels->len > depth + 1)
    {
      Level *level = get_innermost (self);
      /* A mode or a time that the file system can't hold is no reason to lose the folder: its mode
       * was limited when it was made. */
      if (level->has_mode)
        (void) !fchmod (level->fd, level->mode);
      if (level->mtime_ms >= 0)
        {
          const struct timespec times[2] = { { .tv_nsec = UTIME_NOW },
                                             output_file_get_time (level->mtime_ms) };
          (void) !futimens (level->fd, times);
        }
      drop_innermost (self);
    }
}

char *
output_chain_get_path (OutputChain *self, const char *local_name)
{
  GString *path = g_string_new (NULL);

  for (guint depth = 1; depth < self->levels->len; depth++)
    g_string_append_printf (path, depth > 1 ? "/%s" : "%s", get_level (self, depth)->local_name);
  if (local_name != NULL)
    g_string_append_printf (path, path->len > 0 ? "/%s" : "%s", local_name);
  return g_string_free (path, FALSE);
}
