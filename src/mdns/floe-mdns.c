/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-mdns-private.h"

#include <net/if.h>
#include <string.h>

#include "floe-deadline-source-private.h"
#include "floe-local-addresses-private.h"
#include "floe-log-private.h"
#include "floe-mdns-resolver-core-private.h"
#include "floe-mdns-responder-core-private.h"
#include "floe-mdns-sockets-private.h"
#include "floe-random-private.h"

typedef struct
{
  GMainContext *context;            /* (unowned): the network context */
  FloeMdnsSockets *sockets;         /* (owned) */
  FloeMdnsResponderCore *responder; /* (owned) */
  FloeMdnsResolverCore *resolver;   /* (owned) */
  GSource *timer;                   /* (owned) */
  GPtrArray *users;                 /* (owned) (element-type FloeMdnsUser): not the users */
} Service;

typedef struct
{
  char *address; /* (owned) */
  char name[FLOE_MDNS_NAME_SIZE];
} Published;

struct _FloeMdnsUser
{
  Service *service;        /* (unowned): lives as long as it has users */
  const GArray *addresses; /* (unowned) (element-type FloeLocalAddress) */
  FloeMdnsFunc func;
  gpointer user_data;
  GPtrArray *published; /* (owned) (element-type Published) */
  GPtrArray *lookups;   /* (owned) (element-type utf8): names */
};

/* One for each network context of the thread; there is one but in tests. */
static GPrivate services = G_PRIVATE_INIT ((GDestroyNotify) g_ptr_array_unref);

static gboolean
set_address (FloeMdnsAddress *out, const char *text)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (text);

  *out = (FloeMdnsAddress){ 0 };
  if (inet == NULL)
    return FALSE;
  out->size = g_inet_address_get_native_size (inet);
  memcpy (out->bytes, g_inet_address_to_bytes (inet), out->size);
  return TRUE;
}

static char *
address_to_text (const FloeMdnsAddress *address)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_bytes (
      address->bytes,
      address->size == FLOE_MDNS_IPV4_SIZE ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);

  return g_inet_address_to_string (inet);
}

/* draft-ietf-mmusic-mdns-ice-candidates section 3.1.1: "a version 4 UUID", RFC 4122 section 4.4. */
static void
make_name (char name[FLOE_MDNS_NAME_SIZE])
{
  guint8 bytes[16];

  floe_random_bytes (bytes, sizeof bytes);
  bytes[6] = (guint8) (0x40 | (bytes[6] & 0x0f));
  bytes[8] = (guint8) (0x80 | (bytes[8] & 0x3f));
  name[0] = '\0';
  for (gsize i = 0; i < sizeof bytes; i++)
    g_snprintf (name + strlen (name), FLOE_MDNS_NAME_SIZE - strlen (name), "%02x%s", bytes[i],
                i == 3 || i == 5 || i == 7 || i == 9 ? "-" : "");
  g_strlcat (name, ".local", FLOE_MDNS_NAME_SIZE);
}

/* 0 when no interface that @user may use has it. */
static guint
find_interface (const FloeMdnsUser *user, const char *address)
{
  for (guint i = 0; i < user->addresses->len; i++)
    {
      const FloeLocalAddress *own = &g_array_index (user->addresses, FloeLocalAddress, i);

      if (strcmp (own->text, address) == 0)
        return if_nametoindex (own->interface);
    }
  return 0;
}

static void
add_interfaces (const FloeMdnsUser *user, GArray *interfaces)
{
  for (guint i = 0; i < user->addresses->len; i++)
    {
      guint index = if_nametoindex (g_array_index (user->addresses, FloeLocalAddress, i).interface);
      gboolean is_known = index == 0;

      for (guint j = 0; j < interfaces->len && !is_known; j++)
        is_known = g_array_index (interfaces, guint, j) == index;
      if (!is_known)
        g_array_append_val (interfaces, index);
    }
}

static gboolean
looks_up (const FloeMdnsUser *user, const char *name)
{
  return g_ptr_array_find_with_equal_func (user->lookups, name, g_str_equal, NULL);
}

static gboolean
is_active (const FloeMdnsUser *user)
{
  gboolean is_active = user->published->len > 0;

  for (guint i = 0; i < user->lookups->len && !is_active; i++)
    is_active = floe_mdns_resolver_core_is_open (user->service->resolver,
                                                 g_ptr_array_index (user->lookups, i));
  return is_active;
}

/* Joining a group is a packet on its link, too. */
static void
update_sockets (Service *self)
{
  g_autoptr (GArray) interfaces = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < self->users->len; i++)
    {
      const FloeMdnsUser *user = g_ptr_array_index (self->users, i);

      if (is_active (user))
        add_interfaces (user, interfaces);
    }
  floe_mdns_sockets_set_interfaces (self->sockets, interfaces);
}

static void
send_message (Service *self, const FloeMdnsLink *link, const FloeMdnsSource *to,
              const FloeMdnsMessage *message)
{
  guint8 buffer[FLOE_MDNS_MAX_SENT_SIZE];
  gsize size = floe_mdns_message_serialize (message, buffer);

  if (size > 0)
    floe_mdns_sockets_send (self->sockets, link, to, buffer, size);
}

