/* SPDX-License-Identifier: MPL-2.0 */
/* The way out of an association: what usrsctp gives is kept until it is not in the midst of things,
 * then leaves in its turn. */
#include <arpa/inet.h>
#include <string.h>

#include "floe-crc32c-private.h"
#include "floe-sctp-internal-private.h"
#include "floe-sctp-runtime-private.h"

/* RFC 9260 section 3.2 */
#define CHUNK_INIT 1
#define CHUNK_INIT_ACK 2
#define CHUNK_ABORT 6
#define CHUNK_SHUTDOWN_COMPLETE 14
#define TAG_OFFSET 4

FloeSctpOutbox
floe_sctp_outbox_new (void)
{
  return (FloeSctpOutbox){ g_byte_array_new (), g_array_new (FALSE, FALSE, sizeof (gsize)) };
}

void
floe_sctp_outbox_free (FloeSctpOutbox *outbox)
{
  g_byte_array_unref (outbox->bytes);
  g_array_unref (outbox->sizes);
}

static void
output (const guint8 *packet, gsize size, gpointer user_data)
{
  FloeSctpEngine *self = user_data;

  self->callbacks.output (packet, size, self->user_data);
}

static void
update_path (FloeSctpEngine *self, gint64 now_us)
{
  guint32 window;
  guint srtt_ms;

  if (self->state == FLOE_SCTP_CONNECTED && self->socket != NULL
      && floe_sctp_pacer_needs_path (&self->pacer, now_us)
      && floe_sctp_socket_get_path (self->socket, &window, &srtt_ms))
    floe_sctp_pacer_set_path (&self->pacer, now_us, window, srtt_ms);
}

/* A callback may make new packets meanwhile: they go to the next round. */
void
floe_sctp_engine_flush_output (FloeSctpEngine *self)
{
  gint64 now_us = floe_sctp_runtime_get_time ();

  update_path (self, now_us);
  floe_sctp_pacer_release (&self->pacer, now_us, output, self);
  while (self->outbox.sizes->len > 0)
    {
      FloeSctpOutbox batch = self->outbox;
      const guint8 *packet = batch.bytes->data;

      self->outbox = floe_sctp_outbox_new ();
      for (guint i = 0; i < batch.sizes->len; i++)
        {
          gsize size = g_array_index (batch.sizes, gsize, i);

          floe_sctp_pacer_send (&self->pacer, now_us, packet, size, output, self);
          packet += size;
        }
      floe_sctp_outbox_free (&batch);
    }
}

void
floe_sctp_engine_append_output (FloeSctpEngine *self, const guint8 *packet, gsize size)
{
  g_byte_array_append (self->outbox.bytes, packet, (guint) size);
  g_array_append_val (self->outbox.sizes, size);
  floe_sctp_checksum_fill (self->outbox.bytes->data + self->outbox.bytes->len - size, size);
}

void
floe_sctp_engine_queue_output (FloeSctpEngine *self, const guint8 *packet, gsize size)
{
  guint32 tag;
  guint type;

  if (size <= FLOE_SCTP_HEADER_SIZE)
    return;
  type = packet[FLOE_SCTP_HEADER_SIZE];
  memcpy (&tag, packet + TAG_OFFSET, sizeof tag);
  /* An INIT has no tag yet, and an ABORT or SHUTDOWN COMPLETE may carry our own (the T bit). */
  if (type != CHUNK_INIT && type != CHUNK_INIT_ACK && type != CHUNK_ABORT
      && type != CHUNK_SHUTDOWN_COMPLETE)
    self->peer_tag = ntohl (tag);
  floe_sctp_repeat_core_handle_output (&self->mends.repeat, packet, size);
  floe_sctp_reset_gate_core_handle_output (&self->mends.gate, packet, size);
  floe_sctp_engine_append_output (self, packet, size);
}
