/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-ice-names-private.h"

#include <string.h>

#include "floe-local-addresses-private.h"
#include "floe-log-private.h"
#include "floe-mdns-private.h"

#define HIDDEN_PORT 9 /* RFC 8839 section 5.1 */

/* One name of the peer's. */
typedef struct
{
  char name[FLOE_MDNS_NAME_SIZE];
  GArray *candidates;   /* (owned) (element-type FloeCandidate): that have it */
  GPtrArray *addresses; /* (owned) (element-type utf8): found, one a family */
} Name;

struct _FloeIceNames
{
  const FloeIceShared *shared; /* (unowned): the transport's */
  FloePrivacyLevel privacy;
  FloeIceNamesFunc func;
  gpointer user_data;
  FloeMdnsUser *mdns; /* (owned) (nullable): from the first name on */
  GPtrArray *theirs;  /* (owned) (element-type Name) */
  gboolean has_started;
};

static void
free_name (gpointer data)
{
  Name *self = data;

  g_array_unref (self->candidates);
  g_ptr_array_unref (self->addresses);
  g_free (self);
}

FloeIceNames *
floe_ice_names_new (const FloeIceShared *shared, FloePrivacyLevel privacy, FloeIceNamesFunc func,
                    gpointer user_data)
{
  FloeIceNames *self = g_new0 (FloeIceNames, 1);

  self->shared = shared;
  self->privacy = privacy;
  self->func = func;
  self->user_data = user_data;
  self->theirs = g_ptr_array_new_with_free_func (free_name);
  return self;
}

void
floe_ice_names_free (FloeIceNames *self)
{
  g_clear_pointer (&self->mdns, floe_mdns_user_free);
  g_ptr_array_unref (self->theirs);
  g_free (self);
}

static Name *
find_name (const FloeIceNames *self, const char *name)
{
  for (guint i = 0; i < self->theirs->len; i++)
    {
      Name *other = g_ptr_array_index (self->theirs, i);

      if (strcmp (other->name, name) == 0)
        return other;
    }
  return NULL;
}

static void
hand_on (const FloeIceNames *self, const FloeCandidate *candidate, const char *address)
{
  FloeCandidate found = *candidate;

  memset (found.address, 0, sizeof found.address);
  g_strlcpy (found.address, address, sizeof found.address);
  self->func (&found, self->user_data);
}

static void
on_found (const char *text, const char *address, gpointer user_data)
{
  FloeIceNames *self = user_data;
  Name *name = find_name (self, text);

  if (address == NULL)
    {
      floe_debug (FLOE_LOG_ICE, "the name of a remote candidate was not found");
      self->func (NULL, self->user_data);
      return;
    }
  g_ptr_array_add (name->addresses, g_strdup (address));
  for (guint i = 0; i < name->candidates->len; i++)
    hand_on (self, &g_array_index (name->candidates, FloeCandidate, i), address);
}

static FloeMdnsUser *
get_mdns (FloeIceNames *self)
{
  if (self->mdns == NULL && self->has_started)
    self->mdns =
        floe_mdns_user_new (self->shared->context, self->shared->addresses, on_found, self);
  return self->mdns;
}

void
floe_ice_names_start (FloeIceNames *self)
{
  self->has_started = TRUE;
  for (guint i = 0; i < self->theirs->len; i++)
    floe_mdns_user_look_up (get_mdns (self), ((Name *) g_ptr_array_index (self->theirs, i))->name);
}

void
floe_ice_names_handle_change (FloeIceNames *self)
{
  if (self->mdns != NULL)
    floe_mdns_user_handle_change (self->mdns);
}

static gboolean
is_own (const FloeIceNames *self, const char *address)
{
  const GArray *addresses = self->shared->addresses;

  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    {
      if (strcmp (g_array_index (addresses, FloeLocalAddress, i).text, address) == 0)
        return TRUE;
    }
  return FALSE;
}

gboolean
floe_ice_names_hide (FloeIceNames *self, FloeCandidate *local)
{
  const char *name;

  if (self->privacy != FLOE_PRIVACY_LEVEL_OBFUSCATED)
    return TRUE;
  if (local->related_address[0] != '\0')
    {
      g_strlcpy (local->related_address, "0.0.0.0", sizeof local->related_address);
      local->related_port = HIDDEN_PORT;
    }
  /* A peer on the same link sees a host's address, and so reports it as what it sees. */
  if (local->type != FLOE_ICE_CANDIDATE_TYPE_HOST
      && (local->type != FLOE_ICE_CANDIDATE_TYPE_PRFLX || !is_own (self, local->address)))
    return TRUE;
  name = get_mdns (self) != NULL ? floe_mdns_user_publish (self->mdns, local->address) : NULL;
  if (name == NULL)
    return FALSE;
  g_strlcpy (local->address, name, sizeof local->address);
  return TRUE;
}

