/* SPDX-License-Identifier: MPL-2.0 */
/* Servers that a domain names in the DNS, by SRV records. */
#include <floe/floe-dns-server-directory.h>

#include <string.h>

#include <floe/floe-error.h>
#include <floe/floe-ice-server.h>

#include "floe-deadline-source-private.h"
#include "floe-log-private.h"
#include "floe-server-query-private.h"

#define MAX_SERVERS 8
#define LIMIT_US (3 * G_TIME_SPAN_SECOND)
/* How long the other services are waited for when one has been found. */
#define GRACE_US (300 * G_TIME_SPAN_MILLISECOND)
/* GResolver does not tell the records' TTL. */
#define LIFETIME_S 900
#define MAX_TARGETS 64 /* of one service; those with the lowest priority value */
#define MAX_NAME_SIZE 253

/* RFC 8489 section 8.1 and RFC 5928 section 5. */
static const struct
{
  const char *service;
  const char *protocol;
  const char *ending;
} services[] = {
  { "stun", "udp", "" },
  { "turn", "udp", "?transport=udp" },
  { "turn", "tcp", "?transport=tcp" },
  { "turns", "tcp", "?transport=tcp" },
};
#define N_SERVICES G_N_ELEMENTS (services)

/**
 * FloeDnsServerDirectory:
 *
 * A directory of the servers that a domain names in the DNS: SRV records for `_stun._udp`,
 * `_turn._udp`, `_turn._tcp` and `_turns._tcp` (RFC 8489 section 8.1, RFC 5928, RFC 8155
 * section 4), in the order of their priorities and weights (RFC 2782). It gives at most 8 servers,
 * takes 3 s at most, and is to be asked again after 15 minutes.
 *
 * The NAPTR records that RFC 5928 puts before these are not looked for, as GResolver has none. A
 * domain without SRV records has no servers here, whatever its address. Records whose target is no
 * host name, and `_turns._tcp` records with a target outside the domain, are not used: DNS answers
 * are seldom signed, and a certificate for a name that an attacker chose would prove nothing
 * (RFC 6125 section 6.2.1).
 *
 * Since: 1.0
 */
struct _FloeDnsServerDirectory
{
  GObject parent_instance;
  char *domain;     /* (owned) (nullable): in ASCII; NULL when it is none */
  char *username;   /* (owned) (nullable) */
  char *credential; /* (owned) (nullable) */
};

/* One question. Referred to by the lookups that are under way. */
typedef struct
{
  guint ref_count;
  FloeDnsServerDirectory *directory; /* (owned) */
  FloeServerQuery *query;            /* (owned) (nullable): until it is answered */
  GCancellable *lookups;             /* (owned) */
  GSource *timer;                    /* (owned) */
  GSource *cancelled;                /* (owned): nobody waits any more */
  GList *targets[N_SERVICES];        /* (owned) (element-type GSrvTarget) */
  guint pending_count;
  GError *error; /* (owned) (nullable): of a lookup, other than that there is nothing */
} Search;

typedef struct
{
  Search *search; /* (owned) */
  guint service;
} Lookup;

static void
search_unref (Search *search)
{
  if (--search->ref_count > 0)
    return;
  for (guint i = 0; i < N_SERVICES; i++)
    g_resolver_free_targets (search->targets[i]);
  g_object_unref (search->directory);
  g_object_unref (search->lookups);
  g_source_unref (search->timer);
  g_source_unref (search->cancelled);
  g_clear_error (&search->error);
  g_free (search);
}

/* Letters, digits and hyphens in labels, the last of which is no number: the C library takes names
 * like 0x7f.1 for addresses. @name is without a final dot. */
static gboolean
is_domain_name (const char *name)
{
  const char *last_dot = strrchr (name, '.');

  return strlen (name) <= MAX_NAME_SIZE
         && g_ascii_isalpha (last_dot != NULL ? last_dot[1] : name[0]) && name[0] != '.'
         && strstr (name, "..") == NULL
         && strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")
                == strlen (name);
}

static gboolean
is_within (const char *name, const char *domain)
{
  gsize size = strlen (name), domain_size = strlen (domain);

  return size >= domain_size && g_ascii_strcasecmp (name + size - domain_size, domain) == 0
         && (size == domain_size || name[size - domain_size - 1] == '.');
}

