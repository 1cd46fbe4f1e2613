/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-lane-private.h"

#include "floe-inet-convert-private.h"
#include "floe-nat-probe-private.h"
#include "floe-nat-reach-private.h"
#include "floe-nat64-private.h"

#define EXTERNAL_IPV6_BITS 48

/* What a target is to this lane. */
typedef struct
{
  FloeStunAddress address; /* size 0: none of this family */
  int server;              /* the number that the probe knows it by, or -1 */
  FloeNatFault fault;      /* when the probe does not know it */
} Place;

struct _FloeNatLane
{
  FloeNatPlan *plan; /* (owned) */
  FloeNatBase base;
  char *key; /* (owned) */
  Place places[FLOE_NAT_MAX_TARGETS];
  FloeNatServer servers[FLOE_NAT_MAX_SERVERS]; /* with credentials that are owned */
  guint server_count;
  FloeNatProbe *probe;      /* (owned) (nullable): without servers there is none */
  FloeNatFindings findings; /* without a probe */
  FloeNatReach *reach;      /* (owned) */
  guint pending;            /* of probe and reach */
  gint64 started_us;
  gint64 elapsed_us;               /* -1 while it is under way */
  const FloeNatLaneEvents *events; /* (unowned): static */
  gpointer user_data;              /* (unowned) */
};

/* The probe's number of a server, a new one when it is not known yet. -1: there are too many. */
static int
add_server (FloeNatLane *self, const FloeStunAddress *address, const FloeNatTarget *target)
{
  guint i = 0;

  while (i < self->server_count && !floe_stun_address_equal (&self->servers[i].address, address))
    i++;
  if (i == FLOE_NAT_MAX_SERVERS)
    return -1;
  if (i == self->server_count)
    self->servers[self->server_count++] =
        (FloeNatServer){ *address, NULL,
                         floe_nat64_find_bits (floe_nat64_get_known (), address->bytes) };
  /* A server that lends addresses can tell more. Odd credentials are as good as none. */
  if (self->servers[i].credentials == NULL && target->username != NULL && target->password != NULL)
    self->servers[i].credentials =
        floe_stun_credentials_new_long_term (target->username, target->password, NULL);
  return (int) i;
}

static gboolean
is_loopback (const FloeStunAddress *address)
{
  return floe_stun_address_get_scope (address) == FLOE_STUN_SCOPE_LOOPBACK;
}

static void
find_places (FloeNatLane *self, const FloeNatNames *names)
{
  for (guint i = 0; i < self->plan->targets->len; i++)
    {
      const FloeNatTarget *target = g_ptr_array_index (self->plan->targets, i);
      Place *place = &self->places[i];

      place->server = -1;
      if (!floe_nat_names_get (names, i, self->base.address.size, &place->address))
        place->fault = floe_nat_names_is_known (names, i) ? FLOE_NAT_FAULT_OTHER_FAMILY
                                                          : FLOE_NAT_FAULT_UNRESOLVED;
      else if (is_loopback (&place->address) != is_loopback (&self->base.address))
        place->fault = FLOE_NAT_FAULT_SILENT;
      else if (target->way == FLOE_NAT_WAY_UDP)
        place->server = add_server (self, &place->address, target);
    }
}

static void
finish_part (FloeNatLane *self)
{
  if (--self->pending > 0)
    {
      self->events->changed (self->user_data);
      return;
    }
  self->elapsed_us = g_get_monotonic_time () - self->started_us;
  self->events->done (self->user_data);
}

static void
on_probe_changed (FloeNatProbe *probe, gpointer user_data)
{
  FloeNatLane *self = user_data;

  if (floe_nat_probe_get_findings (probe)->udp == FLOE_NAT_ANSWER_YES)
    floe_nat_reach_set_udp_works (self->reach);
  self->events->changed (self->user_data);
}

static void
on_probe_done (FloeNatProbe *probe, gpointer user_data)
{
  FloeNatLane *self = user_data;

  if (floe_nat_probe_get_findings (probe)->udp != FLOE_NAT_ANSWER_YES)
    floe_nat_reach_set_udp_fails (self->reach);
  finish_part (user_data);
}

static const FloeNatProbeEvents probe_events = { on_probe_changed, on_probe_done };

static void
on_reach_changed (gpointer user_data)
{
  FloeNatLane *self = user_data;

  self->events->changed (self->user_data);
}

static void
on_reach_done (gpointer user_data)
{
  finish_part (user_data);
}

static const FloeNatReachEvents reach_events = { on_reach_changed, on_reach_done };