void
floe_ice_names_blank (FloeCandidate *candidate)
{
  g_strlcpy (candidate->address, "0.0.0.0", sizeof candidate->address);
}

/* Why @candidate is not looked up, or NULL. What the remote side refuses anyway is not, either. */
static const char *
refuse (const FloeIceNames *self, const FloeCandidate *candidate)
{
  char name[FLOE_MDNS_NAME_SIZE];

  if (self->privacy >= FLOE_PRIVACY_LEVEL_NO_HOST || self->shared->relay_only)
    return "names are not looked up at this privacy level";
  /* draft-ietf-mmusic-mdns-ice-candidates section 3.2.1: other names are for DNS, which is not
   * asked on a peer's word. */
  if (!floe_mdns_name_set (name, candidate->address))
    return "a name that is not one of mDNS";
  if (candidate->transport == FLOE_CANDIDATE_TCP_ACTIVE
      || candidate->transport == FLOE_CANDIDATE_OTHER || candidate->port == 0
      || candidate->component != 1)
    return "of no use with any address";
  return NULL;
}

/* Returns NULL, and @why, when there are too many. */
static Name *
add_name (FloeIceNames *self, const char *text, const char **why)
{
  Name *name;

  if (self->theirs->len >= FLOE_MDNS_MAX_USER_LOOKUPS)
    {
      *why = "too many names";
      return NULL;
    }
  name = g_new0 (Name, 1);
  g_strlcpy (name->name, text, sizeof name->name);
  name->candidates = g_array_new (FALSE, FALSE, sizeof (FloeCandidate));
  name->addresses = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->theirs, name);
  return name;
}

static const char *
take (FloeIceNames *self, const FloeCandidate *candidate)
{
  const char *why = refuse (self, candidate);
  char text[FLOE_MDNS_NAME_SIZE];
  gboolean is_new;
  Name *name;

  if (why != NULL)
    return why;
  floe_mdns_name_set (text, candidate->address);
  name = find_name (self, text);
  is_new = name == NULL;
  if (is_new)
    name = add_name (self, text, &why);
  if (name == NULL)
    return why;
  if (name->candidates->len >= FLOE_MAX_CANDIDATES_PER_NAME)
    return "too many of one name";
  g_array_append_vals (name->candidates, candidate, 1);
  if (!is_new)
    for (guint i = 0; i < name->addresses->len; i++)
      hand_on (self, candidate, g_ptr_array_index (name->addresses, i));
  else if (self->has_started && !floe_mdns_user_look_up (get_mdns (self), text))
    return "too many names in this process";
  return NULL;
}

gboolean
floe_ice_names_take (FloeIceNames *self, const FloeCandidate *candidate)
{
  const char *why;

  if (floe_candidate_has_literal_address (candidate))
    return FALSE;
  why = take (self, candidate);
  if (why != NULL)
    floe_debug (FLOE_LOG_ICE, "remote candidate not used (%s)", why);
  return TRUE;
}

gboolean
floe_ice_names_is_pending (const FloeIceNames *self)
{
  return self->has_started ? self->mdns != NULL && floe_mdns_user_is_pending (self->mdns)
                           : self->theirs->len > 0;
}

static gboolean
has_address (const Name *name, const char *address)
{
  return g_ptr_array_find_with_equal_func (name->addresses, address, g_str_equal, NULL);
}

static gboolean
has_port (const Name *name, guint16 port)
{
  for (guint i = 0; i < name->candidates->len; i++)
    {
      if (g_array_index (name->candidates, FloeCandidate, i).port == port)
        return TRUE;
    }
  return FALSE;
}

/* By address if @address is given, else by port. */
static const Name *
find_by (const FloeIceNames *self, const char *address, guint16 port)
{
  for (guint i = 0; i < self->theirs->len; i++)
    {
      const Name *name = g_ptr_array_index (self->theirs, i);

      if (address != NULL ? has_address (name, address) : has_port (name, port))
        return name;
    }
  return NULL;
}

static gboolean
is_among (const GPtrArray *candidates, const char *address)
{
  for (guint i = 0; i < candidates->len; i++)
    {
      const NiceCandidate *candidate = g_ptr_array_index (candidates, i);
      char text[NICE_ADDRESS_STRING_LEN];

      nice_address_to_string (&candidate->addr, text);
      if (strcmp (text, address) == 0)
        return TRUE;
    }
  return FALSE;
}

void
floe_ice_names_show (const FloeIceNames *self, FloeCandidate *remote)
{
  const FloeIceRemote *told = self->shared->remote;
  const Name *name;

  if (self->theirs->len == 0)
    return;
  name = find_by (self, remote->address, 0);
  if (name == NULL
      && (is_among (told->candidates, remote->address) || is_among (told->tcp, remote->address)))
    return;
  if (name == NULL)
    name = find_by (self, NULL, remote->port);
  if (name != NULL)
    g_strlcpy (remote->address, name->name, sizeof remote->address);
  else
    floe_ice_names_blank (remote);
}
