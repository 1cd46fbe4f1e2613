/* SPDX-License-Identifier: MPL-2.0 */
/* Asks a directory for servers, and again when what it said is not good any more, or when it
 * failed. A directory that does not answer is given up after a while, and asked again later.
 *
 * Events come from the main loop of the context, never inside a call. The watch may be freed in
 * failed(); the others only take notes.
 *
 * Layer: peer. One thread. Knows nothing of connections. */
#pragma once

#include <floe/floe-server-directory.h>

G_BEGIN_DECLS

/* So long gathering waits for the first answer. Servers that come later take part as well, but
 * STUN servers can't any more. */
#define FLOE_DIRECTORY_PATIENCE_US (500 * G_TIME_SPAN_MILLISECOND)

typedef struct _FloeDirectoryWatch FloeDirectoryWatch;

typedef struct
{
  /* get_servers() may say something else. */
  void (*found) (gpointer user_data);
  /* Once: the first answer is there, or nobody should wait for it. After found(), if both come. */
  void (*settled) (gpointer user_data);
  /* In words. Told once for failures in a row. */
  void (*failed) (const char *text, gpointer user_data);
} FloeDirectoryWatchEvents;

FloeDirectoryWatch *floe_directory_watch_new (FloeServerDirectory *directory, GMainContext *context,
                                              const FloeDirectoryWatchEvents *events,
                                              gpointer user_data);
/* No event comes after this, whatever the directory does. */
void floe_directory_watch_free (FloeDirectoryWatch *self);

/* Asks for the first time. */
void floe_directory_watch_start (FloeDirectoryWatch *self);

/* (transfer none) (nullable) (element-type FloeIceServer): NULL as long as none are known. */
GPtrArray *floe_directory_watch_get_servers (const FloeDirectoryWatch *self);

G_END_DECLS
