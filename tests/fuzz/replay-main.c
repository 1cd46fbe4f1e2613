/* SPDX-License-Identifier: MPL-2.0 */
/* Runs a fuzz target over files, and over the files in folders: what libFuzzer does with a corpus,
 * for compilers that do not have it. */
#include <glib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);
int LLVMFuzzerInitialize (int *argc, char ***argv) __attribute__ ((weak));

static guint
replay_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  guint8 *exact;
  gsize size;

  if (!g_file_get_contents (path, &contents, &size, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      exit (EXIT_FAILURE);
    }
  /* Without the terminator that GLib appends, so that a sanitizer sees a byte read too far. */
  exact = malloc (size > 0 ? size : 1);
  g_assert (exact != NULL);
  memcpy (exact, contents, size);
  printf ("%s (%" G_GSIZE_FORMAT " bytes)\n", path, size);
  fflush (stdout); /* names the file if the target crashes */
  LLVMFuzzerTestOneInput (exact, size);
  free (exact);
  return 1;
}

static guint
replay_path (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;
  guint count = 0;

  if (folder == NULL)
    return replay_file (path);
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      count += replay_path (child);
    }
  return count;
}

int
main (int argc, char **argv)
{
  guint count = 0;

  if (LLVMFuzzerInitialize != NULL)
    LLVMFuzzerInitialize (&argc, &argv);
  /* libFuzzer starts with no bytes at all, too. */
  LLVMFuzzerTestOneInput ((const guint8 *) "", 0);
  for (int i = 1; i < argc; i++)
    count += replay_path (argv[i]);
  printf ("%u inputs\n", count);
  return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
