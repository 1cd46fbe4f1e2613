/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-ice-names-private.h"

#include <string.h>

#include "floe-local-addresses-private.h"
#include "floe-log-private.h"
#include "floe-mdns-private.h"

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
  FloeIceNamesFunc func;
  gpointer user_data;
  FloeMdnsUser *mdns; /* (owned) (nullable): from the first name on */
  GPtrArray *theirs;  /* (owned) (element-type Name) */
  GQueue found;       /* (element-type FloeCandidate): to be told; all zero for a name in vain */
  GSource *source;    /* (owned) (nullable): while @found has something */
  gboolean has_started;
  gboolean has_any; /* the peer hides addresses behind names, looked up or not */
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
floe_ice_names_new (const FloeIceShared *shared, FloeIceNamesFunc func, gpointer user_data)
{
  FloeIceNames *self = g_new0 (FloeIceNames, 1);

  self->shared = shared;
  self->func = func;
  self->user_data = user_data;
  self->theirs = g_ptr_array_new_with_free_func (free_name);
  g_queue_init (&self->found);
  return self;
}

void
floe_ice_names_free (FloeIceNames *self)
{
  g_clear_pointer (&self->mdns, floe_mdns_user_free);
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_queue_clear_full (&self->found, g_free);
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

/* Whoever is told may free the names. */
static gboolean
on_tell (gpointer user_data)
{
  FloeIceNames *self = user_data;
  g_autofree FloeCandidate *candidate = g_queue_pop_head (&self->found);
  gboolean has_more = !g_queue_is_empty (&self->found);

  if (!has_more)
    g_clear_pointer (&self->source, g_source_unref);
  self->func (candidate->port != 0 ? candidate : NULL, self->user_data);
  return has_more;
}

/* Takes @candidate. */
static void
tell_later (FloeIceNames *self, FloeCandidate *candidate)
{
  g_queue_push_tail (&self->found, candidate);
  if (self->source != NULL)
    return;
  self->source = g_idle_source_new ();
  g_source_set_priority (self->source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->source, on_tell, self, NULL);
  g_source_attach (self->source, self->shared->context);
}

static void
hand_on (FloeIceNames *self, const FloeCandidate *candidate, const char *address)
{
  FloeCandidate *found = g_memdup2 (candidate, sizeof *candidate);

  memset (found->address, 0, sizeof found->address);
  g_strlcpy (found->address, address, sizeof found->address);
  tell_later (self, found);
}

static void
on_found (const char *text, const char *address, gpointer user_data)
{
  FloeIceNames *self = user_data;
  Name *name = find_name (self, text);

  if (address == NULL)
    {
      floe_debug (FLOE_LOG_ICE, "the name of a remote candidate was not found");
      tell_later (self, g_new0 (FloeCandidate, 1));
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

  if (!self->shared->rules.names_host)
    return TRUE;
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

  if (!self->shared->rules.resolves_names)
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
  self->has_any = TRUE;
  why = take (self, candidate);
  if (why != NULL)
    floe_debug (FLOE_LOG_ICE, "remote candidate not used (%s)", why);
  return TRUE;
}

gboolean
floe_ice_names_is_pending (const FloeIceNames *self)
{
  if (!self->has_started)
    return self->theirs->len > 0;
  return self->found.head != NULL || (self->mdns != NULL && floe_mdns_user_is_pending (self->mdns));
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

/* What the peer has told with an address, by that address or, for NULL, of any host. */
static gboolean
is_told (const GPtrArray *candidates, const char *address)
{
  for (guint i = 0; i < candidates->len; i++)
    {
      const NiceCandidate *candidate = g_ptr_array_index (candidates, i);
      char text[NICE_ADDRESS_STRING_LEN];

      nice_address_to_string (&candidate->addr, text);
      if (address != NULL ? strcmp (text, address) == 0
                          : candidate->type == NICE_CANDIDATE_TYPE_HOST)
        return TRUE;
    }
  return FALSE;
}

/* A peer may be seen before it has told any candidate: then it may be about to tell names. */
static gboolean
may_be_shown (const FloeIceNames *self, const char *address)
{
  const FloeIceRemote *remote = self->shared->remote;

  if (!self->has_any && (is_told (remote->candidates, NULL) || is_told (remote->tcp, NULL)))
    return TRUE;
  return is_told (remote->candidates, address) || is_told (remote->tcp, address);
}

void
floe_ice_names_show (const FloeIceNames *self, FloeCandidate *remote)
{
  const Name *name = find_by (self, remote->address, 0);

  if (name == NULL && may_be_shown (self, remote->address))
    return;
  if (name == NULL)
    name = find_by (self, NULL, remote->port);
  if (name != NULL)
    g_strlcpy (remote->address, name->name, sizeof remote->address);
  else
    floe_ice_names_blank (remote);
}
