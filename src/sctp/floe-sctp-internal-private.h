/* SPDX-License-Identifier: MPL-2.0 */
/* What the files of the SCTP engine share. Nobody else includes this.
 *
 * usrsctp calls us with its locks held, so nothing is done there: packets that it makes are kept,
 * messages and notifications stay in its queue, and process() hands out both when it has
 * returned. That makes it safe to call the engine from its own callbacks.
 *
 * Layer: sctp. */
#pragma once

#include <glib.h>
#include <usrsctp.h>

#include "floe-sctp-engine-private.h"
#include "floe-sctp-fragments-core-private.h"
#include "floe-sctp-pacer-private.h"
#include "floe-sctp-repeat-core-private.h"
#include "floe-sctp-restart-core-private.h"
#include "floe-sctp-reset-gate-core-private.h"
#include "floe-sctp-streams-core-private.h"

G_BEGIN_DECLS

/* Packets in the order in which usrsctp made them. */
typedef struct
{
  GByteArray *bytes; /* (owned) */
  GArray *sizes;     /* (owned) of gsize */
} FloeSctpOutbox;

/* The message that is being read. */
typedef struct
{
  guint8 *data; /* (owned) (nullable) */
  gsize size;
  gsize capacity;
  gsize next_size; /* what usrsctp said of the next message, 0: nothing */
  guint16 stream;
  guint32 ppid;
  guint32 tsn;
  gboolean is_complete; /* held until the notification behind it is known */
  gboolean is_reading;
} FloeSctpInbox;

/* What usrsctp does not do by itself, seen from its packets. */
typedef struct
{
  FloeSctpRepeatCore repeat;
  FloeSctpRestartCore restart;
  FloeSctpResetGateCore gate;
  FloeSctpFragmentsCore *fragments; /* (owned) */
} FloeSctpMends;

struct _FloeSctpEngine
{
  FloeSctpConfig config;
  FloeSctpCallbacks callbacks;
  gpointer user_data;
  guint id;                    /* its address in usrsctp */
  struct socket *socket;       /* (owned) (nullable): none after the end */
  FloeSctpStreamsCore *resets; /* (owned) */
  FloeSctpOutbox outbox;
  FloeSctpPacer pacer; /* between the outbox and the callback */
  FloeSctpInbox inbox;
  FloeSctpMends mends;
  GBytes *early_init; /* (owned) (nullable): an INIT that came before connect() */
  FloeSctpState state;
  guint stream_count;
  guint32 peer_tag;          /* 0: not known yet */
  gsize wanted_room;         /* bytes that a send() found no room for, 0: none */
  guint64 bad_checksums;     /* packets dropped for it */
  gboolean is_started;       /* connect() was called */
  gboolean is_processing;    /* an outer call hands out what there is */
  gboolean is_reset_awaited; /* a send() waits for its stream's reset */
};

/* floe-sctp-engine-output.c */
FloeSctpOutbox floe_sctp_outbox_new (void);
void floe_sctp_outbox_free (FloeSctpOutbox *outbox);
void floe_sctp_engine_queue_output (FloeSctpEngine *self, const guint8 *packet, gsize size);
/* Fills the checksum in. */
void floe_sctp_engine_append_output (FloeSctpEngine *self, const guint8 *packet, gsize size);
void floe_sctp_engine_flush_output (FloeSctpEngine *self);

/* floe-sctp-engine.c */
void floe_sctp_engine_process (FloeSctpEngine *self);
/* When process() has a packet to send that waits, -1: none does. */
gint64 floe_sctp_engine_get_deadline (const FloeSctpEngine *self);
/* Whether something is outstanding that a timer may have to repeat. */
gboolean floe_sctp_engine_is_waiting (const FloeSctpEngine *self);
/* Ends the association from inside; ABORT goes out when it is still up. */
void floe_sctp_engine_end (FloeSctpEngine *self, FloeSctpState state, const char *reason);
void floe_sctp_engine_set_connected (FloeSctpEngine *self, guint stream_count);

/* floe-sctp-socket.c: a socket with all options, bound, not connected. NULL when usrsctp refuses.
 */
struct socket *floe_sctp_socket_new (const FloeSctpConfig *config, guint id);
gboolean floe_sctp_socket_connect (struct socket *socket, const FloeSctpConfig *config, guint id);
/* Aborts the association, if there is one. */
void floe_sctp_socket_free (struct socket *socket, guint id);
gsize floe_sctp_socket_get_used (struct socket *socket);
/* Makes room for at least one message of @size bytes. */
void floe_sctp_socket_fit (struct socket *socket, gsize size);
gsize floe_sctp_socket_get_limit (struct socket *socket);
/* The congestion window in bytes and the smoothed round trip; FALSE: not known. */
gboolean floe_sctp_socket_get_path (struct socket *socket, guint32 *window, guint *srtt_ms);
/* Sends usrsctp's own HEARTBEAT. */
void floe_sctp_socket_ask (struct socket *socket, const FloeSctpConfig *config, guint id);
/* Has the congestion window begin anew, in slow start up to what the peer takes (RFC 9260 section
 * 7.2.1): what was lost on a path that is dead says nothing of the one that is used now. */
void floe_sctp_socket_begin_window (struct socket *socket);
gboolean floe_sctp_socket_reset (struct socket *socket, const guint16 *streams, gsize count);

/* floe-sctp-receive.c: reads one message or notification and hands it out. FALSE: nothing there. */
gboolean floe_sctp_engine_receive (FloeSctpEngine *self);
void floe_sctp_engine_drop_partial (FloeSctpEngine *self);

/* floe-sctp-notifications.c */
gboolean floe_sctp_notification_is_abandoned_message (const guint8 *data, gsize size);
void floe_sctp_engine_handle_notification (FloeSctpEngine *self, const guint8 *data, gsize size);

G_END_DECLS
