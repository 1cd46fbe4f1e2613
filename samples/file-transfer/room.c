/* SPDX-License-Identifier: MPL-2.0 */
#include "room.h"

#include "floe-rendezvous.h"
#include "floe-websocket-signaling.h"
#include "host-address.h"

/* Between two attempts to find the way back: doubled each time. */
#define FIRST_RETRY_S 1
#define LAST_RETRY_S 30

struct _Room
{
  const Options *options; /* (unowned) */
  RoomHandlers handlers;
  gpointer user_data;
  FloeRoomAddress address;    /* with a code */
  FloeRendezvous *rendezvous; /* (owned) (nullable): NULL when it is elsewhere */
  FloeSignaling *signaling;   /* (owned) (nullable): NULL while the way is lost */
  GPtrArray *ice_servers;     /* (owned) (nullable): those of the rendezvous */
  FloePrivacyLevel privacy;   /* what the rendezvous asked for last */
  char *url;                  /* (owned) */
  char *code;                 /* (owned) */
  char *server;               /* (owned) (nullable) */
  guint retry_source;         /* 0 unless it is armed */
  guint retry_s;
  gboolean is_ours;
  gboolean has_entered;
  gboolean is_waiting;
  gboolean is_first; /* of the two who are there now */
};

static void
on_privacy (FloeSignaling *signaling, FloePrivacyLevel level, Room *self)
{
  self->privacy = level;
}

static void
on_welcome (FloeSignaling *signaling, GPtrArray *ice_servers, Room *self)
{
  gboolean is_first = !self->has_entered;

  self->has_entered = TRUE;
  self->retry_s = FIRST_RETRY_S;
  g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
  self->ice_servers = g_ptr_array_ref (ice_servers);
  if (is_first)
    self->handlers.entered (self->user_data);
}

static void
on_peer (FloeSignaling *signaling, gboolean offers, Room *self)
{
  self->is_first = offers;
  self->handlers.peer (offers, self->user_data);
}

static void
on_gone (FloeSignaling *signaling, Room *self)
{
  self->handlers.gone (self->user_data);
}

static void
leave (Room *self)
{
  if (self->signaling == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->signaling, self);
  floe_signaling_close (self->signaling);
  g_clear_object (&self->signaling);
}

static void enter (Room *self);

static gboolean
on_retry (gpointer user_data)
{
  Room *self = user_data;

  self->retry_source = 0;
  enter (self);
  return G_SOURCE_REMOVE;
}

static void
retry_later (Room *self)
{
  self->retry_source = g_timeout_add_seconds (self->retry_s, on_retry, self);
  self->retry_s = MIN (self->retry_s * 2, LAST_RETRY_S);
}

static void
on_error (FloeSignaling *signaling, const GError *error, Room *self)
{
  /* The message belongs to who emits it, and may go with the signalling. */
  g_autoptr (FloeSignaling) alive = g_object_ref (signaling);

  leave (self);
  if (!self->is_waiting)
    self->handlers.gone (self->user_data);
  else if (g_error_matches (error, FLOE_ERROR, FLOE_ERROR_INVALID_ACCESS))
    self->handlers.lost (EXIT_STATUS_AUTHENTICATION,
                         "The code is wrong, or nobody is there (any more)", self->user_data);
  else if (g_error_matches (error, FLOE_ERROR, FLOE_ERROR_NETWORK) && self->has_entered)
    {
      g_debug ("room: the way to it is lost, next attempt in %u s: %s", self->retry_s,
               error->message);
      retry_later (self);
    }
  else
    self->handlers.lost (EXIT_STATUS_FAILED, error->message, self->user_data);
}

/* Sets off for the room. */
static void
enter (Room *self)
{
  g_autofree char *name = floe_code_get_room (&self->address.code);

  if (self->rendezvous != NULL)
    self->signaling = floe_rendezvous_join (self->rendezvous, name, TRUE);
  else
    self->signaling =
        floe_websocket_signaling_new (&self->address, self->is_ours, self->options->trust);
  g_signal_connect (self->signaling, "privacy", G_CALLBACK (on_privacy), self);
  g_signal_connect (self->signaling, "welcome", G_CALLBACK (on_welcome), self);
  g_signal_connect (self->signaling, "peer", G_CALLBACK (on_peer), self);
  g_signal_connect (self->signaling, "gone", G_CALLBACK (on_gone), self);
  g_signal_connect (self->signaling, "error", G_CALLBACK (on_error), self);
}

