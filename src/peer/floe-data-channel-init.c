/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-data-channel-init-private.h"

#include <floe/floe-data-channel-init.h>

struct _FloeDataChannelInit
{
  FloeChannelInfo info;
};

/**
 * FloeDataChannelInit:
 *
 * The options of a new data channel (W3C RTCDataChannelInit): ordered and reliable unless said
 * otherwise.
 *
 * Since: 1.0
 */
G_DEFINE_BOXED_TYPE (FloeDataChannelInit, floe_data_channel_init, floe_data_channel_init_copy,
                     floe_data_channel_init_free)

const FloeChannelInfo *
floe_data_channel_init_get_info (const FloeDataChannelInit *self)
{
  return &self->info;
}

/**
 * floe_data_channel_init_new: (constructor)
 *
 * Makes the options of an ordered and reliable channel without a protocol name.
 *
 * Returns: (transfer full): new options
 * Since: 1.0
 */
FloeDataChannelInit *
floe_data_channel_init_new (void)
{
  FloeDataChannelInit *self = g_new0 (FloeDataChannelInit, 1);

  self->info.label = g_strdup ("");
  self->info.protocol = g_strdup ("");
  self->info.is_ordered = TRUE;
  self->info.max_retransmits = -1;
  self->info.max_packet_life_time = -1;
  self->info.id = -1;
  return self;
}

/**
 * floe_data_channel_init_copy:
 * @self: options
 *
 * Copies options.
 *
 * Returns: (transfer full): the copy
 * Since: 1.0
 */
FloeDataChannelInit *
floe_data_channel_init_copy (const FloeDataChannelInit *self)
{
  FloeDataChannelInit *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new0 (FloeDataChannelInit, 1);
  floe_channel_info_copy (&copy->info, &self->info);
  return copy;
}

/**
 * floe_data_channel_init_free:
 * @self: (transfer full): options
 *
 * Frees options.
 *
 * Since: 1.0
 */
void
floe_data_channel_init_free (FloeDataChannelInit *self)
{
  if (self == NULL)
    return;
  floe_channel_info_clear (&self->info);
  g_free (self);
}

/**
 * floe_data_channel_init_set_ordered:
 * @self: options
 * @ordered: whether messages arrive in the order in which they were sent
 *
 * Sets whether messages arrive in the order in which they were sent. The default is %TRUE.
 *
 * Since: 1.0
 */
void
floe_data_channel_init_set_ordered (FloeDataChannelInit *self, gboolean ordered)
{
  g_return_if_fail (self != NULL);

  self->info.is_ordered = !!ordered;
}

/**
 * floe_data_channel_init_set_max_retransmits:
 * @self: options
 * @count: how many times a message is sent again at most
 *
 * Makes the channel give a message up after @count retransmissions (RFC 7496). It can't be
 * combined with floe_data_channel_init_set_max_packet_life_time().
 *
 * Since: 1.0
 */
void
floe_data_channel_init_set_max_retransmits (FloeDataChannelInit *self, guint16 count)
{
  g_return_if_fail (self != NULL);

  self->info.max_retransmits = count;
}

/**
 * floe_data_channel_init_set_max_packet_life_time:
 * @self: options
 * @ms: for how long a message is sent at most, in milliseconds
 *
 * Makes the channel give a message up after @ms milliseconds (RFC 3758). It can't be combined with
 * floe_data_channel_init_set_max_retransmits().
 *
 * Since: 1.0
 */
void
floe_data_channel_init_set_max_packet_life_time (FloeDataChannelInit *self, guint16 ms)
{
  g_return_if_fail (self != NULL);

  self->info.max_packet_life_time = ms;
}

/**
 * floe_data_channel_init_set_protocol:
 * @self: options
 * @protocol: the name of what is spoken on the channel; the application's own affair
 *
 * Sets the subprotocol name that the other side is told.
 *
 * Since: 1.0
 */
void
floe_data_channel_init_set_protocol (FloeDataChannelInit *self, const char *protocol)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (protocol != NULL);

  g_free (self->info.protocol);
  self->info.protocol = g_strdup (protocol);
}

/**
 * floe_data_channel_init_set_negotiated:
 * @self: options
 * @id: the channel's id, 0 to 65534
 *
 * Says that both applications make the channel themselves with the same @id, so that the peer is
 * not told of it.
 *
 * Since: 1.0
 */
void
floe_data_channel_init_set_negotiated (FloeDataChannelInit *self, guint16 id)
{
  g_return_if_fail (self != NULL);

  self->info.is_negotiated = TRUE;
  self->info.id = id;
}
