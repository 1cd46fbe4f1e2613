/* SPDX-License-Identifier: MPL-2.0 */
/* The server's side of WebSocket frames (RFC 6455 section 5), without any I/O.
 *
 * libsoup's own does not bound a message that comes in fragments, reads from one connection for as
 * long as that has something to say, and keeps any number of pongs for who does not read them. A
 * rendezvous speaks with whoever knows its address, so it has its own.
 *
 * No extensions. Only text messages: what is not, is a failure.
 *
 * Layer: samples. Pure: no socket, no clock. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RFC 6455 section 7.4.1. */
#define RENDEZVOUS_CLOSE_NORMAL 1000
#define RENDEZVOUS_CLOSE_GOING_AWAY 1001
#define RENDEZVOUS_CLOSE_PROTOCOL_ERROR 1002
#define RENDEZVOUS_CLOSE_UNSUPPORTED_DATA 1003
#define RENDEZVOUS_CLOSE_BAD_DATA 1007
#define RENDEZVOUS_CLOSE_POLICY_VIOLATION 1008
#define RENDEZVOUS_CLOSE_TOO_BIG 1009

typedef enum
{
  RENDEZVOUS_EVENT_NONE, /* more bytes are needed */
  RENDEZVOUS_EVENT_TEXT, /* a whole message, in UTF-8 */
  RENDEZVOUS_EVENT_PING, /* to be answered with its data */
  RENDEZVOUS_EVENT_PONG,
  RENDEZVOUS_EVENT_CLOSE,   /* the other side has no more to say */
  RENDEZVOUS_EVENT_FAILURE, /* the last event; see close_code */
} RendezvousEventKind;

typedef struct
{
  RendezvousEventKind kind;
  const guint8 *data; /* (nullable): until the next call */
  gsize size;
  guint16 close_code; /* with FAILURE */
} RendezvousEvent;

typedef struct _RendezvousDecoder RendezvousDecoder;

/* (transfer full): takes messages of at most @max_size bytes, in however many fragments. */
RendezvousDecoder *rendezvous_decoder_new (gsize max_size);

void rendezvous_decoder_free (RendezvousDecoder *self);

/* Bytes from the client. Call pop() until there is NONE before the next. */
void rendezvous_decoder_push (RendezvousDecoder *self, const guint8 *data, gsize size);

/* What is next of what was pushed. */
RendezvousEvent rendezvous_decoder_pop (RendezvousDecoder *self);

/* (transfer full): the frame of a text message. */
GBytes *rendezvous_encode_text (const char *text);

/* (transfer full): a ping without data. */
GBytes *rendezvous_encode_ping (void);

/* (transfer full): @size is at most 125. */
GBytes *rendezvous_encode_pong (const guint8 *data, gsize size);

/* (transfer full). */
GBytes *rendezvous_encode_close (guint16 code);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RendezvousDecoder, rendezvous_decoder_free)

G_END_DECLS