/* (transfer full) (nullable): what the record stands for, if it can be used. */
static FloeIceServer *
make_server (const FloeDnsServerDirectory *self, guint service, GSrvTarget *target)
{
  g_autofree char *host = g_strdup (g_srv_target_get_hostname (target));
  g_autofree char *url = NULL;
  const char *urls[2] = { NULL };
  gsize size = strlen (host);

  if (size > 0 && host[size - 1] == '.')
    host[size - 1] = '\0';
  /* A name without a dot is one of the network that we are in: localhost, or a printer. */
  if (g_srv_target_get_port (target) == 0 || !is_domain_name (host) || strchr (host, '.') == NULL
      || (g_str_equal (services[service].service, "turns") && !is_within (host, self->domain)))
    {
      floe_debug (FLOE_LOG_PEER, "a record of _%s._%s.%s is of no use", services[service].service,
                  services[service].protocol, self->domain);
      return NULL;
    }
  url = g_strdup_printf ("%s:%s:%u%s", services[service].service, host,
                         g_srv_target_get_port (target), services[service].ending);
  urls[0] = url;
  return floe_ice_server_new (urls, self->username, self->credential, NULL);
}

static gboolean
is_known (const GPtrArray *servers, const FloeIceServer *server)
{
  for (guint i = 0; i < servers->len; i++)
    {
      const FloeIceServer *known = g_ptr_array_index (servers, i);

      if (g_ascii_strcasecmp (floe_ice_server_get_urls (known)[0],
                              floe_ice_server_get_urls (server)[0])
          == 0)
        return TRUE;
    }
  return FALSE;
}

/* The first of each service, then the second of each, and so on: none crowds out the others. */
static GPtrArray *
collect_servers (const Search *search)
{
  GPtrArray *servers = g_ptr_array_new_with_free_func ((GDestroyNotify) floe_ice_server_unref);
  GList *next[N_SERVICES];
  gboolean has_more = TRUE;

  memcpy (next, search->targets, sizeof next);
  while (has_more && servers->len < MAX_SERVERS)
    {
      has_more = FALSE;
      for (guint i = 0; i < N_SERVICES && servers->len < MAX_SERVERS; i++)
        {
          g_autoptr (FloeIceServer) server = NULL;

          while (next[i] != NULL && server == NULL)
            {
              server = make_server (search->directory, i, next[i]->data);
              next[i] = next[i]->next;
            }
          has_more = has_more || next[i] != NULL;
          if (server != NULL && !is_known (servers, server))
            g_ptr_array_add (servers, g_steal_pointer (&server));
        }
    }
  return servers;
}

static gboolean
has_servers (const Search *search)
{
  g_autoptr (GPtrArray) servers = collect_servers (search);

  return servers->len > 0;
}

static GError *
describe_failure (Search *search)
{
  const char *domain = search->directory->domain;

  if (search->pending_count > 0)
    return g_error_new (FLOE_ERROR, FLOE_ERROR_TIMEOUT,
                        "The DNS did not answer in time for the servers of %s", domain);
  if (search->error != NULL)
    return g_error_new (FLOE_ERROR, FLOE_ERROR_NETWORK,
                        "The DNS does not tell the servers of %s: %s", domain,
                        search->error->message);
  return g_error_new (FLOE_ERROR, FLOE_ERROR_NETWORK,
                      "%s has no SRV records of STUN or TURN servers that can be used", domain);
}

/* Answers with what there is. Lookups that are still under way lead nowhere from now on. */
static void
finish (Search *search)
{
  g_autoptr (FloeServerQuery) query = g_steal_pointer (&search->query);
  g_autoptr (GPtrArray) servers = NULL;

  g_source_destroy (search->timer);
  g_source_destroy (search->cancelled);
  g_cancellable_cancel (search->lookups);
  servers = collect_servers (search);
  if (servers->len > 0)
    floe_server_query_answer (query, servers, LIFETIME_S);
  else
    floe_server_query_take_error (query, describe_failure (search));
  search_unref (search);
}

static void
on_deadline (gpointer user_data)
{
  finish (user_data);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  finish (user_data);
  return G_SOURCE_REMOVE;
}

static int
compare_priorities (gconstpointer a, gconstpointer b)
{
  return g_srv_target_get_priority ((GSrvTarget *) a)
         - g_srv_target_get_priority ((GSrvTarget *) b);
}

/* (transfer full) @targets: the best of them, in the order of RFC 2782. Choosing by weight takes
 * quadratic time, so a flood is cut first. */
