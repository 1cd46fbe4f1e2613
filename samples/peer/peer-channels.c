/* SPDX-License-Identifier: MPL-2.0 */
#include "peer-channels.h"

#include <string.h>

#include "peer-lines.h"
#include "peer-output.h"
#include "peer-payload.h"
#include "sample-json.h"

/* Longer texts are told by their checksum alone. */
#define MAX_REPORTED_TEXT 256
/* What one "send" may ask for; the connection's own limit is usually far below. */
#define MAX_PAYLOAD (64 * 1024 * 1024)

struct _PeerChannels
{
  FloePeerConnection *connection; /* (owned) */
  GPtrArray *channels;            /* (owned): the FloeDataChannels that are not closed */
  gboolean echoes;
};

static GQuark
announced_quark (void)
{
  return g_quark_from_static_string ("floe-peer-announced");
}

static JsonObject *
channel_event_new (const char *event, FloeDataChannel *channel)
{
  JsonObject *object = peer_event_new (event);

  json_object_set_string_member (object, "label", floe_data_channel_get_label (channel));
  return object;
}

static void
on_open (FloeDataChannel *channel, PeerChannels *self)
{
  JsonObject *event;

  /* A channel of the other peer is open when it shows up and may say so once more. */
  if (g_object_get_qdata (G_OBJECT (channel), announced_quark ()) != NULL)
    return;
  g_object_set_qdata (G_OBJECT (channel), announced_quark (), GINT_TO_POINTER (TRUE));
  event = channel_event_new ("open", channel);
  sample_json_set_index (event, "id", floe_data_channel_get_id (channel));
  json_object_set_string_member (event, "protocol", floe_data_channel_get_protocol (channel));
  json_object_set_boolean_member (event, "ordered", floe_data_channel_get_ordered (channel));
  sample_json_set_index (event, "maxRetransmits", floe_data_channel_get_max_retransmits (channel));
  sample_json_set_index (event, "maxPacketLifeTime",
                         floe_data_channel_get_max_packet_life_time (channel));
  peer_print (event);
}

static void
print_message (FloeDataChannel *channel, gboolean is_binary, const void *data, gsize size)
{
  JsonObject *event = channel_event_new ("message", channel);
  g_autofree char *crc32 = g_strdup_printf ("%08x", peer_crc32 (data, size));

  json_object_set_boolean_member (event, "binary", is_binary);
  json_object_set_int_member (event, "size", (gint64) size);
  json_object_set_string_member (event, "crc32", crc32);
  if (!is_binary && size <= MAX_REPORTED_TEXT)
    json_object_set_string_member (event, "text", data);
  peer_print (event);
}

static void
on_message_text (FloeDataChannel *channel, const char *text, PeerChannels *self)
{
  g_autoptr (GError) error = NULL;

  print_message (channel, FALSE, text, strlen (text));
  if (self->echoes && !floe_data_channel_send_text (channel, text, &error))
    peer_print_gerror (error);
}

static void
on_message_bytes (FloeDataChannel *channel, GBytes *bytes, PeerChannels *self)
{
  g_autoptr (GError) error = NULL;
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  print_message (channel, TRUE, data, size);
  if (self->echoes && !floe_data_channel_send_bytes (channel, bytes, &error))
    peer_print_gerror (error);
}

static void
on_error (FloeDataChannel *channel, const GError *error, PeerChannels *self)
{
  peer_print_gerror (error);
}

static void
on_close (FloeDataChannel *channel, PeerChannels *self)
{
  peer_print (channel_event_new ("channelclose", channel));
  g_signal_handlers_disconnect_by_data (channel, self);
  g_ptr_array_remove (self->channels, channel);
}

static void
add_channel (PeerChannels *self, FloeDataChannel *channel)
{
  g_ptr_array_add (self->channels, g_object_ref (channel));
  g_signal_connect (channel, "open", G_CALLBACK (on_open), self);
  g_signal_connect (channel, "message-text", G_CALLBACK (on_message_text), self);
  g_signal_connect (channel, "message-bytes", G_CALLBACK (on_message_bytes), self);
  g_signal_connect (channel, "error", G_CALLBACK (on_error), self);
  g_signal_connect (channel, "close", G_CALLBACK (on_close), self);
}

static void
on_data_channel (FloePeerConnection *connection, FloeDataChannel *channel, PeerChannels *self)
{
  add_channel (self, channel);
  if (floe_data_channel_get_ready_state (channel) == FLOE_DATA_CHANNEL_STATE_OPEN)
    on_open (channel, self);
}

