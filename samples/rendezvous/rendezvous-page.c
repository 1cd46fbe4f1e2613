/* SPDX-License-Identifier: MPL-2.0 */
#include "rendezvous-page.h"

#include <gio/gio.h>
#include <string.h>

#include "floe-web-resource.h"

#define RESOURCE_PREFIX "/floe/web"

/* The page may load its own files and speak with where it came from, and nothing else, and nobody
 * may show it in a frame. The address has the room's code in its fragment: it goes nowhere. */
#define SECURITY_HEADERS                                                                           \
  "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "             \
  "connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "      \
  "'none'\r\n"                                                                                     \
  "Referrer-Policy: no-referrer\r\n"                                                               \
  "X-Content-Type-Options: nosniff\r\n"                                                            \
  "Cache-Control: no-store\r\n"

static const struct
{
  const char *suffix;
  const char *type;
} content_types[] = {
  { ".html", "text/html; charset=utf-8" },
  { ".css", "text/css; charset=utf-8" },
  { ".js", "text/javascript; charset=utf-8" },
  { ".svg", "image/svg+xml" },
  { ".png", "image/png" },
  { ".webmanifest", "application/manifest+json" },
};

#define CLOSE "Connection: close\r\n"
#define PLAIN_TEXT "text/plain; charset=utf-8"
#define LAST_STATUS 505

typedef struct
{
  guint status;
  const char *reason;
  const char *extra; /* headers, whole lines */
  const char *type;  /* of the body */
} Head;

static const Head refusals[] = {
  { 400, "Bad Request", CLOSE, PLAIN_TEXT },
  { 403, "Forbidden", CLOSE, PLAIN_TEXT },
  { 404, "Not Found", CLOSE, PLAIN_TEXT },
  { 405, "Method Not Allowed", CLOSE "Allow: GET, HEAD\r\n", PLAIN_TEXT },
  { 408, "Request Timeout", CLOSE, PLAIN_TEXT },
  { 413, "Content Too Large", CLOSE, PLAIN_TEXT },
  { 421, "Misdirected Request", CLOSE, PLAIN_TEXT },
  { 426, "Upgrade Required",
    "Connection: close, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
    PLAIN_TEXT },
  { 431, "Request Header Fields Too Large", CLOSE, PLAIN_TEXT },
  { LAST_STATUS, "HTTP Version Not Supported", CLOSE, PLAIN_TEXT },
};

static const char *
get_content_type (const char *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (content_types); i++)
    if (g_str_has_suffix (path, content_types[i].suffix))
      return content_types[i].type;
  return "application/octet-stream";
}

/* (transfer full): the body is left out when @is_head, but not its size. */
static GBytes *
compose (const Head *head, GBytes *body, gboolean is_head)
{
  GByteArray *response = g_byte_array_new ();
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);
  g_autofree char *text =
      g_strdup_printf ("HTTP/1.1 %u %s\r\n" SECURITY_HEADERS "%sContent-Type: %s\r\n"
                       "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                       head->status, head->reason, head->extra, head->type, size);

  g_byte_array_append (response, (const guint8 *) text, (guint) strlen (text));
  if (!is_head)
    g_byte_array_append (response, data, (guint) size);
  return g_byte_array_free_to_bytes (response);
}

GBytes *
rendezvous_page_refuse (guint status)
{
  const Head *head = refusals;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) body = NULL;

  while (head->status != status && head->status != LAST_STATUS)
    head++;
  text = g_strdup_printf ("%u %s\n", head->status, head->reason);
  body = g_bytes_new (text, strlen (text));
  return compose (head, body, FALSE);
}

GBytes *
rendezvous_page_get_file (const char *method, const char *path, gboolean is_last)
{
  const char *name = strcmp (path, "/") == 0 ? "/index.html" : path;
  g_autofree char *resource = g_strconcat (RESOURCE_PREFIX, name, NULL);
  g_autoptr (GBytes) body = NULL;

  /* A lookup among what was compiled in: dots and escapes have no meaning in it. */
  body = g_resource_lookup_data (floe_web_get_resource (), resource, G_RESOURCE_LOOKUP_FLAGS_NONE,
                                 NULL);
  if (body == NULL)
    return NULL;
  return compose (&(Head){ 200, "OK", is_last ? CLOSE : "", get_content_type (name) }, body,
                  strcmp (method, "HEAD") == 0);
}

GBytes *
rendezvous_page_upgrade (const char *accept, const char *protocol)
{
  g_autofree char *head = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\n" SECURITY_HEADERS
                                           "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                           "Sec-WebSocket-Accept: %s\r\n"
                                           "Sec-WebSocket-Protocol: %s\r\n\r\n",
                                           accept, protocol);

  return g_bytes_new (head, strlen (head));
}
