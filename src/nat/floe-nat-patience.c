/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-patience-private.h"

#include "floe-log-private.h"
#include "floe-nat-probe-private.h"
#include "floe-nat64-private.h"

struct _FloeNatPatience
{
  FloeNatRecord *record; /* (owned): what is known of the network */
  FloeNatProbe *probe;   /* (owned) */
  FloeNatPatienceFunc func;
  gpointer user_data; /* (unowned) */
};

/* The one that is under way in this process; the network thread's. */
static FloeNatPatience *present;

static void
on_changed (FloeNatProbe *probe, gpointer user_data)
{
}

static void
on_done (FloeNatProbe *probe, gpointer user_data)
{
  FloeNatPatience *self = user_data;
  const FloeNatLifetime *lifetime = floe_nat_probe_get_lifetime (probe);
  g_autoptr (FloeNatRecord) record = floe_nat_record_copy (self->record);

  floe_debug (FLOE_LOG_NAT, "idle mappings: %s", lifetime->evidence);
  floe_nat_lifetime_apply (lifetime, &record->findings);
  self->func (record, self->user_data);
}

static const FloeNatProbeEvents probe_events = { on_changed, on_done };

/* The servers that the run has asked over UDP, those that did their part. */
static guint
list_servers (const FloeNatPlan *plan, const FloeNatRecord *record,
              FloeNatServer servers[FLOE_NAT_MAX_SERVERS])
{
  guint count = 0;

  for (guint i = 0;
       i < plan->targets->len && i < record->servers->len && count < FLOE_NAT_MAX_SERVERS; i++)
    {
      const FloeNatTarget *target = g_ptr_array_index (plan->targets, i);
      const FloeNatServerRecord *server = g_ptr_array_index (record->servers, i);

      if (target->way != FLOE_NAT_WAY_UDP || server->fault != FLOE_NAT_FAULT_NONE
          || server->address.size != record->findings.base.size)
        continue;
      servers[count] =
          (FloeNatServer){ server->address, NULL,
                           floe_nat64_find_bits (floe_nat64_get_known (), server->address.bytes) };
      if (target->username != NULL && target->password != NULL)
        servers[count].credentials =
            floe_stun_credentials_new_long_term (target->username, target->password, NULL);
      count++;
    }
  return count;
}

static gboolean
is_worth_measuring (const FloeNatRecord *record)
{
  return present == NULL && record->is_complete && record->findings.udp == FLOE_NAT_ANSWER_YES
         && record->findings.is_translated == FLOE_NAT_ANSWER_YES
         && record->findings.proofs[FLOE_NAT_ASPECT_LIFETIME].confidence
                == FLOE_NAT_CONFIDENCE_NONE;
}

FloeNatPatience *
floe_nat_patience_new (GMainContext *context, FloeNatPlan *plan, FloeNatRecord *record,
                       FloeNatPatienceFunc func, gpointer user_data)
{
  FloeNatServer servers[FLOE_NAT_MAX_SERVERS];
  FloeNatPatience *self;
  FloeNatOrigin base;
  guint count;

  if (!is_worth_measuring (record))
    return NULL;
  count = list_servers (plan, record, servers);
  if (count == 0)
    return NULL;
  self = g_new0 (FloeNatPatience, 1);
  self->record = floe_nat_record_ref (record);
  self->func = func;
  self->user_data = user_data;
  base = (FloeNatOrigin){ record->findings.base, plan->min_port, plan->max_port };
  self->probe = floe_nat_probe_new_lifetime (context, &base, servers, count, &probe_events, self);
  for (guint i = 0; i < count; i++)
    g_clear_pointer (&servers[i].credentials, floe_stun_credentials_unref);
  present = self;
  return self;
}

void
floe_nat_patience_free (FloeNatPatience *self)
{
  present = NULL;
  floe_nat_probe_free (self->probe);
  floe_nat_record_unref (self->record);
  g_free (self);
}

const char *
floe_nat_patience_get_key (const FloeNatPatience *self)
{
  return self->record->key;
}
