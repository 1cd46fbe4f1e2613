/* SPDX-License-Identifier: MPL-2.0 */
/* Reads lines from a descriptor without blocking and without growing: a line that is longer than
 * PEER_MAX_LINE is skipped and reported as NULL. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* In bytes, without the newline. */
#define PEER_MAX_LINE (1024 * 1024)

typedef struct _PeerLines PeerLines;

/* @line (nullable): not ended by a NUL; NULL when it was too long. */
typedef void (*PeerLineFunc) (const char *line, gsize size, gpointer user_data);
typedef void (*PeerEndFunc) (gpointer user_data);

/* (transfer full): reads @fd, which it does not close, in the thread-default context. @on_end is
 * called once, at the end of the input or when reading fails. */
PeerLines *peer_lines_new (int fd, PeerLineFunc on_line, PeerEndFunc on_end, gpointer user_data);

/* Neither function is called any more. Legal inside them. */
void peer_lines_free (PeerLines *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PeerLines, peer_lines_free)

G_END_DECLS