static GList *
sort_targets (GList *targets)
{
  GList *rest;

  targets = g_list_sort (targets, compare_priorities);
  rest = g_list_nth (targets, MAX_TARGETS);
  if (rest != NULL)
    {
      rest->prev->next = NULL;
      rest->prev = NULL;
      g_resolver_free_targets (rest);
    }
  return g_srv_target_list_sort (targets);
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Lookup *lookup = user_data;
  Search *search = lookup->search;
  g_autoptr (GError) error = NULL;
  GList *targets = g_resolver_lookup_service_finish (G_RESOLVER (source), result, &error);

  search->pending_count--;
  if (search->query == NULL)
    g_resolver_free_targets (targets);
  else if (targets != NULL)
    search->targets[lookup->service] = sort_targets (targets);
  else if (search->error == NULL && error != NULL
           && !g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    search->error = g_steal_pointer (&error);

  if (search->query != NULL && search->pending_count == 0)
    finish (search);
  else if (search->query != NULL && has_servers (search))
    floe_deadline_source_set (search->timer, MIN (g_source_get_ready_time (search->timer),
                                                  g_get_monotonic_time () + GRACE_US));
  search_unref (search);
}

static void
look_up (Search *search, guint service)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  Lookup *lookup;

  /* Without credentials a TURN server is of no use. */
  if (service > 0 && (search->directory->username == NULL || search->directory->credential == NULL))
    return;
  lookup = g_new0 (Lookup, 1);
  lookup->search = search;
  lookup->service = service;
  search->ref_count++;
  search->pending_count++;
  g_resolver_lookup_service_async (resolver, services[service].service, services[service].protocol,
                                   search->directory->domain, search->lookups, on_looked_up,
                                   lookup);
}

static void
floe_dns_server_directory_ask (FloeServerDirectory *directory, FloeServerQuery *query)
{
  FloeDnsServerDirectory *self = FLOE_DNS_SERVER_DIRECTORY (directory);
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  Search *search;

  if (self->domain == NULL)
    {
      floe_server_query_take_error (
          query, g_error_new_literal (FLOE_ERROR, FLOE_ERROR_SYNTAX,
                                      "The domain to look for servers in is no domain name"));
      return;
    }
  search = g_new0 (Search, 1);
  search->ref_count = 1; /* finish()'s */
  search->directory = g_object_ref (self);
  search->query = g_object_ref (query);
  search->lookups = g_cancellable_new ();
  search->timer = floe_deadline_source_new (context, on_deadline, search);
  floe_deadline_source_set (search->timer, g_get_monotonic_time () + LIMIT_US);
  search->cancelled = g_cancellable_source_new (floe_server_query_get_cancellable (query));
  g_source_set_callback (search->cancelled, G_SOURCE_FUNC (on_cancelled), search, NULL);
  g_source_attach (search->cancelled, context);
  for (guint i = 0; i < N_SERVICES; i++)
    look_up (search, i);
}

static void
directory_iface_init (FloeServerDirectoryInterface *iface)
{
  iface->ask = floe_dns_server_directory_ask;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FloeDnsServerDirectory, floe_dns_server_directory, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FLOE_TYPE_SERVER_DIRECTORY,
                                                      directory_iface_init))

static void
floe_dns_server_directory_finalize (GObject *object)
{
  FloeDnsServerDirectory *self = FLOE_DNS_SERVER_DIRECTORY (object);

  g_free (self->domain);
  g_free (self->username);
  if (self->credential != NULL)
    explicit_bzero (self->credential, strlen (self->credential));
  g_free (self->credential);
  G_OBJECT_CLASS (floe_dns_server_directory_parent_class)->finalize (object);
}

static void
floe_dns_server_directory_class_init (FloeDnsServerDirectoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = floe_dns_server_directory_finalize;
}

static void
floe_dns_server_directory_init (FloeDnsServerDirectory *self)
{
}

/**
 * floe_dns_server_directory_new:
 * @domain: the domain whose servers to use, such as `example.org`; may be international
 * @username: (nullable): the user name for its TURN servers
 * @credential: (nullable): the password for its TURN servers
 *
 * Makes a directory that looks for servers in the DNS of a domain. Without @username and
 * @credential it looks for STUN servers only. When @domain is no domain name, asking fails with
 * %FLOE_ERROR_SYNTAX; it fails with %FLOE_ERROR_NETWORK when the DNS names no server that can be
 * used or does not work, and with %FLOE_ERROR_TIMEOUT.
 *
 * Returns: (transfer full): a new directory
 * Since: 1.0
 */
FloeDnsServerDirectory *
floe_dns_server_directory_new (const char *domain, const char *username, const char *credential)
{
  FloeDnsServerDirectory *self;
  g_autofree char *ascii = NULL;
  gsize size;

  g_return_val_if_fail (domain != NULL, NULL);

  self = g_object_new (FLOE_TYPE_DNS_SERVER_DIRECTORY, NULL);
  ascii = g_hostname_to_ascii (domain);
  size = ascii != NULL ? strlen (ascii) : 0;
  if (size > 1 && ascii[size - 1] == '.')
    ascii[size - 1] = '\0';
  if (ascii != NULL && is_domain_name (ascii))
    self->domain = g_steal_pointer (&ascii);
  self->username = g_strdup (username);
  self->credential = g_strdup (credential);
  return self;
}
