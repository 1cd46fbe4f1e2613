/* SPDX-License-Identifier: MPL-2.0 */
/* What TURN adds to STUN: the attributes of RFC 8656 section 18 and ChannelData messages.
 *
 * Getters as in floe-stun-attributes: FALSE when the attribute is missing or malformed, and what
 * they give points into the datagram. XOR-PEER-ADDRESS is read and written there.
 *
 * Layer: stun. GLib only. May include: base. Any thread. */
#pragma once

#include "floe-stun-attributes-private.h"

G_BEGIN_DECLS

#define FLOE_TURN_PROTOCOL_TCP 6
#define FLOE_TURN_PROTOCOL_UDP 17
#define FLOE_TURN_TOKEN_SIZE 8

/* RFC 8656 section 12: "0x4000 through 0x4FFF" */
#define FLOE_TURN_MIN_CHANNEL 0x4000
#define FLOE_TURN_MAX_CHANNEL 0x4fff
#define FLOE_TURN_CHANNEL_HEADER_SIZE 4

typedef struct
{
  guint8 type;    /* 0 to 127, of ICMP or ICMPv6 by the family of the peer */
  guint16 code;   /* 0 to 511 */
  guint32 detail; /* the MTU when a packet was too big, else 0 */
} FloeTurnIcmp;

typedef struct
{
  guint16 channel;
  const guint8 *data; /* (unowned): in the datagram; never NULL */
  gsize size;         /* bytes, without padding */
} FloeTurnChannelData;

gboolean floe_turn_message_get_lifetime (const FloeStunMessage *self, guint32 *lifetime_s);
gboolean floe_turn_message_get_channel (const FloeStunMessage *self, guint16 *channel);
gboolean floe_turn_message_get_data (const FloeStunMessage *self, const guint8 **data, gsize *size);
/* REQUESTED- or ADDITIONAL-ADDRESS-FAMILY. */
gboolean floe_turn_message_get_family (const FloeStunMessage *self, FloeStunAttributeType type,
                                       FloeStunFamily *family);
/* REQUESTED-TRANSPORT: an IP protocol number. */
gboolean floe_turn_message_get_transport (const FloeStunMessage *self, guint8 *protocol);
gboolean floe_turn_message_get_even_port (const FloeStunMessage *self, gboolean *reserves_next);
gboolean floe_turn_message_get_token (const FloeStunMessage *self, const guint8 **token);
/* The XOR-RELAYED-ADDRESS of one family: an allocation of both has two. */
gboolean floe_turn_message_get_relayed (const FloeStunMessage *self, FloeStunFamily family,
                                        FloeStunAddress *address);
/* ADDRESS-ERROR-CODE: why the other one of two families was not allocated. */
gboolean floe_turn_message_get_address_error (const FloeStunMessage *self, FloeStunFamily *family,
                                              FloeStunError *error);
gboolean floe_turn_message_get_icmp (const FloeStunMessage *self, FloeTurnIcmp *icmp);

void floe_turn_builder_add_lifetime (FloeStunBuilder *self, guint32 lifetime_s);
void floe_turn_builder_add_channel (FloeStunBuilder *self, guint16 channel);
void floe_turn_builder_add_data (FloeStunBuilder *self, const void *data, gsize size);
void floe_turn_builder_add_family (FloeStunBuilder *self, FloeStunAttributeType type,
                                   FloeStunFamily family);
void floe_turn_builder_add_transport (FloeStunBuilder *self, guint8 protocol);
void floe_turn_builder_add_even_port (FloeStunBuilder *self, gboolean reserves_next);
void floe_turn_builder_add_token (FloeStunBuilder *self, const guint8 token[FLOE_TURN_TOKEN_SIZE]);
void floe_turn_builder_add_address_error (FloeStunBuilder *self, FloeStunFamily family, guint code,
                                          const char *reason);
void floe_turn_builder_add_icmp (FloeStunBuilder *self, const FloeTurnIcmp *icmp);

/* Reads one ChannelData message, which may have padding or other bytes behind it. FALSE when it is
 * none, or says that it has more bytes than there are. */
gboolean floe_turn_channel_data_parse (FloeTurnChannelData *self, const guint8 *data, gsize size);

/* Writes one and returns its size, or 0 when @buffer is too small or @data does not fit into any.
 * Streams need padding to a multiple of 4 (RFC 8656 section 12.5). */
gsize floe_turn_channel_data_write (const FloeTurnChannelData *self, gboolean is_stream,
                                    guint8 *buffer, gsize size);

/* Cuts a stream to a TURN server, which carries STUN messages and ChannelData one after the other,
 * from its first @size bytes: *@frame_size is the bytes of the first message with its padding, or 0
 * when more have to come to tell. FALSE when the stream carries something else, and can't be read
 * any further. */
gboolean floe_turn_stream_get_frame_size (const guint8 *data, gsize size, gsize *frame_size);

G_END_DECLS
