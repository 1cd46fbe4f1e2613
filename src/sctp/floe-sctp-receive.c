/* SPDX-License-Identifier: MPL-2.0 */
/* Messages and notifications out of usrsctp's queue, one at a time.
 *
 * Each message is read into memory of its own, which becomes the GBytes: usrsctp's copy out of its
 * buffers is the only one. A message too large for usrsctp's window comes in parts. */
#include <errno.h>
#include <arpa/inet.h>
#include <string.h>

#include "floe-log-private.h"
#include "floe-sctp-internal-private.h"

/* usrsctp's longest notification is a cluster of 2048 bytes; less room would cut it in two. */
#define MIN_ROOM 4096

typedef struct
{
  gboolean is_notification;
  gboolean is_end;
  guint16 stream;
  guint32 ppid;
  guint32 tsn;
  gsize size;
  gsize next_size;
  gboolean is_notification_next;
} Part;

static void
reserve (FloeSctpInbox *inbox)
{
  gsize room = MAX (MIN_ROOM, inbox->size > 0 ? inbox->size : inbox->next_size);

  if (inbox->capacity - inbox->size >= MIN_ROOM)
    return;
  inbox->capacity = inbox->size + room;
  inbox->data = g_realloc (inbox->data, inbox->capacity);
}

/* Returns: FALSE when there is nothing, or the association is gone. */
static gboolean
read_part (FloeSctpEngine *self, Part *part)
{
  FloeSctpInbox *inbox = &self->inbox;
  struct sctp_recvv_rn info = { 0 };
  struct sockaddr_conn from;
  socklen_t from_size = sizeof from, info_size = sizeof info;
  unsigned int info_type = SCTP_RECVV_NOINFO;
  int flags = 0;
  ssize_t size;

  reserve (inbox);
  size =
      usrsctp_recvv (self->socket, inbox->data + inbox->size, inbox->capacity - inbox->size,
                     (struct sockaddr *) &from, &from_size, &info, &info_size, &info_type, &flags);
  if (size <= 0)
    {
      if (size == 0 || errno != EWOULDBLOCK)
        floe_sctp_engine_end (self, FLOE_SCTP_FAILED, "gone");
      return FALSE;
    }
  *part = (Part){ .is_notification = (flags & MSG_NOTIFICATION) != 0,
                  .is_end = (flags & MSG_EOR) != 0,
                  .stream = info.recvv_rcvinfo.rcv_sid,
                  .ppid = ntohl (info.recvv_rcvinfo.rcv_ppid),
                  .tsn = info.recvv_rcvinfo.rcv_tsn,
                  .size = (gsize) size };
  if (info_type == SCTP_RECVV_RN)
    {
      part->next_size = info.recvv_nxtinfo.nxt_length;
      part->is_notification_next = (info.recvv_nxtinfo.nxt_flags & SCTP_NOTIFICATION) != 0;
    }
  return TRUE;
}

static void
end_with_too_long (FloeSctpEngine *self)
{
  floe_info (FLOE_LOG_SCTP,
             "%u: the peer sent a message longer than the %zu bytes that "
             "our max-message-size allows",
             self->id, self->config.max_message_size);
  floe_sctp_engine_end (self, FLOE_SCTP_FAILED, "a message was too long");
}

static void
take_fragment (FloeSctpEngine *self, const FloeSctpFragment *fragment, GBytes *bytes)
{
  GBytes *message = NULL;
  guint32 ppid = 0;

  switch (floe_sctp_fragments_core_add (self->mends.fragments, fragment, bytes, &message, &ppid))
    {
    case FLOE_SCTP_FRAGMENT_COMPLETE:
      self->callbacks.message (fragment->stream, ppid, message, self->user_data);
      break;
    case FLOE_SCTP_FRAGMENT_TOO_LONG:
      end_with_too_long (self);
      break;
    case FLOE_SCTP_FRAGMENT_TOO_MUCH:
      floe_info (FLOE_LOG_SCTP, "%u: the peer sent more parts of messages than it may", self->id);
      floe_sctp_engine_end (self, FLOE_SCTP_FAILED, "too many parts of messages");
      break;
    case FLOE_SCTP_FRAGMENT_KEPT:
      break;
    }
}

static void
deliver (FloeSctpEngine *self)
{
  FloeSctpInbox *inbox = &self->inbox;
  const FloeSctpFragment fragment = { inbox->stream, inbox->tsn, inbox->ppid };
  gsize size = inbox->size;
  GBytes *bytes = g_bytes_new_take (g_realloc (g_steal_pointer (&inbox->data), size), size);

  inbox->size = inbox->capacity = 0;
  inbox->is_complete = FALSE;
  if (floe_sctp_fragments_is_marked (inbox->ppid))
    take_fragment (self, &fragment, bytes);
  else
    self->callbacks.message (inbox->stream, inbox->ppid, bytes, self->user_data);
}

static void
take_notification (FloeSctpEngine *self, gsize size)
{
  FloeSctpInbox *inbox = &self->inbox;
  g_autofree guint8 *data = g_memdup2 (inbox->data + inbox->size, size);

  /* usrsctp marks what it has of a message that the sender abandoned as its end, and tells only
   * then that it is none. */
  if (inbox->is_complete && !floe_sctp_notification_is_abandoned_message (data, size))
    deliver (self);
  if (self->socket != NULL)
    floe_sctp_engine_handle_notification (self, data, size);
}

static void
take_part (FloeSctpEngine *self, const Part *part)
{
  FloeSctpInbox *inbox = &self->inbox;

  if (inbox->size > 0 && inbox->stream != part->stream)
    {
      memmove (inbox->data, inbox->data + inbox->size, part->size);
      inbox->size = 0;
    }
  inbox->stream = part->stream;
  inbox->ppid = part->ppid;
  inbox->tsn = part->tsn;
  inbox->size += part->size;
  inbox->next_size = MIN (part->next_size, self->config.max_message_size);
  if (inbox->size > self->config.max_message_size)
    end_with_too_long (self);
  else if (part->is_end && part->is_notification_next)
    inbox->is_complete = TRUE;
  else if (part->is_end)
    deliver (self);
}

gboolean
floe_sctp_engine_receive (FloeSctpEngine *self)
{
  Part part;

  if (self->socket == NULL || !self->is_started || !self->inbox.is_reading)
    return FALSE;
  if (!read_part (self, &part))
    return FALSE;
  if (part.is_notification)
    take_notification (self, part.size);
  else
    {
      if (self->inbox.is_complete)
        deliver (self);
      if (self->socket != NULL)
        take_part (self, &part);
    }
  return TRUE;
}

void
floe_sctp_engine_drop_partial (FloeSctpEngine *self)
{
  g_clear_pointer (&self->inbox.data, g_free);
  self->inbox.size = self->inbox.capacity = 0;
  self->inbox.is_complete = FALSE;
}
