/* SPDX-License-Identifier: MPL-2.0 */
/* What the files of the channel set share. Nobody else includes this. Layer: channel. */
#pragma once

#include <glib.h>

#include "floe-channel-core-private.h"
#include "floe-channel-set-private.h"
#include "floe-receive-account-core-private.h"
#include "floe-send-queue-core-private.h"

G_BEGIN_DECLS

/* Counted: an event may end the channel that it is about. */
typedef struct
{
  guint32 key;          /* 0: nobody above knows of it, it only waits for its stream's reset */
  FloeChannelInfo info; /* with the id, when there is one */
  FloeChannelCore core;
  GError *error; /* (owned) (nullable): why it ends, for `closed` */
} FloeChannel;

struct _FloeChannelSet
{
  const FloeChannelEvents *events; /* (unowned): static */
  gpointer user_data;
  FloeSctpEngine *engine;          /* (unowned) (nullable): while the association is up */
  GHashTable *by_key;              /* (owned): key to FloeChannel (owned) */
  GHashTable *by_stream;           /* (owned): id to FloeChannel (owned) */
  GHashTable *retired_ids;         /* (owned): a set */
  GQueue waiting;                  /* of keys: for role and association, in the order of open() */
  FloeSendQueueCore *queue;        /* (owned) */
  FloeReceiveAccountCore *account; /* (owned) */
  guint max_channels;
  guint32 last_peer_key;
  guint32 taken_key; /* whose message is being sent, 0: none */
  gboolean is_role_known;
  gboolean is_dtls_client;
  gboolean is_over; /* the association has been and is gone */
  gboolean is_reading;
  gboolean is_pumping;
  gboolean is_blocked; /* until handle_writable() */
};

FloeChannel *floe_channel_new (guint32 key, FloeChannelOrigin origin);
void floe_channel_unref (FloeChannel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeChannel, floe_channel_unref)

/* (transfer full) (nullable): a reference, since events may end the channel meanwhile. */
FloeChannel *floe_channel_set_find_stream (FloeChannelSet *self, guint stream);
/* Makes @channel the one of its info.id. */
void floe_channel_set_add_stream (FloeChannelSet *self, FloeChannel *channel);
void floe_channel_set_add_key (FloeChannelSet *self, FloeChannel *channel);
gboolean floe_channel_set_is_id_used (guint id, gpointer self);
/* Ids that both sides have streams for. */
guint floe_channel_set_get_limit (FloeChannelSet *self);

/* Does what a core decided. The caller holds a reference to @channel. */
void floe_channel_set_apply (FloeChannelSet *self, FloeChannel *channel,
                             FloeChannelActions actions);
/* Ends @channel in disorder. */
void floe_channel_set_fail (FloeChannelSet *self, FloeChannel *channel, const GError *error);
/* Sends what is queued, as far as there is room. */
void floe_channel_set_pump (FloeChannelSet *self);
void floe_channel_set_update_reading (FloeChannelSet *self);

G_END_DECLS
