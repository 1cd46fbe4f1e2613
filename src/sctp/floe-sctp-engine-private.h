/* SPDX-License-Identifier: MPL-2.0 */
/* One SCTP association over usrsctp, sans-IO: packets in, packets and events out.
 *
 * Callbacks run inside the call that caused them (a handle_packet(), a send(), or the runtime's
 * timers); inside them the engine may be asked to send, reset or stop reading, but not be freed.
 * usrsctp is one per process, so all engines live in the network thread.
 *
 * output(), handle_packet() and the runtime's deadline are the only ways in and out: a sender of
 * our own (congestion control) will slot in there.
 *
 * Layer: sctp. May include: base. No socket, no GSource (but for floe-sctp-runtime's timer). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _FloeSctpEngine FloeSctpEngine;

typedef enum
{
  FLOE_SCTP_CONNECTING,
  FLOE_SCTP_CONNECTED,
  FLOE_SCTP_CLOSED, /* the peer shut down or aborted after CONNECTED, or close() */
  FLOE_SCTP_FAILED, /* never came up, or was lost */
} FloeSctpState;

typedef struct
{
  void (*output) (const guint8 *packet, gsize size, gpointer user_data);
  void (*state_changed) (FloeSctpState state, gpointer user_data);
  /* A whole message, at most max_message_size bytes. (transfer full) @bytes. */
  void (*message) (guint16 stream, guint32 ppid, GBytes *bytes, gpointer user_data);
  /* The peer reset its outgoing streams: nothing more comes in on them (RFC 6525). */
  void (*incoming_reset) (const guint16 *streams, gsize count, gpointer user_data);
  /* A reset of ours was done, or (@is_done FALSE) won't be: the peer refused too often, or can't.
   */
  void (*outgoing_reset) (const guint16 *streams, gsize count, gboolean is_done,
                          gpointer user_data);
  /* The send buffer has room again, after a send() that had none. */
  void (*writable) (gpointer user_data);
  /* A heartbeat of ours was answered. */
  void (*heartbeat_answered) (guint64 nonce, gpointer user_data);
} FloeSctpCallbacks;

typedef struct
{
  guint16 local_port;
  guint16 remote_port;
  guint max_channels;     /* streams each way, fixed at INIT */
  gsize mtu;              /* bytes of an SCTP packet: what fits in one DTLS record */
  gsize max_message_size; /* ours; a longer one from the peer ends the association */
  gsize send_buffer_size; /* bytes */
  gsize receive_buffer_size;
} FloeSctpConfig;

/* RFC 8831 section 6.4, RFC 3758, RFC 7496. */
typedef struct
{
  guint16 stream;
  guint32 ppid;
  gboolean is_unordered;
  int max_retransmits;      /* -1: none given */
  int max_packet_life_time; /* ms, -1: none given */
} FloeSctpSendInfo;

typedef enum
{
  FLOE_SCTP_SENT,
  FLOE_SCTP_WOULD_BLOCK, /* nothing was taken; writable() follows */
  FLOE_SCTP_SEND_FAILED, /* not connected, a stream beyond the peer's, … */
} FloeSctpSendResult;

FloeSctpEngine *floe_sctp_engine_new (const FloeSctpConfig *config,
                                      const FloeSctpCallbacks *callbacks, gpointer user_data);
/* Aborts when still up, without telling the peer: nothing is called from inside, not even
 * output(). close() first to tell it. */
void floe_sctp_engine_free (FloeSctpEngine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeSctpEngine, floe_sctp_engine_free)

/* Both sides call this (RFC 8831 section 6.1 and 8841: simultaneous open). Sends INIT. */
void floe_sctp_engine_connect (FloeSctpEngine *self);
void floe_sctp_engine_handle_packet (FloeSctpEngine *self, const guint8 *packet, gsize size);

/* One message, whole or not at all. A @size of 0 is refused: the caller knows the empty PPIDs. */
FloeSctpSendResult floe_sctp_engine_send (FloeSctpEngine *self, const FloeSctpSendInfo *info,
                                          const guint8 *data, gsize size);

/* Asks to reset outgoing streams, each when what was sent on it has left. They queue up as RFC 6525
 * demands, and what the peer refuses is asked for again some times before outgoing_reset() tells.
 * FALSE when not connected, or for a stream that is not there: then nothing was asked. */
gboolean floe_sctp_engine_reset_streams (FloeSctpEngine *self, const guint16 *streams, gsize count);

/* FALSE: message() is not called any more and the receive window closes; TRUE: goes on, and
 * message() may be called from inside. */
void floe_sctp_engine_set_reading (FloeSctpEngine *self, gboolean is_reading);

/* Makes a packet with a HEARTBEAT that carries @nonce (RFC 9260 section 3.3.6), for the caller to
 * send on a path of its choice. Returns its size, 0 when the association is not up. */
gsize floe_sctp_engine_make_heartbeat (FloeSctpEngine *self, guint64 nonce, guint8 *buffer,
                                       gsize size);

/* What is sent from now on gets through again, after a silence in which it did not: asks for a
 * round trip, whose answer ends the backing off of usrsctp's timer, repeats the oldest data that is
 * not acknowledged, whose answer has usrsctp go on at once. The congestion window begins anew when
 * all that was under way is acknowledged. @is_heard: the peer is known to
 * send here as well. The last SACK goes out again then for its sake: it has a sender whose timer
 * has backed off go on, once, and before it would do so where nothing gets through. */
void floe_sctp_engine_resume (FloeSctpEngine *self, gboolean is_heard);

/* Streams that both sides have; 0 before CONNECTED. */
guint floe_sctp_engine_get_stream_count (const FloeSctpEngine *self);
FloeSctpState floe_sctp_engine_get_state (const FloeSctpEngine *self);
/* Packets dropped because their checksum was wrong. */
guint64 floe_sctp_engine_get_bad_checksums (const FloeSctpEngine *self);

/* Bytes taken by send() that the peer has not acknowledged, with usrsctp's 16 for each packet. */
gsize floe_sctp_engine_get_buffered (const FloeSctpEngine *self);

/* Sends ABORT. Idempotent; no callback but output() comes of it. */
void floe_sctp_engine_close (FloeSctpEngine *self);

G_END_DECLS