/* On the links of those who look the name up. */
static void
ask (Service *self, const FloeMdnsEvent *event)
{
  g_autofree FloeMdnsMessage *query = g_new0 (FloeMdnsMessage, 1);
  g_autoptr (GArray) interfaces = g_array_new (FALSE, FALSE, sizeof (guint));

  query->question_count = 1;
  query->questions[0].type = event->question_type;
  g_strlcpy (query->questions[0].name, event->name, sizeof query->questions[0].name);
  for (guint i = 0; i < self->users->len; i++)
    {
      const FloeMdnsUser *user = g_ptr_array_index (self->users, i);

      if (looks_up (user, event->name))
        add_interfaces (user, interfaces);
    }
  for (guint i = 0; i < interfaces->len; i++)
    for (guint family = 0; family < FLOE_MDNS_N_FAMILIES; family++)
      {
        FloeMdnsLink link = { g_array_index (interfaces, guint, i), family };

        send_message (self, &link, NULL, query);
      }
}

static void
tell (Service *self, const FloeMdnsEvent *event)
{
  g_autofree char *address =
      event->type == FLOE_MDNS_EVENT_FOUND ? address_to_text (&event->address) : NULL;

  for (guint i = 0; i < self->users->len; i++)
    {
      FloeMdnsUser *user = g_ptr_array_index (self->users, i);

      if (looks_up (user, event->name))
        user->func (event->name, address, user->user_data);
    }
}

static void
drain_resolver (Service *self)
{
  FloeMdnsEvent event;

  while (floe_mdns_resolver_core_poll (self->resolver, &event))
    switch (event.type)
      {
      case FLOE_MDNS_EVENT_ASK:
        ask (self, &event);
        break;
      case FLOE_MDNS_EVENT_FOUND:
      case FLOE_MDNS_EVENT_MISSED:
        tell (self, &event);
        break;
      case FLOE_MDNS_EVENT_ENDED:
        update_sockets (self);
        break;
      default:
        g_assert_not_reached ();
      }
}

static void
drain_responder (Service *self)
{
  g_autofree FloeMdnsOutput *output = g_new0 (FloeMdnsOutput, 1);

  while (floe_mdns_responder_core_poll (self->responder, g_get_monotonic_time (), output))
    send_message (self, &output->link, output->is_unicast ? &output->to : NULL, &output->message);
}

static void
drain (Service *self)
{
  gint64 responder_us, resolver_us;

  drain_responder (self);
  drain_resolver (self);
  responder_us = floe_mdns_responder_core_get_deadline (self->responder);
  resolver_us = floe_mdns_resolver_core_get_deadline (self->resolver);
  floe_deadline_source_set (self->timer, responder_us == -1 || resolver_us == -1
                                             ? MAX (responder_us, resolver_us)
                                             : MIN (responder_us, resolver_us));
}

static void
on_deadline (gpointer user_data)
{
  Service *self = user_data;

  floe_mdns_resolver_core_handle_timeout (self->resolver, g_get_monotonic_time ());
  drain (self);
}

static void
on_received (const FloeMdnsLink *link, const FloeMdnsSource *source, const guint8 *data, gsize size,
             gpointer user_data)
{
  Service *self = user_data;
  g_autofree FloeMdnsMessage *message = g_new0 (FloeMdnsMessage, 1);

  if (!floe_mdns_message_parse (message, data, size, NULL))
    return;
  if (!message->is_response)
    floe_mdns_responder_core_handle_query (self->responder, g_get_monotonic_time (), link, source,
                                           message);
  /* RFC 6762 section 6: "MUST silently ignore any … responses … where the source UDP port is not
   * 5353". */
  else if (source->port == FLOE_MDNS_PORT)
    floe_mdns_resolver_core_handle_response (self->resolver, g_get_monotonic_time (), message);
  drain (self);
}

static Service *
make_service (GMainContext *context)
{
  Service *self = g_new0 (Service, 1);

  self->context = context;
  self->sockets = floe_mdns_sockets_new (context, on_received, self);
  self->responder = floe_mdns_responder_core_new ();
  self->resolver = floe_mdns_resolver_core_new ();
  self->timer = floe_deadline_source_new (context, on_deadline, self);
  self->users = g_ptr_array_new ();
  return self;
}

static void
free_service (Service *self)
{
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  floe_mdns_sockets_free (self->sockets);
  floe_mdns_responder_core_free (self->responder);
  floe_mdns_resolver_core_free (self->resolver);
  g_ptr_array_unref (self->users);
  g_free (self);
}

static Service *
get_service (GMainContext *context)
{
  GPtrArray *all = g_private_get (&services);

  if (all == NULL)
    {
      all = g_ptr_array_new ();
      g_private_set (&services, all);
    }
  for (guint i = 0; i < all->len; i++)
    {
      Service *service = g_ptr_array_index (all, i);

      if (service->context == context)
        return service;
    }
  g_ptr_array_add (all, make_service (context));
  return g_ptr_array_index (all, all->len - 1);
}

