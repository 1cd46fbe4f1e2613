/* SPDX-License-Identifier: MPL-2.0 */
#include "turn-check-private.h"

/* Until the next of the host's addresses is tried. */
#define FIRST_ANSWER_US (5 * G_USEC_PER_SEC)
/* How long, and how often, to wait for a relay of ours to be forgotten. */
#define WAIT_US G_USEC_PER_SEC
#define MAX_WAITS 5

TurnSession *
turn_check_open (TurnCheck *self, TurnTransport transport, GError **error)
{
  const TurnCheckOptions *options = self->options;
  TurnLink *link =
      turn_link_open (&options->server, transport, self->address, options->database, error);

  return link == NULL ? NULL : turn_session_new (link, options->username, options->password);
}

int
turn_check_ask (TurnCheck *self, TurnSession *session, TurnRequest *request)
{
  turn_session_run (session, request, 1, self->options->until_us, NULL);
  self->report->requests++;
  return request->code;
}

int
turn_check_allocate (TurnCheck *self, TurnSession *session, TurnRequest *request)
{
  request->method = TURN_METHOD_ALLOCATE;
  if (request->transport == 0)
    request->transport = TRANSPORT_UDP;
  if (turn_check_ask (self, session, request) == 401)
    turn_check_ask (self, session, request);
  return request->code;
}

/* coturn counts a relay that was given back for seconds. */
static int
allocate_patiently (TurnCheck *self, TurnSession *session, TurnRequest *request)
{
  for (guint i = 0; turn_check_allocate (self, session, request) == 486 && i < MAX_WAITS; i++)
    if (g_get_monotonic_time () + WAIT_US < self->options->until_us)
      g_usleep (WAIT_US);
  return request->code;
}

void
turn_check_release (TurnCheck *self, TurnSession *session)
{
  TurnRequest request = { .method = TURN_METHOD_REFRESH, .releases = TRUE };

  turn_session_run (session, &request, 1,
                    MIN (self->options->until_us, g_get_monotonic_time () + G_USEC_PER_SEC), NULL);
}

char *
turn_check_describe (int code)
{
  if (code == TURN_SUCCESS)
    return g_strdup ("success");
  if (code == TURN_NO_ANSWER)
    return g_strdup ("no answer");
  return g_strdup_printf ("%d", code);
}

/* RFC 8656 section 10.2: 403 for what the server's policy forbids. A family that the allocation has
 * not (443) and what is no address of a peer at all (400) it can't relay to either. Anything else
 * says that it was not in a position to answer. */
gboolean
turn_check_is_refusal (int code)
{
  return code == 403 || code == 443 || code == 400;
}

/* One Allocate without credentials to @address; FALSE when nothing answers there. */
static gboolean
try_address (TurnCheck *self, GSocketAddress *address, GTlsCertificateFlags *tls_errors,
             GError **error)
{
  const TurnUrl *server = &self->options->server;
  TurnRequest request = { .method = TURN_METHOD_ALLOCATE, .transport = TRANSPORT_UDP };
  gint64 until_us = MIN (self->options->until_us, g_get_monotonic_time () + FIRST_ANSWER_US);
  TurnLink *link =
      turn_link_open (server, server->transport, address, self->options->database, error);
  g_autoptr (TurnSession) session = NULL;

  if (link == NULL)
    return FALSE;
  *tls_errors = turn_link_get_tls_errors (link);
  session = turn_session_new (link, NULL, NULL);
  if (!turn_session_run (session, &request, 1, until_us, error))
    return FALSE;
  self->report->requests++;
  if (request.code == TURN_NO_ANSWER)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "no answer");
      return FALSE;
    }
  if (request.code == TURN_SUCCESS)
    {
      turn_report_add (self->report, "anonymous", TURN_VERDICT_OPEN,
                       "anybody may use the relay, without a password (no-auth)");
      turn_check_release (self, session);
    }
  else
    turn_report_add (self->report, "anonymous", TURN_VERDICT_OK,
                     "a client without a password is told %d", request.code);
  return TRUE;
}

