/* SPDX-License-Identifier: MPL-2.0 */
#include "rendezvous-request.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_HEADERS 100
#define WEBSOCKET_VERSION "13"
/* RFC 6455 section 1.3. */
#define WEBSOCKET_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define WEBSOCKET_KEY_SIZE 16

enum
{
  STATUS_BAD_REQUEST = 400,
  STATUS_METHOD_NOT_ALLOWED = 405,
  STATUS_CONTENT_TOO_LARGE = 413,
  STATUS_UPGRADE_REQUIRED = 426,
  STATUS_HEADERS_TOO_LARGE = 431,
  STATUS_VERSION_NOT_SUPPORTED = 505,
};

void
rendezvous_request_clear (RendezvousRequest *self)
{
  g_clear_pointer (&self->method, g_free);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->headers, g_hash_table_unref);
}

gsize
rendezvous_request_find_end (const guint8 *data, gsize size)
{
  const guint8 *end = memmem (data, size, "\r\n\r\n", 4);

  return end != NULL ? (gsize) (end - data) + 4 : 0;
}

/* RFC 9110 section 5.6.2. */
static gboolean
is_token (const char *text)
{
  if (*text == '\0')
    return FALSE;
  for (; *text != '\0'; text++)
    if (!g_ascii_isalnum (*text) && strchr ("!#$%&'*+-.^_`|~", *text) == NULL)
      return FALSE;
  return TRUE;
}

/* Printable ASCII and tabs: nothing that we read has more. */
static gboolean
is_text (const char *text)
{
  for (; *text != '\0'; text++)
    if (!g_ascii_isprint (*text) && *text != '\t')
      return FALSE;
  return TRUE;
}

static guint
parse_request_line (const char *line, RendezvousRequest *request)
{
  g_auto (GStrv) parts = g_strsplit (line, " ", 4);

  if (g_strv_length (parts) != 3 || !is_token (parts[0]) || parts[1][0] != '/'
      || !is_text (parts[1]))
    return STATUS_BAD_REQUEST;
  if (strcmp (parts[2], "HTTP/1.1") != 0 && strcmp (parts[2], "HTTP/1.0") != 0)
    return STATUS_VERSION_NOT_SUPPORTED;
  request->method = g_strdup (parts[0]);
  request->is_last = strcmp (parts[2], "HTTP/1.0") == 0;
  request->path = g_strndup (parts[1], strcspn (parts[1], "?"));
  return 0;
}

static guint
parse_header (const char *line, GHashTable *headers)
{
  const char *colon = strchr (line, ':');
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;
  const char *before;

  if (colon == NULL)
    return STATUS_BAD_REQUEST;
  name = g_ascii_strdown (line, colon - line);
  value = g_strstrip (g_strdup (colon + 1));
  if (!is_token (name) || !is_text (value))
    return STATUS_BAD_REQUEST;
  before = g_hash_table_lookup (headers, name);
  if (before != NULL)
    { /* RFC 9110 section 5.3. Two of what must be one are then malformed. */
      char *joined = g_strconcat (before, ", ", value, NULL);

      g_hash_table_replace (headers, g_steal_pointer (&name), joined);
    }
  else
    g_hash_table_insert (headers, g_steal_pointer (&name), g_steal_pointer (&value));
  return 0;
}

/* A body has no meaning with what is asked for here, and is not read. */
static gboolean
has_body (const RendezvousRequest *request)
{
  const char *length = rendezvous_request_get_header (request, "content-length");

  return rendezvous_request_get_header (request, "transfer-encoding") != NULL
         || (length != NULL && strcmp (length, "0") != 0);
}

/* Whether @token stands in the comma-separated list that the header @name is. */
static gboolean
header_lists (const RendezvousRequest *request, const char *name, const char *token)
{
  const char *value = rendezvous_request_get_header (request, name);
  g_auto (GStrv) items = NULL;

  if (value == NULL)
    return FALSE;
  items = g_strsplit (value, ",", -1);
  for (char **item = items; *item != NULL; item++)
    if (g_ascii_strcasecmp (g_strstrip (*item), token) == 0)
      return TRUE;
  return FALSE;
}

guint
rendezvous_request_parse (const guint8 *head, gsize size, RendezvousRequest *out)
{
  g_auto (RendezvousRequest) request = { 0 };
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint status;

  if (memchr (head, '\0', size) != NULL)
    return STATUS_BAD_REQUEST;
  text = g_strndup ((const char *) head, size);
  lines = g_strsplit (text, "\r\n", -1);
  if (g_strv_length (lines) > MAX_HEADERS)
    return STATUS_HEADERS_TOO_LARGE;
  status = parse_request_line (lines[0], &request);
  request.headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (char **line = lines + 1; status == 0 && **line != '\0'; line++)
    status = parse_header (*line, request.headers);
  if (status == 0 && has_body (&request))
    status = STATUS_CONTENT_TOO_LARGE;
  if (status != 0)
    return status;
  request.is_last |= header_lists (&request, "connection", "close");
  *out = request;
  request = (RendezvousRequest){ 0 };
  return 0;
}

