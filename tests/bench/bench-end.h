/* SPDX-License-Identifier: MPL-2.0 */
/* One end of a measured connection: sends, counts, echoes and takes times, the same for each stack
 * that is written in C.
 *
 * A stack makes connections and channels, and calls the functions named bench_end_note_*, which may
 * come from any thread; all else belongs to the main thread. */
#pragma once

#include <glib.h>

typedef struct _BenchEnd BenchEnd;

/* What a stack can do. Errors go through bench_end_note_error (). */
typedef struct
{
  const char *name;
  const char *version;
  /* Makes a connection, with a channel if it offers. */
  gpointer (*create) (BenchEnd *end, gboolean offers);
  void (*offer) (gpointer connection);
  void (*take_description) (gpointer connection, const char *type, const char *sdp);
  void (*take_candidate) (gpointer connection, const char *candidate, const char *mid, int index);
  gboolean (*send) (gpointer connection, GBytes *message);
  guint64 (*get_buffered) (gpointer connection);
  void (*close) (gpointer connection); /* frees it, too */
} BenchStack;

/* (transfer full): with a new connection. @buffer is how many bytes may wait to be sent. */
BenchEnd *bench_end_new (const BenchStack *stack, guint id, guint64 buffer);
BenchEnd *bench_end_ref (BenchEnd *self);
void bench_end_unref (BenchEnd *self);

/* Makes both ends of a pair known to each other, so that they need no driver between them. */
void bench_end_set_twin (BenchEnd *self, BenchEnd *twin);
void bench_end_connect (BenchEnd *self, gboolean offers);
void bench_end_close (BenchEnd *self);

guint bench_end_get_id (BenchEnd *self);
guint64 bench_end_get_buffer (BenchEnd *self);

void bench_end_take_description (BenchEnd *self, const char *type, const char *sdp);
void bench_end_take_candidate (BenchEnd *self, const char *candidate, const char *mid, int index);
void bench_end_send (BenchEnd *self, gsize size, double seconds);
void bench_end_expect (BenchEnd *self, guint64 messages);
void bench_end_echo (BenchEnd *self);
void bench_end_ping (BenchEnd *self, gsize size, guint count);
void bench_end_reset (BenchEnd *self);

void bench_end_note_description (BenchEnd *self, const char *type, const char *sdp);
void bench_end_note_candidate (BenchEnd *self, const char *candidate, const char *mid, int index);
void bench_end_note_open (BenchEnd *self);
void bench_end_note_message (BenchEnd *self, GBytes *message);
/* At most half of the buffer is waiting. */
void bench_end_note_drained (BenchEnd *self);
void bench_end_note_error (BenchEnd *self, const char *message);
