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

static const struct
{
  guint status;
  const char *reason;
  const char *extra; /* (nullable): headers that belong to the status */
} refusals[] = {
  { 400, "Bad Request", NULL },
  { 403, "Forbidden", NULL },
  { 404, "Not Found", NULL },
  { 405, "Method Not Allowed", "Allow: GET, HEAD\r\n" },
  { 408, "Request Timeout", NULL },
  { 413, "Content Too Large", NULL },
  { 421, "Misdirected Request", NULL },
  { 426, "Upgrade Required",
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nConnection: Upgrade\r\n" },
  { 431, "Request Header Fields Too Large", NULL },
  { 505, "HTTP Version Not Supported", NULL },
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
compose (guint status, const char *reason, const char *extra, const char *type, GBytes *body,
         gboolean is_head)
{
  GByteArray *response = g_byte_array_new ();
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);
  g_autofree char *head = g_strdup_printf ("HTTP/1.1 %u %s\r\n" SECURITY_HEADERS
                                           "%sContent-Type: %s\r\nContent-Length: %" G_GSIZE_FORMAT
                                           "\r\nConnection: close\r\n\r\n",
                                           status, reason, extra != NULL ? extra : "", type, size);

  g_byte_array_append (response, (const guint8 *) head, (guint) strlen (head));
  if (!is_head)
    g_byte_array_append (response, data, (guint) size);
  return g_byte_array_free_to_bytes (response);
}

GBytes *
rendezvous_page_refuse (guint status)
{
  gsize index = 0;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) body = NULL;

  while (index + 1 < G_N_ELEMENTS (refusals) && refusals[index].status != status)
    index++;
  text = g_strdup_printf ("%u %s\n", refusals[index].status, refusals[index].reason);
  body = g_bytes_new (text, strlen (text));
  return compose (refusals[index].status, refusals[index].reason, refusals[index].extra,
                  "text/plain; charset=utf-8", body, FALSE);
}

/* (transfer full) (nullable): the file at @path. A lookup among what was compiled in: dots and
 * escapes have no meaning in it. */
static GBytes *
find_file (const char *path)
{
  g_autofree char *name =
      g_strconcat (RESOURCE_PREFIX, strcmp (path, "/") == 0 ? "/index.html" : path, NULL);

  return g_resource_lookup_data (floe_web_get_resource (), name, G_RESOURCE_LOOKUP_FLAGS_NONE,
                                 NULL);
}

GBytes *
rendezvous_page_respond (const char *method, const char *path)
{
  gboolean is_head = strcmp (method, "HEAD") == 0;
  g_autoptr (GBytes) body = NULL;

  if (!is_head && strcmp (method, "GET") != 0)
    return rendezvous_page_refuse (405);
  body = find_file (path);
  if (body == NULL)
    return rendezvous_page_refuse (404);
  return compose (200, "OK", NULL,
                  strcmp (path, "/") == 0 ? content_types[0].type : get_content_type (path), body,
                  is_head);
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
