/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-rendezvous.h"

#include <sys/resource.h>

#include "rendezvous-client.h"
#include "rendezvous-listener.h"
#include "rendezvous-seat.h"

#define MAX_CONNECTIONS 2048
#define MAX_HANDSHAKES 128
#define MAX_ROOMS 1024
#define EXPIRE_INTERVAL_S 60

struct _FloeRendezvous
{
  GObject parent_instance;

  GPtrArray *ice_servers;       /* (owned): of FloeIceServer */
  GTlsCertificate *certificate; /* (owned) (nullable) */
  GStrv hosts;                  /* (owned) (nullable) */
  char *welcome;                /* (owned) */
  gboolean logs_addresses;

  RendezvousRooms *rooms;       /* (owned) (nullable): NULL once closed */
  RendezvousLimits *limits;     /* (owned) */
  RendezvousListener *listener; /* (owned) (nullable): while listening */
  RendezvousHouse house;        /* points to the members above */
  GHashTable *clients;          /* (owned): RendezvousClient (owned) -> its address (owned) */
  GPtrArray *seats;             /* (owned): of RendezvousSeat, unowned: they tell when they go */
  GSource *expire_source;       /* (owned) */
};

G_DEFINE_FINAL_TYPE (FloeRendezvous, floe_rendezvous, G_TYPE_OBJECT)

/* (transfer full): whom @socket leads to, for people to read. */
static char *
describe_remote (GSocket *socket)
{
  g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (socket, NULL);

  return remote != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (remote))
                        : g_strdup ("somebody");
}

static void
on_client_gone (gpointer user_data, RendezvousClient *client)
{
  FloeRendezvous *self = user_data;

  if (self->logs_addresses)
    g_message ("%s left", (const char *) g_hash_table_lookup (self->clients, client));
  g_hash_table_remove (self->clients, client);
}

static void
on_accepted (gpointer user_data, GIOStream *io, GSocket *socket, RendezvousSlot *slot)
{
  FloeRendezvous *self = user_data;
  char *address = self->logs_addresses ? describe_remote (socket) : NULL;

  if (address != NULL)
    g_message ("%s came", address);
  g_hash_table_insert (self->clients, rendezvous_client_new (&self->house, io, socket, slot),
                       address);
}

static gboolean
on_expire_time (gpointer user_data)
{
  FloeRendezvous *self = user_data;

  rendezvous_rooms_expire (self->rooms, g_get_monotonic_time ());
  return G_SOURCE_CONTINUE;
}

static void
on_seat_finalized (gpointer user_data, GObject *seat)
{
  FloeRendezvous *self = user_data;

  g_ptr_array_remove_fast (self->seats, seat);
}

/* A process has 1024 file descriptors by default, and other uses for them. */
static guint
get_max_connections (void)
{
  struct rlimit files;

  if (getrlimit (RLIMIT_NOFILE, &files) != 0 || files.rlim_cur / 2 > MAX_CONNECTIONS)
    return MAX_CONNECTIONS;
  return MAX (1, (guint) (files.rlim_cur / 2));
}

static void
floe_rendezvous_dispose (GObject *object)
{
  floe_rendezvous_close (FLOE_RENDEZVOUS (object));

  G_OBJECT_CLASS (floe_rendezvous_parent_class)->dispose (object);
}

static void
floe_rendezvous_finalize (GObject *object)
{
  FloeRendezvous *self = FLOE_RENDEZVOUS (object);

  g_hash_table_unref (self->clients);
  g_ptr_array_unref (self->seats);
  rendezvous_limits_free (self->limits);
  g_ptr_array_unref (self->ice_servers);
  g_clear_object (&self->certificate);
  g_strfreev (self->hosts);
  g_free (self->welcome);

  G_OBJECT_CLASS (floe_rendezvous_parent_class)->finalize (object);
}

static void
floe_rendezvous_class_init (FloeRendezvousClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = floe_rendezvous_dispose;
  G_OBJECT_CLASS (klass)->finalize = floe_rendezvous_finalize;
}