static gboolean
find_server (TurnCheck *self, GTlsCertificateFlags *tls_errors, GError **error)
{
  g_autoptr (GPtrArray) addresses = turn_link_resolve (&self->options->server, error);

  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    {
      GSocketAddress *address = g_ptr_array_index (addresses, i);
      g_clear_error (error);
      if (try_address (self, address, tls_errors, error))
        {
          g_autofree char *where = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
          self->address = g_object_ref (address);
          self->report->address = g_strdup_printf (
              "%s by %s", where, turn_transport_get_name (self->options->server.transport));
          return TRUE;
        }
    }
  g_prefix_error (error, "%s can't be reached: ", self->options->url);
  return FALSE;
}

static void
check_software (TurnCheck *self, const TurnSession *session)
{
  const char *software = turn_session_get_software (session);
  g_autofree char *escaped = g_strescape (software != NULL ? software : "", NULL);

  if (software == NULL)
    turn_report_add (self->report, "software", TURN_VERDICT_OK,
                     "the server does not say which version it is");
  else
    turn_report_add (self->report, "software", TURN_VERDICT_NOTE,
                     "the server says that it is '%.60s' (no-software-attribute hides it)",
                     escaped);
}

static void
check_ipv6 (TurnCheck *self)
{
  TurnRequest allocation = { .family = FAMILY_IPV6 };
  g_autoptr (TurnSession) session = turn_check_open (self, self->options->server.transport, NULL);
  g_autofree char *why = NULL;

  if (session != NULL && allocate_patiently (self, session, &allocation) == TURN_SUCCESS)
    {
      turn_check_ranges (self, session, &allocation);
      turn_check_release (self, session);
      return;
    }
  /* RFC 8656 section 7.2: 440 for a family that the server does not relay to. */
  if (session != NULL && allocation.code == 440)
    {
      turn_check_skip_ipv6 (self, "the server relays no IPv6 (440)");
      return;
    }
  why = turn_check_describe (session != NULL ? allocation.code : TURN_NO_ANSWER);
  turn_report_add (self->report, "ipv6", TURN_VERDICT_UNKNOWN,
                   "whether the server relays IPv6 could not be found out: %s", why);
}

/* FALSE with an error when there is nothing to check with. */
static gboolean
check_relay (TurnCheck *self, GError **error)
{
  TurnRequest allocation = { 0 };
  g_autoptr (TurnSession) session = turn_check_open (self, self->options->server.transport, error);
  g_autofree char *code = NULL;

  if (session == NULL)
    return FALSE;
  if (allocate_patiently (self, session, &allocation) != TURN_SUCCESS)
    {
      code = turn_check_describe (allocation.code);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "no relay was given: %s%s", code,
                   allocation.code == 401   ? ", the user or the password is wrong or has expired"
                   : allocation.code == 486 ? ", the user has too many relays already (user-quota)"
                                            : "");
      return FALSE;
    }
  turn_check_ranges (self, session, &allocation);
  check_software (self, session);
  turn_check_neighbours (self, session, &allocation);
  turn_check_listeners (self, session);
  turn_check_release (self, session);
  check_ipv6 (self);
  return TRUE;
}

TurnReport *
turn_check_run (const TurnCheckOptions *options)
{
  TurnReport *report = turn_report_new (options->url);
  TurnCheck check = { options, report, NULL };
  gint64 started_us = g_get_monotonic_time ();
  GTlsCertificateFlags tls_errors = 0;
  g_autoptr (GError) error = NULL;

  if (find_server (&check, &tls_errors, &error) && check_relay (&check, &error))
    {
      turn_check_credentials (&check);
      turn_check_tcp_relay (&check);
      if (options->server.transport == TURN_TRANSPORT_TLS)
        turn_check_tls (&check, tls_errors);
    }
  if (error != NULL)
    report->failure = g_strdup (error->message);
  report->seconds = (double) (g_get_monotonic_time () - started_us) / G_USEC_PER_SEC;
  g_clear_object (&check.address);
  return report;
}
