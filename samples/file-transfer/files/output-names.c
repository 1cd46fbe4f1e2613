/* SPDX-License-Identifier: MPL-2.0 */
#include "output-names.h"

#include "file-error.h"
#include "transfer-path.h"

/* An offer has at most 64 KiB, and the shortest item, {"name":"a"}, 13 bytes with its comma. */
#define MAX_ANNOUNCED (64 * 1024 / 13)

/* About 40 MB. Whoever names more on a command line has to name their folder instead. */
#define MAX_FOLDERS 100000

/* About 56 MB. */
#define MAX_OWN 1000000

/* What stays the same when a file gets another name. */
typedef struct
{
  dev_t device;
  ino_t inode;
} FileIdentity;

struct _OutputNames
{
  GHashTable *announced; /* (owned): of (owned) names, a set */
  GHashTable *folders;   /* (owned): from (owned) sender's names to (owned) local ones */
  GHashTable *own;       /* (owned): of (owned) FileIdentity, a set */
};

static guint
hash_identity (gconstpointer key)
{
  const FileIdentity *identity = key;
  const guint64 inode = identity->inode, device = identity->device;

  return (guint) (inode ^ inode >> 32 ^ device << 16);
}

static gboolean
equal_identity (gconstpointer a, gconstpointer b)
{
  const FileIdentity *one = a, *other = b;

  return one->device == other->device && one->inode == other->inode;
}

OutputNames *
output_names_new (void)
{
  OutputNames *self = g_new0 (OutputNames, 1);

  self->announced = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->own = g_hash_table_new_full (hash_identity, equal_identity, g_free, NULL);
  return self;
}

void
output_names_free (OutputNames *self)
{
  g_hash_table_unref (self->announced);
  g_hash_table_unref (self->folders);
  g_hash_table_unref (self->own);
  g_free (self);
}

gboolean
output_names_announce (OutputNames *self, const char *name, GError **error)
{
  if (!transfer_path_is_segment (name))
    return file_error_set_rule (error, G_IO_ERROR_INVALID_FILENAME, name,
                                "This name is not allowed in a transfer");
  if (g_hash_table_size (self->announced) >= MAX_ANNOUNCED)
    return file_error_set_rule (error, G_IO_ERROR_INVALID_FILENAME, name,
                                "More was announced than an offer has room for");
  g_hash_table_add (self->announced, g_strdup (name));
  return TRUE;
}

gboolean
output_names_is_announced (OutputNames *self, const char *name)
{
  return g_hash_table_contains (self->announced, name);
}

gboolean
output_names_set_folder (OutputNames *self, const char *name, const char *local_name,
                         GError **error)
{
  if (g_hash_table_size (self->folders) >= MAX_FOLDERS)
    return file_error_set_rule (error, G_IO_ERROR_INVALID_FILENAME, name,
                                "There are too many folders at the top of this transfer");
  g_hash_table_insert (self->folders, g_strdup (name), g_strdup (local_name));
  return TRUE;
}

const char *
output_names_get_folder (OutputNames *self, const char *name)
{
  return g_hash_table_lookup (self->folders, name);
}

void
output_names_add_own (OutputNames *self, const struct stat *status)
{
  const FileIdentity identity = { status->st_dev, status->st_ino };

  if (g_hash_table_size (self->own) < MAX_OWN)
    g_hash_table_add (self->own, g_memdup2 (&identity, sizeof identity));
}

gboolean
output_names_is_own (OutputNames *self, const struct stat *status)
{
  const FileIdentity identity = { status->st_dev, status->st_ino };

  return g_hash_table_size (self->own) >= MAX_OWN || g_hash_table_contains (self->own, &identity);
}