FloeMdnsUser *
floe_mdns_user_new (GMainContext *context, const GArray *addresses, FloeMdnsFunc func,
                    gpointer user_data)
{
  FloeMdnsUser *self = g_new0 (FloeMdnsUser, 1);

  self->service = get_service (context);
  self->addresses = addresses;
  self->func = func;
  self->user_data = user_data;
  self->published = g_ptr_array_new ();
  self->lookups = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->service->users, self);
  return self;
}

static void
withdraw (FloeMdnsUser *self)
{
  for (guint i = 0; i < self->published->len; i++)
    {
      Published *published = g_ptr_array_index (self->published, i);

      floe_mdns_responder_core_remove (self->service->responder, published->name);
      g_free (published->address);
      g_free (published);
    }
  g_ptr_array_unref (self->published);
}

static void
stop_lookups (FloeMdnsUser *self)
{
  for (guint i = 0; i < self->lookups->len; i++)
    {
      const char *name = g_ptr_array_index (self->lookups, i);
      gboolean is_shared = FALSE;

      for (guint j = 0; j < self->service->users->len && !is_shared; j++)
        is_shared = looks_up (g_ptr_array_index (self->service->users, j), name);
      if (!is_shared)
        floe_mdns_resolver_core_stop (self->service->resolver, name);
    }
  g_ptr_array_unref (self->lookups);
}

void
floe_mdns_user_free (FloeMdnsUser *self)
{
  Service *service = self->service;

  g_ptr_array_remove (service->users, self);
  withdraw (self);
  stop_lookups (self);
  g_free (self);
  /* Farewells go out before the sockets close. */
  drain (service);
  update_sockets (service);
  if (service->users->len > 0)
    return;
  g_ptr_array_remove_fast (g_private_get (&services), service);
  free_service (service);
}

void
floe_mdns_user_handle_change (FloeMdnsUser *self)
{
  update_sockets (self->service);
  for (guint i = 0; i < self->published->len; i++)
    {
      const Published *published = g_ptr_array_index (self->published, i);

      floe_mdns_responder_core_move (self->service->responder, g_get_monotonic_time (),
                                     published->name, find_interface (self, published->address));
    }
  drain (self->service);
}

static const char *
find_published (const FloeMdnsUser *self, const char *address)
{
  for (guint i = 0; i < self->published->len; i++)
    {
      const Published *published = g_ptr_array_index (self->published, i);

      if (strcmp (published->address, address) == 0)
        return published->name;
    }
  return NULL;
}

const char *
floe_mdns_user_publish (FloeMdnsUser *self, const char *address)
{
  const char *known = find_published (self, address);
  FloeMdnsAddress parsed;
  Published *published;

  if (known != NULL)
    return known;
  if (self->published->len >= FLOE_MDNS_MAX_USER_PUBLISHED || !set_address (&parsed, address))
    return NULL;
  published = g_new0 (Published, 1);
  make_name (published->name);
  if (!floe_mdns_responder_core_add (self->service->responder, g_get_monotonic_time (),
                                     published->name, &parsed, find_interface (self, address)))
    {
      g_free (published);
      return NULL;
    }
  published->address = g_strdup (address);
  g_ptr_array_add (self->published, published);
  update_sockets (self->service);
  drain (self->service);
  return published->name;
}

/* What the process itself knows: its own names, and what others of its connections have found. */
static void
tell_known (FloeMdnsUser *self, const char *name)
{
  const FloeMdnsAddress *own = floe_mdns_responder_core_find (self->service->responder, name);

  if (own != NULL)
    {
      g_autofree char *text = address_to_text (own);

      self->func (name, text, self->user_data);
      return;
    }
  for (guint i = 0; i < FLOE_MDNS_N_FAMILIES; i++)
    {
      const FloeMdnsAddress *found =
          floe_mdns_resolver_core_get_found (self->service->resolver, name, i);
      g_autofree char *text = found != NULL ? address_to_text (found) : NULL;

      if (text != NULL)
        self->func (name, text, self->user_data);
    }
}

gboolean
floe_mdns_user_look_up (FloeMdnsUser *self, const char *text)
{
  char name[FLOE_MDNS_NAME_SIZE];

  if (!floe_mdns_name_set (name, text))
    return FALSE;
  if (looks_up (self, name))
    return TRUE;
  if (self->lookups->len >= FLOE_MDNS_MAX_USER_LOOKUPS)
    return FALSE;
  if (floe_mdns_responder_core_find (self->service->responder, name) == NULL
      && !floe_mdns_resolver_core_start (self->service->resolver, g_get_monotonic_time (), name))
    return FALSE;
  g_ptr_array_add (self->lookups, g_strdup (name));
  tell_known (self, name);
  update_sockets (self->service);
  drain (self->service);
  return TRUE;
}

gboolean
floe_mdns_user_is_pending (const FloeMdnsUser *self)
{
  for (guint i = 0; i < self->lookups->len; i++)
    {
      if (floe_mdns_resolver_core_is_pending (self->service->resolver,
                                              g_ptr_array_index (self->lookups, i)))
        return TRUE;
    }
  return FALSE;
}