PeerChannels *
peer_channels_new (FloePeerConnection *connection, gboolean echoes)
{
  PeerChannels *self = g_new0 (PeerChannels, 1);

  self->connection = g_object_ref (connection);
  self->channels = g_ptr_array_new_with_free_func (g_object_unref);
  self->echoes = echoes;
  g_signal_connect (connection, "data-channel", G_CALLBACK (on_data_channel), self);
  return self;
}

void
peer_channels_free (PeerChannels *self)
{
  for (guint i = 0; i < self->channels->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->channels, i), self);
  g_ptr_array_unref (self->channels);
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_object_unref (self->connection);
  g_free (self);
}

/* Reads the unsigned short @name into @value; FALSE with an error when it is there and none. */
static gboolean
read_ushort (JsonObject *object, const char *name, guint16 *value, GError **error)
{
  gint64 number = sample_json_get_int (object, name, -1);

  if (number < 0 || number > G_MAXUINT16)
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_TYPE, "%s is not a number from 0 to 65535", name);
      return FALSE;
    }
  *value = (guint16) number;
  return TRUE;
}

/* (transfer full): the channel options in @object, or NULL with an error. */
static FloeDataChannelInit *
read_init (JsonObject *object, GError **error)
{
  g_autoptr (FloeDataChannelInit) init = floe_data_channel_init_new ();
  const char *protocol = sample_json_get_string (object, "protocol", G_MAXUINT16);
  guint16 number;

  floe_data_channel_init_set_ordered (init, sample_json_get_boolean (object, "ordered", TRUE));
  if (protocol != NULL)
    floe_data_channel_init_set_protocol (init, protocol);
  if (sample_json_has (object, "maxRetransmits"))
    {
      if (!read_ushort (object, "maxRetransmits", &number, error))
        return NULL;
      floe_data_channel_init_set_max_retransmits (init, number);
    }
  if (sample_json_has (object, "maxPacketLifeTime"))
    {
      if (!read_ushort (object, "maxPacketLifeTime", &number, error))
        return NULL;
      floe_data_channel_init_set_max_packet_life_time (init, number);
    }
  if (sample_json_get_boolean (object, "negotiated", FALSE))
    {
      if (!read_ushort (object, "id", &number, error))
        return NULL;
      floe_data_channel_init_set_negotiated (init, number);
    }
  return g_steal_pointer (&init);
}

gboolean
peer_channels_create (PeerChannels *self, JsonObject *object, GError **error)
{
  const char *label = sample_json_get_string (object, "label", PEER_MAX_LINE);
  g_autoptr (FloeDataChannelInit) init = read_init (object, error);
  g_autoptr (FloeDataChannel) channel = NULL;

  if (init == NULL)
    return FALSE;
  channel = floe_peer_connection_create_data_channel (self->connection, label != NULL ? label : "",
                                                      init, error);
  if (channel == NULL)
    return FALSE;
  add_channel (self, channel);
  return TRUE;
}

/* (nullable) (transfer none): the channel that @object names, or NULL with an error. */
static FloeDataChannel *
find_channel (PeerChannels *self, JsonObject *object, GError **error)
{
  const char *label = sample_json_get_string (object, "label", PEER_MAX_LINE);

  for (guint i = 0; label != NULL && i < self->channels->len; i++)
    {
      FloeDataChannel *channel = g_ptr_array_index (self->channels, i);
      if (strcmp (floe_data_channel_get_label (channel), label) == 0)
        return channel;
    }
  g_set_error (error, FLOE_ERROR, FLOE_ERROR_INVALID_ACCESS, "There is no channel with label %s",
               label != NULL ? label : "(none given)");
  return NULL;
}

gboolean
peer_channels_send (PeerChannels *self, JsonObject *object, GError **error)
{
  FloeDataChannel *channel = find_channel (self, object, error);
  const char *text = sample_json_get_string (object, "text", PEER_MAX_LINE);
  gint64 size = sample_json_get_int (object, "size", -1);
  g_autoptr (GBytes) payload = NULL;

  if (channel == NULL)
    return FALSE;
  if (text != NULL)
    return floe_data_channel_send_text (channel, text, error);
  if (size < 0 || size > MAX_PAYLOAD)
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_TYPE,
                   "send wants a text, or a size from 0 to %d bytes", MAX_PAYLOAD);
      return FALSE;
    }
  payload = peer_make_payload ((gsize) size);
  return floe_data_channel_send_bytes (channel, payload, error);
}

gboolean
peer_channels_close (PeerChannels *self, JsonObject *object, GError **error)
{
  FloeDataChannel *channel = find_channel (self, object, error);

  if (channel == NULL)
    return FALSE;
  floe_data_channel_close (channel);
  return TRUE;
}