/* There is nobody to ask over UDP: says why, and nothing else. */
static void
explain_no_probe (FloeNatLane *self)
{
  static const char *const reasons[] = {
    [FLOE_NAT_FAULT_NONE] = "not asked: no server over UDP is configured",
    [FLOE_NAT_FAULT_SILENT] = "not asked: the servers are on this host itself",
    [FLOE_NAT_FAULT_OTHER_FAMILY] = "not asked: no server has an address of this family",
    [FLOE_NAT_FAULT_UNRESOLVED] = "not asked: no server's name could be resolved",
  };
  FloeNatFault fault = FLOE_NAT_FAULT_NONE;

  for (guint i = 0; i < self->plan->targets->len; i++)
    if (((const FloeNatTarget *) g_ptr_array_index (self->plan->targets, i))->way
        == FLOE_NAT_WAY_UDP)
      fault = self->places[i].fault;
  self->findings.base = self->base.address;
  g_strlcpy (self->findings.proofs[FLOE_NAT_ASPECT_UDP].evidence, reasons[fault],
             FLOE_NAT_MAX_EVIDENCE_SIZE);
}

/* A name that is not known here may be known to a proxy. */
static guint32
get_skipped (const FloeNatLane *self)
{
  guint32 skipped = 0;

  for (guint i = 0; i < self->plan->targets->len; i++)
    if (self->places[i].fault == FLOE_NAT_FAULT_OTHER_FAMILY
        || self->places[i].fault == FLOE_NAT_FAULT_SILENT)
      skipped |= 1u << i;
  return skipped;
}

FloeNatLane *
floe_nat_lane_new (const FloeNatLaneConfig *config, const FloeNatLaneEvents *events,
                   gpointer user_data)
{
  FloeNatLane *self = g_new0 (FloeNatLane, 1);

  self->plan = floe_nat_plan_ref (config->plan);
  self->base = *config->base;
  self->key = g_strdup (config->key);
  self->started_us = g_get_monotonic_time ();
  self->elapsed_us = -1;
  self->events = events;
  self->user_data = user_data;
  find_places (self, config->names);
  if (self->server_count > 0)
    {
      FloeNatOrigin origin = { self->base.address, self->plan->min_port, self->plan->max_port };

      self->probe = floe_nat_probe_new (config->context, &origin, self->servers, self->server_count,
                                        &probe_events, self);
      self->pending++;
    }
  else
    explain_no_probe (self);
  self->reach = floe_nat_reach_new (config->context, self->plan, &self->base.address,
                                    get_skipped (self), &reach_events, self);
  self->pending++;
  return self;
}

void
floe_nat_lane_free (FloeNatLane *self)
{
  g_clear_pointer (&self->probe, floe_nat_probe_free);
  floe_nat_reach_free (self->reach);
  for (guint i = 0; i < self->server_count; i++)
    g_clear_pointer (&self->servers[i].credentials, floe_stun_credentials_unref);
  floe_nat_plan_unref (self->plan);
  g_free (self->key);
  g_free (self);
}

static void
add_servers (const FloeNatLane *self, FloeNatRecord *record)
{
  for (guint i = 0; i < self->plan->targets->len; i++)
    {
      const FloeNatTarget *target = g_ptr_array_index (self->plan->targets, i);
      const Place *place = &self->places[i];
      FloeNatServerRecord server = { target->url, place->address, place->fault, -1 };

      if (place->server >= 0 && (guint) place->server < record->findings.server_count)
        {
          const FloeNatServerFinding *finding = &record->findings.servers[place->server];

          server.fault = finding->fault;
          server.rtt_us = finding->rtt_us;
        }
      else
        floe_nat_reach_get_server (self->reach, i, &server.fault, &server.rtt_us);
      floe_nat_record_add_server (record, &server);
    }
}

static FloeNatAnswer
take_verdict (const FloeNatLane *self, FloeNatWay way, FloeNatProof *proof)
{
  FloeNatReachVerdict verdict = floe_nat_reach_judge (self->reach, way);

  *proof = verdict.proof;
  return verdict.answer;
}

FloeNatRecord *
floe_nat_lane_get_record (const FloeNatLane *self)
{
  FloeNatRecord *record = floe_nat_record_new ();

  record->findings =
      self->probe != NULL ? *floe_nat_probe_get_findings (self->probe) : self->findings;
  record->findings.elapsed_us =
      self->elapsed_us >= 0 ? self->elapsed_us : g_get_monotonic_time () - self->started_us;
  g_strlcpy (record->interface, self->base.interface, sizeof record->interface);
  record->has_default_route = self->base.has_default_route;
  record->is_complete = self->elapsed_us >= 0;
  record->time_us = g_get_real_time ();
  record->key = g_strdup (self->key);
  if (record->findings.external_count > 0)
    record->external_network =
        floe_nat_get_network (&record->findings.externals[0].address, EXTERNAL_IPV6_BITS);
  record->tcp =
      take_verdict (self, FLOE_NAT_WAY_TCP, &record->findings.proofs[FLOE_NAT_ASPECT_TCP]);
  record->tls =
      take_verdict (self, FLOE_NAT_WAY_TLS, &record->findings.proofs[FLOE_NAT_ASPECT_TLS]);
  record->proxy = g_strdup (floe_nat_reach_get_proxy (self->reach));
  add_servers (self, record);
  return record;
}
