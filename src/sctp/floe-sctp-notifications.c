/* SPDX-License-Identifier: MPL-2.0 */
/* What usrsctp tells of the association (RFC 6458 section 6.1). */
#include <string.h>

#include "floe-log-private.h"
#include "floe-sctp-internal-private.h"
#include "floe-sctp-runtime-private.h"

static void
handle_association (FloeSctpEngine *self, const struct sctp_assoc_change *change)
{
  switch (change->sac_state)
    {
    case SCTP_COMM_UP:
      floe_sctp_engine_set_connected (
          self, MIN (change->sac_inbound_streams, change->sac_outbound_streams));
      break;
    case SCTP_SHUTDOWN_COMP:
      floe_sctp_engine_end (self, FLOE_SCTP_CLOSED, "shut down");
      break;
    case SCTP_COMM_LOST:
      /* sac_error is the peer's cause code; without one it was usrsctp that gave up. */
      floe_sctp_engine_end (self,
                            self->state == FLOE_SCTP_CONNECTED && change->sac_error != 0
                                ? FLOE_SCTP_CLOSED
                                : FLOE_SCTP_FAILED,
                            "lost");
      break;
    case SCTP_RESTART:
      /* RFC 8831 knows no restart: the channels' streams would begin anew in their middle. */
      floe_sctp_engine_end (self, FLOE_SCTP_FAILED, "restarted by the peer");
      break;
    default:
      floe_sctp_engine_end (self, FLOE_SCTP_FAILED, "can't be established");
      break;
    }
}

static void
report_outgoing (FloeSctpEngine *self, const guint16 *streams, gsize count, gboolean is_done)
{
  g_autofree guint16 *settled = g_new (guint16, count);
  gsize n_settled;

  if (is_done)
    n_settled = floe_sctp_streams_core_handle_done (self->resets, streams, count, settled);
  else
    n_settled = floe_sctp_streams_core_handle_refused (self->resets, floe_sctp_runtime_get_time (),
                                                       streams, count, settled);
  if (n_settled == 0)
    return;
  if (self->is_reset_awaited)
    {
      self->is_reset_awaited = FALSE;
      self->wanted_room = MAX (self->wanted_room, 1);
    }
  self->callbacks.outgoing_reset (settled, n_settled, is_done, self->user_data);
}

static void
report_all_incoming (FloeSctpEngine *self)
{
  g_autofree guint16 *streams = g_new (guint16, self->stream_count);

  for (guint i = 0; i < self->stream_count; i++)
    streams[i] = (guint16) i;
  self->callbacks.incoming_reset (streams, self->stream_count, self->user_data);
}

static void
handle_stream_reset (FloeSctpEngine *self, const struct sctp_stream_reset_event *event, gsize size)
{
  const guint refused = SCTP_STREAM_RESET_DENIED | SCTP_STREAM_RESET_FAILED;
  guint flags = event->strreset_flags;
  gsize count = (size - sizeof *event) / sizeof (guint16);

  if (flags & SCTP_STREAM_RESET_OUTGOING_SSN)
    {
      if (count > 0)
        report_outgoing (self, event->strreset_stream_list, count, !(flags & refused));
    }
  else if (flags & SCTP_STREAM_RESET_INCOMING_SSN && !(flags & refused))
    {
      /* RFC 6525 section 4.1: no stream numbers means all of them. */
      if (count == 0)
        report_all_incoming (self);
      else
        self->callbacks.incoming_reset (event->strreset_stream_list, count, self->user_data);
    }
}

gboolean
floe_sctp_notification_is_abandoned_message (const guint8 *data, gsize size)
{
  struct sctp_pdapi_event event;

  if (size < sizeof event)
    return FALSE;
  memcpy (&event, data, sizeof event);
  return event.pdapi_type == SCTP_PARTIAL_DELIVERY_EVENT
         && event.pdapi_indication == SCTP_PARTIAL_DELIVERY_ABORTED;
}

void
floe_sctp_engine_handle_notification (FloeSctpEngine *self, const guint8 *data, gsize size)
{
  /* The copy is aligned for the structs. */
  g_autofree union sctp_notification *event = g_malloc0 (MAX (size, sizeof *event));
  guint type;

  if (size < sizeof event->sn_header)
    return;
  memcpy (event, data, size);
  type = event->sn_header.sn_type;
  if (type == SCTP_ASSOC_CHANGE && size >= sizeof event->sn_assoc_change)
    handle_association (self, &event->sn_assoc_change);
  else if (type == SCTP_STREAM_RESET_EVENT && size >= sizeof event->sn_strreset_event)
    handle_stream_reset (self, &event->sn_strreset_event, size);
  else if (type == SCTP_PARTIAL_DELIVERY_EVENT)
    floe_sctp_engine_drop_partial (self);
  else
    floe_debug (FLOE_LOG_SCTP, "%u: notification %#x", self->id, type);
}
