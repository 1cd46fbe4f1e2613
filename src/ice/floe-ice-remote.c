/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-ice-remote-private.h"

#include <string.h>

#include "floe-candidate-convert-private.h"
#include "floe-log-private.h"

static gboolean
is_known (const GPtrArray *candidates, const NiceCandidate *candidate)
{
  for (guint i = 0; i < candidates->len; i++)
    {
      const NiceCandidate *other = g_ptr_array_index (candidates, i);

      if (other->type == candidate->type && nice_address_equal (&other->addr, &candidate->addr)
          && other->transport == candidate->transport)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_relay (const FloeIceRemote *self, guint index)
{
  const NiceCandidate *candidate = g_ptr_array_index (self->candidates, index);

  return candidate->type == NICE_CANDIDATE_TYPE_RELAYED;
}

/* The oldest one goes, and a relay only when they are more than the others. */
static void
make_room (FloeIceRemote *self)
{
  guint relay_count = 0;
  gboolean takes_relay;

  if (self->candidates->len < FLOE_MAX_REMOTE_CANDIDATES)
    return;
  for (guint i = 0; i < self->candidates->len; i++)
    relay_count += is_relay (self, i);
  takes_relay = relay_count > FLOE_MAX_REMOTE_CANDIDATES / 2;
  for (guint i = 0; i < self->candidates->len; i++)
    {
      if (is_relay (self, i) != takes_relay)
        continue;
      g_ptr_array_remove_index (self->candidates, i);
      g_array_remove_index (self->numbers, i);
      return;
    }
}

/* As with the others the oldest one gives way. */
static void
add_translated (FloeIceRemote *self, NiceCandidate *candidate)
{
  if (self->translated->len >= FLOE_MAX_REMOTE_CANDIDATES)
    g_ptr_array_remove_index (self->translated, 0);
  self->translated_number++;
  g_ptr_array_add (self->translated, candidate);
}

/* Not signalled, and the peer needs none of them: to it our checks come from IPv4. RFC 8445
 * section 5.1.1.2 has the same for our own side. */
static void
translate (FloeIceRemote *self, const NiceCandidate *candidate)
{
  guint8 ipv4[FLOE_NAT64_IPV4_SIZE], ipv6[FLOE_NAT64_IPV6_SIZE];

  if (nice_address_ip_version (&candidate->addr) != 4)
    return;
  memcpy (ipv4, &candidate->addr.s.ip4.sin_addr, sizeof ipv4);
  for (guint i = 0; i < self->nat64.count && floe_nat64_is_public (ipv4); i++)
    {
      NiceCandidate *translated;

      if (!floe_nat64_synthesize (&self->nat64.prefixes[i], ipv4, ipv6))
        continue;
      translated = nice_candidate_copy (candidate);
      nice_address_set_ipv6 (&translated->addr, ipv6);
      nice_address_set_port (&translated->addr, nice_address_get_port (&candidate->addr));
      translated->base_addr = translated->addr;
      if (is_known (self->candidates, translated) || is_known (self->translated, translated))
        nice_candidate_free (translated);
      else
        add_translated (self, translated);
    }
}

/* Takes @nice. The oldest one gives way: it may be of a path that the peer has closed. */
static void
take_tcp (FloeIceRemote *self, NiceCandidate *nice)
{
  if (self->tcp->len >= FLOE_MAX_REMOTE_TCP_CANDIDATES)
    g_ptr_array_remove_index (self->tcp, 0);
  self->tcp_number++;
  g_ptr_array_add (self->tcp, nice);
}

/* The same of one over UDP. */
static void
take_udp (FloeIceRemote *self, NiceCandidate *nice)
{
  make_room (self);
  self->last_number++;
  g_ptr_array_add (self->candidates, nice);
  g_array_append_val (self->numbers, self->last_number);
  translate (self, nice);
}

/* What comes before the credentials has a bound of its own. */
static gboolean
is_allowed (FloeIceRemote *self)
{
  const gint64 cost_us = G_TIME_SPAN_SECOND / FLOE_REMOTE_CANDIDATES_PER_S;
  gint64 now_us = g_get_monotonic_time ();
  gint64 allowance_us = MAX (self->allowance_us, now_us) + cost_us;

  if (allowance_us > now_us + FLOE_REMOTE_CANDIDATE_BURST * cost_us)
    return FALSE;
  self->allowance_us = allowance_us;
  return TRUE;
}

/* Returns why @candidate is not taken, or NULL. */
static const char *
take (FloeIceRemote *self, const FloeCandidate *candidate)
{
  NiceCandidate *nice;
  const char *why;
  gboolean is_tcp;

  /* RFC 8839 section 5.1 and RFC 8838 section 4.1: the ufrag tells the ICE generation. */
  if (candidate->ufrag[0] != '\0' && strcmp (candidate->ufrag, self->ufrag) != 0)
    return "of another generation";
  /* A check from any other socket would take the port that it is about. */
  if (candidate->lock.round != 0)
    return "for lock step only";
  nice = floe_candidate_to_nice (candidate, &why);
  if (nice == NULL)
    return why;
  is_tcp = nice->transport != NICE_CANDIDATE_TRANSPORT_UDP;
  if (is_known (is_tcp ? self->tcp : self->candidates, nice))
    why = "known already";
  else if (!is_allowed (self))
    why = "too many at a time";
  if (why != NULL)
    nice_candidate_free (nice);
  else if (is_tcp)
    take_tcp (self, nice);
  else
    take_udp (self, nice);
  return why;
}

static void
take_or_drop (FloeIceRemote *self, const FloeCandidate *candidate)
{
  const char *why = take (self, candidate);

  if (why == NULL)
    return;
  self->dropped_count++;
  floe_debug (FLOE_LOG_ICE, "remote candidate not used (%s); %u so far", why, self->dropped_count);
}

void
floe_ice_remote_init (FloeIceRemote *self)
{
  *self = (FloeIceRemote){
    .candidates = g_ptr_array_new_with_free_func ((GDestroyNotify) nice_candidate_free),
    .numbers = g_array_new (FALSE, FALSE, sizeof (guint)),
    .translated = g_ptr_array_new_with_free_func ((GDestroyNotify) nice_candidate_free),
    .tcp = g_ptr_array_new_with_free_func ((GDestroyNotify) nice_candidate_free),
    .early = g_array_new (FALSE, FALSE, sizeof (FloeCandidate)),
  };
}

void
floe_ice_remote_clear (FloeIceRemote *self)
{
  g_free (self->ufrag);
  g_free (self->pwd);
  g_ptr_array_unref (self->candidates);
  g_array_unref (self->numbers);
  g_ptr_array_unref (self->translated);
  g_ptr_array_unref (self->tcp);
  g_array_unref (self->early);
}

void
floe_ice_remote_set_credentials (FloeIceRemote *self, const char *ufrag, const char *pwd)
{
  if (self->ufrag != NULL)
    return;
  self->ufrag = g_strdup (ufrag);
  self->pwd = g_strdup (pwd);
  for (guint i = 0; i < self->early->len; i++)
    take_or_drop (self, &g_array_index (self->early, FloeCandidate, i));
  g_array_set_size (self->early, 0);
}

void
floe_ice_remote_add (FloeIceRemote *self, const FloeCandidate *candidate)
{
  if (self->ufrag != NULL)
    take_or_drop (self, candidate);
  else if (self->early->len < FLOE_MAX_REMOTE_CANDIDATES)
    g_array_append_val (self->early, *candidate);
  else
    self->dropped_count++;
}

guint
floe_ice_remote_get_recent (const FloeIceRemote *self)
{
  guint count = 0;

  for (guint i = self->candidates->len; i > 0; i--)
    {
      count += !is_relay (self, i - 1);
      if (count == FLOE_RECENT_REMOTE_CANDIDATES)
        return g_array_index (self->numbers, guint, i - 1);
    }
  return 0;
}

gboolean
floe_ice_remote_is_relay (const FloeIceRemote *self, const NiceAddress *address)
{
  for (guint i = 0; i < self->candidates->len; i++)
    {
      const NiceCandidate *candidate = g_ptr_array_index (self->candidates, i);

      if (is_relay (self, i) && nice_address_equal (&candidate->addr, address))
        return TRUE;
    }
  return FALSE;
}

void
floe_ice_remote_set_nat64 (FloeIceRemote *self, const FloeNat64 *nat64)
{
  self->is_asking = FALSE;
  self->nat64 = *nat64;
  for (guint i = 0; i < self->candidates->len; i++)
    translate (self, g_ptr_array_index (self->candidates, i));
}

static gboolean
is_told (const FloeIceRemote *self, const NiceAddress *address)
{
  for (guint i = 0; i < self->candidates->len; i++)
    {
      const NiceCandidate *candidate = g_ptr_array_index (self->candidates, i);

      if (nice_address_equal (&candidate->addr, address))
        return TRUE;
    }
  return FALSE;
}

void
floe_ice_remote_restore (const FloeIceRemote *self, FloeCandidate *candidate)
{
  guint8 ipv4[FLOE_NAT64_IPV4_SIZE];
  NiceAddress address;

  nice_address_init (&address);
  if (self->nat64.count == 0 || !nice_address_set_from_string (&address, candidate->address)
      || nice_address_ip_version (&address) != 6)
    return;
  nice_address_set_port (&address, candidate->port);
  if (is_told (self, &address)
      || !floe_nat64_extract (&self->nat64, address.s.ip6.sin6_addr.s6_addr, ipv4))
    return;
  g_snprintf (candidate->address, sizeof candidate->address, "%u.%u.%u.%u", ipv4[0], ipv4[1],
              ipv4[2], ipv4[3]);
}
