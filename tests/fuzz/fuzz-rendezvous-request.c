/* SPDX-License-Identifier: MPL-2.0 */
/* Properties: the end of a head is where the first empty line ends; a request that is accepted has
 * only printable text in it, and no body; a host that is taken for our own is one that DNS
 * rebinding cannot have, and an origin that is has its name. */
#include "rendezvous-request.h"

#include <gio/gio.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define MACHINE "wisp.example"
#define ACCEPT_SIZE 28 /* of a SHA-1 in base64 */

static const char *const hosts[] = { "files.example", NULL };

static void
check_text (const char *text)
{
  for (; *text != '\0'; text++)
    g_assert_true (g_ascii_isprint (*text) || *text == '\t');
}

/* (transfer full): @authority without its port and brackets. */
static char *
get_host (const char *authority)
{
  gsize size = authority[0] == '[' ? strcspn (authority, "]") + 1 : strcspn (authority, ":");
  g_autofree char *host = g_ascii_strdown (authority, (gssize) size);

  if (host[0] != '[')
    return g_steal_pointer (&host);
  g_assert_true (host[size - 1] == ']');
  return g_strndup (host + 1, size - 2);
}

static void
check_host (const RendezvousRequest *request)
{
  static const char *const own[] = { "files.example", "localhost",  MACHINE,
                                     "wisp",          "wisp.local", NULL };
  g_autofree char *host = get_host (rendezvous_request_get_header (request, "host"));

  g_assert_true (g_strv_contains (own, host) || g_hostname_is_ip_address (host));
}

static void
check_origin (const RendezvousRequest *request)
{
  const char *origin = rendezvous_request_get_header (request, "origin");
  const char *host = rendezvous_request_get_header (request, "host");
  g_autofree char *own = NULL;
  g_autofree char *other = NULL;

  if (origin == NULL)
    return;
  g_assert_true (g_str_has_prefix (origin, "http://") || g_str_has_prefix (origin, "https://"));
  own = get_host (host);
  other = get_host (strstr (origin, "://") + 3);
  g_assert_cmpstr (own, ==, other);
}

static void
check_request (const RendezvousRequest *request)
{
  GHashTableIter iter;
  gpointer name, value;

  check_text (request->method);
  check_text (request->path);
  g_assert_true (request->path[0] == '/');
  g_assert_null (strpbrk (request->path, "? "));
  g_hash_table_iter_init (&iter, request->headers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      check_text (name);
      check_text (value);
      g_assert_null (strpbrk (name, " \t:"));
    }
  g_assert_null (rendezvous_request_get_header (request, "transfer-encoding"));
  if (rendezvous_request_has_own_host (request, MACHINE, hosts))
    check_host (request);
  if (rendezvous_request_has_own_origin (request, FALSE))
    check_origin (request);
  if (rendezvous_request_has_own_origin (request, TRUE))
    g_assert_true (rendezvous_request_has_own_origin (request, FALSE));
  if (rendezvous_request_check_upgrade (request, "floe.1") == 0)
    {
      g_autofree char *accept = rendezvous_request_make_accept (request);

      g_assert_true (rendezvous_request_is_upgrade (request));
      g_assert_cmpuint (strlen (accept), ==, ACCEPT_SIZE);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_auto (RendezvousRequest) request = { 0 };
  gsize end = rendezvous_request_find_end (data, size);
  guint status;

  if (end == 0)
    return 0;
  g_assert_cmpuint (end, <=, size);
  g_assert_cmpuint (rendezvous_request_find_end (data, end - 1), ==, 0);
  status = rendezvous_request_parse (data, end, &request);
  if (status == 0)
    check_request (&request);
  else
    g_assert_true (status >= 400 && status < 600);
  return 0;
}
