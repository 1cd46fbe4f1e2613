/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-ice-repeats-private.h"

#include <string.h>

#include "floe-deadline-source-private.h"
#include "floe-inet-convert-private.h"
#include "floe-repeat-core-private.h"

struct _FloeIceRepeats
{
  FloeReflexive *reflexive; /* (unowned): the path's */
  FloeRepeatCore *core;     /* (owned) */
  GSource *timer;           /* (owned) */
};

static void
drain (FloeIceRepeats *self)
{
  FloeRepeatOutput output;

  while (floe_repeat_core_poll (self->core, g_get_monotonic_time (), &output))
    {
      if (!floe_reflexive_send (self->reflexive, output.base, &output.to, output.data, output.size))
        floe_repeat_core_handle_unreachable (self->core, output.base, &output.to);
    }
  floe_deadline_source_set (self->timer,
                            floe_repeat_core_get_deadline (self->core, g_get_monotonic_time ()));
}

static void
on_deadline (gpointer user_data)
{
  drain (user_data);
}

static void
add_bases (FloeIceRepeats *self)
{
  for (guint i = 0; i < floe_reflexive_get_base_count (self->reflexive); i++)
    {
      const FloeReflexiveBase *from = floe_reflexive_get_base (self->reflexive, i);
      FloeRepeatBase base = { .address = from->address, .priority = from->host.priority };

      memcpy (base.tag, from->tag, sizeof base.tag);
      floe_repeat_core_add_base (self->core, &base);
    }
}

FloeIceRepeats *
floe_ice_repeats_new (const FloeIceShared *shared, FloeReflexive *reflexive)
{
  FloeRepeatIdentity identity = {
    .local_ufrag = shared->ufrag,
    .remote_ufrag = shared->remote->ufrag,
    .remote_pwd = shared->remote->pwd,
    .is_controlling = shared->is_controlling,
  };
  FloeRepeatCore *core = floe_repeat_core_new (&identity, shared->budget);
  FloeIceRepeats *self;

  if (core == NULL)
    return NULL;
  self = g_new0 (FloeIceRepeats, 1);
  self->reflexive = reflexive;
  self->core = core;
  self->timer = floe_deadline_source_new (shared->context, on_deadline, self);
  add_bases (self);
  return self;
}

void
floe_ice_repeats_free (FloeIceRepeats *self)
{
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  floe_repeat_core_free (self->core);
  g_free (self);
}

void
floe_ice_repeats_add_remote (FloeIceRepeats *self, const NiceCandidate *candidate)
{
  char text[NICE_ADDRESS_STRING_LEN];
  FloeStunAddress remote;

  nice_address_to_string (&candidate->addr, text);
  if (!floe_stun_address_from_text (text, &remote))
    return;
  remote.port = (guint16) nice_address_get_port (&candidate->addr);
  floe_repeat_core_add_remote (self->core, g_get_monotonic_time (), &remote);
  drain (self);
}

void
floe_ice_repeats_handle_answer (FloeIceRepeats *self, guint base, const FloeStunAddress *from,
                                const guint8 *data, gsize size)
{
  floe_repeat_core_handle_answer (self->core, base, from, data, size);
  drain (self);
}

void
floe_ice_repeats_stop (FloeIceRepeats *self)
{
  floe_repeat_core_stop (self->core);
  drain (self);
}