static void
floe_rendezvous_init (FloeRendezvous *self)
{
  self->limits = rendezvous_limits_new (get_max_connections (), MAX_HANDSHAKES);
  self->clients = g_hash_table_new_full (g_direct_hash, g_direct_equal,
                                         (GDestroyNotify) rendezvous_client_free, g_free);
  self->seats = g_ptr_array_new ();
  self->ice_servers = g_ptr_array_new_with_free_func ((GDestroyNotify) floe_ice_server_unref);
  self->expire_source = g_timeout_source_new_seconds (EXPIRE_INTERVAL_S);
  g_source_set_callback (self->expire_source, on_expire_time, self, NULL);
  g_source_attach (self->expire_source, g_main_context_get_thread_default ());
}

FloeRendezvous *
floe_rendezvous_new (const FloeRendezvousOptions *options)
{
  FloeRendezvous *self;

  g_return_val_if_fail (options != NULL, NULL);

  self = g_object_new (FLOE_TYPE_RENDEZVOUS, NULL);
  for (guint i = 0; options->ice_servers != NULL && i < options->ice_servers->len; i++)
    g_ptr_array_add (self->ice_servers,
                     floe_ice_server_ref (g_ptr_array_index (options->ice_servers, i)));
  g_set_object (&self->certificate, options->certificate);
  self->hosts = g_strdupv ((char **) options->hosts);
  self->logs_addresses = options->logs_addresses;
  self->welcome = rendezvous_message_write_welcome (self->ice_servers, self->certificate != NULL,
                                                    options->privacy);
  self->rooms = rendezvous_rooms_new (options->room, MAX_ROOMS);
  self->house = (RendezvousHouse){
    .rooms = self->rooms,
    .welcome = self->welcome,
    .machine = g_get_host_name (),
    .hosts = (const char *const *) self->hosts,
    .is_tls = self->certificate != NULL,
    .patience = RENDEZVOUS_PATIENCE,
    .handle_gone = on_client_gone,
    .user_data = self,
  };
  return self;
}

GInetSocketAddress *
floe_rendezvous_listen (FloeRendezvous *self, GInetSocketAddress *address, GError **error)
{
  g_autoptr (RendezvousListener) listener = NULL;
  GInetSocketAddress *bound;

  g_return_val_if_fail (FLOE_IS_RENDEZVOUS (self), NULL);
  g_return_val_if_fail (self->rooms != NULL && self->listener == NULL, NULL);

  listener =
      rendezvous_listener_new (address, self->certificate, self->limits, on_accepted, self, error);
  if (listener == NULL)
    return NULL;
  bound = rendezvous_listener_get_address (listener, error);
  if (bound != NULL)
    self->listener = g_steal_pointer (&listener);
  return bound;
}

FloeSignaling *
floe_rendezvous_join (FloeRendezvous *self, const char *room, gboolean opens)
{
  RendezvousSeat *seat;

  g_return_val_if_fail (FLOE_IS_RENDEZVOUS (self) && room != NULL, NULL);
  g_return_val_if_fail (self->rooms != NULL, NULL);

  seat = rendezvous_seat_new (self->rooms, room, opens, self->ice_servers);
  g_ptr_array_add (self->seats, seat);
  g_object_weak_ref (G_OBJECT (seat), on_seat_finalized, self);
  return FLOE_SIGNALING (seat);
}

void
floe_rendezvous_close (FloeRendezvous *self)
{
  g_return_if_fail (FLOE_IS_RENDEZVOUS (self));

  if (self->rooms == NULL)
    return;
  g_clear_pointer (&self->listener, rendezvous_listener_free);
  g_source_destroy (self->expire_source);
  g_clear_pointer (&self->expire_source, g_source_unref);
  for (guint i = 0; i < self->seats->len; i++)
    {
      RendezvousSeat *seat = g_ptr_array_index (self->seats, i);

      g_object_weak_unref (G_OBJECT (seat), on_seat_finalized, self);
      rendezvous_seat_dismiss (seat);
    }
  g_ptr_array_set_size (self->seats, 0);
  /* Last, as they are told when a seat leaves. */
  g_hash_table_remove_all (self->clients);
  g_clear_pointer (&self->rooms, rendezvous_rooms_free);
}