const char *
rendezvous_request_get_header (const RendezvousRequest *self, const char *name)
{
  return g_hash_table_lookup (self->headers, name);
}

gboolean
rendezvous_request_is_upgrade (const RendezvousRequest *self)
{
  return header_lists (self, "upgrade", "websocket");
}

/* RFC 6455 section 4.2.1 point 5: base64 that is 16 bytes when decoded. */
static gboolean
is_websocket_key (const char *key)
{
  g_autofree guchar *bytes = NULL;
  gsize size = 0;

  if (key == NULL || strlen (key) != 24)
    return FALSE;
  bytes = g_base64_decode (key, &size);
  return size == WEBSOCKET_KEY_SIZE;
}

guint
rendezvous_request_check_upgrade (const RendezvousRequest *self, const char *protocol)
{
  if (strcmp (self->method, "GET") != 0)
    return STATUS_METHOD_NOT_ALLOWED;
  if (!rendezvous_request_is_upgrade (self)
      || g_strcmp0 (rendezvous_request_get_header (self, "sec-websocket-version"),
                    WEBSOCKET_VERSION)
             != 0)
    return STATUS_UPGRADE_REQUIRED;
  if (!header_lists (self, "connection", "upgrade")
      || !header_lists (self, "sec-websocket-protocol", protocol)
      || !is_websocket_key (rendezvous_request_get_header (self, "sec-websocket-key")))
    return STATUS_BAD_REQUEST;
  return 0;
}

char *
rendezvous_request_make_accept (const RendezvousRequest *self)
{
  const char *key = rendezvous_request_get_header (self, "sec-websocket-key");
  g_autofree char *joined = g_strconcat (key, WEBSOCKET_GUID, NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize digest_size = sizeof (digest);

  g_checksum_update (checksum, (const guchar *) joined, -1);
  g_checksum_get_digest (checksum, digest, &digest_size);
  return g_base64_encode (digest, digest_size);
}

/* Fills @host, without brackets, and @port, which stays when there is none. */
static gboolean
split_authority (const char *authority, char **host, guint64 *port)
{
  const char *colon = strrchr (authority, ':');
  const char *end = authority + strlen (authority);

  if (colon != NULL && authority[0] == '[' && colon[-1] != ']')
    colon = NULL; /* within the brackets */
  if (colon != NULL)
    {
      if (!g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, port, NULL))
        return FALSE;
      end = colon;
    }
  if (authority[0] == '[')
    {
      if (end - authority < 3 || end[-1] != ']')
        return FALSE;
      *host = g_ascii_strdown (authority + 1, end - authority - 2);
      return strchr (*host, ':') != NULL && g_hostname_is_ip_address (*host);
    }
  *host = g_ascii_strdown (authority, end - authority);
  return **host != '\0' && strpbrk (*host, " \t,/:@?#[]\\") == NULL;
}

/* Whether @host is @machine, its first label, or either within .local. */
static gboolean
is_machine (const char *host, const char *machine)
{
  g_autofree char *lower = g_ascii_strdown (machine, -1);
  g_autofree char *label = g_strndup (lower, strcspn (lower, "."));
  g_autofree char *local = g_strconcat (label, ".local", NULL);

  return *label != '\0'
         && (strcmp (host, lower) == 0 || strcmp (host, label) == 0 || strcmp (host, local) == 0);
}

gboolean
rendezvous_request_has_own_host (const RendezvousRequest *self, const char *machine,
                                 const char *const *hosts)
{
  const char *value = rendezvous_request_get_header (self, "host");
  g_autofree char *host = NULL;
  guint64 port = 0;

  if (value == NULL || !split_authority (value, &host, &port))
    return FALSE;
  for (const char *const *own = hosts; own != NULL && *own != NULL; own++)
    if (g_ascii_strcasecmp (host, *own) == 0)
      return TRUE;
  return g_hostname_is_ip_address (host) || strcmp (host, "localhost") == 0
         || is_machine (host, machine);
}

gboolean
rendezvous_request_has_own_origin (const RendezvousRequest *self, gboolean is_tls)
{
  const char *origin = rendezvous_request_get_header (self, "origin");
  const char *host = rendezvous_request_get_header (self, "host");
  gboolean is_https = origin != NULL && g_str_has_prefix (origin, "https://");
  g_autofree char *origin_host = NULL;
  g_autofree char *own_host = NULL;
  guint64 origin_port = is_https ? 443 : 80;
  /* Without TLS of our own, a proxy in front may have it: then 443 is meant by no port, too. */
  guint64 own_port = is_tls ? 443 : origin_port;

  if (origin == NULL)
    return TRUE;
  if (host == NULL || (!is_https && (is_tls || !g_str_has_prefix (origin, "http://"))))
    return FALSE;
  return split_authority (strstr (origin, "://") + 3, &origin_host, &origin_port)
         && split_authority (host, &own_host, &own_port) && strcmp (origin_host, own_host) == 0
         && origin_port == own_port;
}