/* Makes a rendezvous of our own and fills in its address. */
static gboolean
open_rendezvous (Room *self, GError **error)
{
  g_autofree char *name = floe_code_get_room (&self->address.code);
  const FloeRendezvousOptions rendezvous_options = {
    .room = name,
    .ice_servers = self->options->ice_servers,
    .certificate = self->options->certificate,
    .hosts = (const char *const *) self->options->hosts,
  };
  g_autoptr (FloeRendezvous) rendezvous = floe_rendezvous_new (&rendezvous_options);
  g_autoptr (GInetSocketAddress) bound =
      floe_rendezvous_listen (rendezvous, self->options->listen, error);
  FloeCode code = self->address.code;

  if (bound == NULL)
    return FALSE;
  options_get_own_address (self->options, bound, &self->address);
  self->address.code = code;
  self->address.has_code = TRUE;
  floe_code_clear (&code);
  self->rendezvous = g_steal_pointer (&rendezvous);
  return TRUE;
}

static void
copy_address (const FloeRoomAddress *from, FloeRoomAddress *to)
{
  *to = *from;
  to->scheme = g_strdup (from->scheme);
  to->host = g_strdup (from->host);
}

Room *
room_new (const Options *options, const RoomHandlers *handlers, gpointer user_data, GError **error)
{
  g_autoptr (Room) self = g_new0 (Room, 1);

  self->options = options;
  self->handlers = *handlers;
  self->user_data = user_data;
  self->retry_s = FIRST_RETRY_S;
  self->is_waiting = TRUE;
  if (options->has_address)
    copy_address (&options->address, &self->address);
  self->is_ours = !self->address.has_code;
  if (options->has_address && self->is_ours)
    self->server = floe_room_address_to_string (&self->address);
  if (self->is_ours)
    floe_code_generate (&self->address.code);
  self->address.has_code = TRUE;
  if (!options->has_address && !open_rendezvous (self, error))
    return NULL;
  self->url = floe_room_address_to_string (&self->address);
  self->code = floe_code_to_string (&self->address.code);
  enter (self);
  return g_steal_pointer (&self);
}

void
room_free (Room *self)
{
  g_clear_handle_id (&self->retry_source, g_source_remove);
  leave (self);
  if (self->rendezvous != NULL)
    floe_rendezvous_close (self->rendezvous);
  g_clear_object (&self->rendezvous);
  g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
  floe_room_address_clear (&self->address);
  g_free (self->url);
  g_free (self->code);
  g_free (self->server);
  g_free (self);
}

gboolean
room_is_ours (Room *self)
{
  return self->is_ours;
}

const char *
room_get_url (Room *self)
{
  return self->url;
}

const char *
room_get_code (Room *self)
{
  return self->code;
}

const char *
room_get_server (Room *self)
{
  return self->server;
}

gboolean
room_is_on_loopback (Room *self)
{
  return floe_room_address_is_loopback (&self->address);
}

void
room_warn_if_exposed (Room *self, Report *report)
{
  host_address_warn_if_exposed (&self->address, report);
}

void
room_get_key (Room *self, guint8 key[FLOE_CODE_KEY_SIZE])
{
  floe_code_get_key (&self->address.code, key);
}

FloeSignaling *
room_get_signaling (Room *self)
{
  return self->signaling;
}

static void
add_servers (FloeConfiguration *configuration, GPtrArray *servers)
{
  for (guint i = 0; servers != NULL && i < servers->len; i++)
    floe_configuration_add_ice_server (configuration, g_ptr_array_index (servers, i));
}

void
room_add_ice_servers (Room *self, FloeConfiguration *configuration)
{
  add_servers (configuration, self->options->ice_servers);
  /* Our own rendezvous has no others than we have. */
  if (self->rendezvous == NULL)
    add_servers (configuration, self->ice_servers);
}

FloePrivacyLevel
room_get_privacy (Room *self)
{
  return MAX (self->options->privacy, self->privacy);
}

void
room_dismiss_peer (Room *self)
{
  if (self->signaling == NULL)
    return;
  if (self->is_first)
    {
      floe_signaling_dismiss_peer (self->signaling);
      return;
    }
  /* Only who was first may do that. We are not when we came back before the rendezvous missed us,
   * or after somebody else. */
  leave (self);
  if (self->is_waiting)
    retry_later (self);
}

void
room_stop_waiting (Room *self)
{
  self->is_waiting = FALSE;
  g_clear_handle_id (&self->retry_source, g_source_remove);
}
