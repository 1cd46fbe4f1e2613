/* SPDX-License-Identifier: MPL-2.0 */
/* What really arrives. */
#include <string.h>

#include "turn-check-private.h"
#include "turn-random.h"

#define CHANNEL 0x4fff /* of no range */
#define TOKEN_SIZE 16
#define SENDINGS 3
#define ARRIVAL_US (G_USEC_PER_SEC / 3)

static gint64
soon (const TurnCheck *self)
{
  return MIN (self->options->until_us, g_get_monotonic_time () + ARRIVAL_US);
}

static int
ask_permission (TurnCheck *self, TurnSession *session, const TurnAddress *peer)
{
  TurnRequest request = { .method = TURN_METHOD_CREATE_PERMISSION, .peer = *peer, .peer_port = 9 };

  return turn_check_ask (self, session, &request);
}

/* Sends from @session's relay to @neighbour's until it arrives. */
static gboolean
arrives_at (TurnCheck *self, TurnSession *session, TurnSession *neighbour,
            const TurnRequest *allocation)
{
  guint8 token[TOKEN_SIZE];

  turn_random_fill (token, sizeof token);
  for (guint i = 0; i < SENDINGS; i++)
    {
      turn_session_send_indication (session, &allocation->relayed, allocation->relayed_port, token,
                                    sizeof token, NULL);
      if (turn_session_await_data (neighbour, token, sizeof token, soon (self)))
        return TRUE;
    }
  return FALSE;
}

/* Two peers that both need a relay and have the same server send from one relayed address of it to
 * another. Forbidding the server's own address, which is private behind a NAT, ends that. */
void
turn_check_neighbours (TurnCheck *self, TurnSession *session, const TurnRequest *allocation)
{
  TurnRequest other = { 0 };
  g_autoptr (TurnSession) neighbour = turn_check_open (self, self->options->server.transport, NULL);
  g_autofree char *code = NULL;
  int there, back;

  if (neighbour == NULL || turn_check_allocate (self, neighbour, &other) != TURN_SUCCESS)
    {
      code = turn_check_describe (neighbour != NULL ? other.code : TURN_NO_ANSWER);
      turn_report_add (self->report, "neighbours", TURN_VERDICT_SKIPPED,
                       "a second relay was not given: %s", code);
      return;
    }
  there = ask_permission (self, session, &other.relayed);
  back = ask_permission (self, neighbour, &allocation->relayed);
  if (there == TURN_SUCCESS && back == TURN_SUCCESS
      && arrives_at (self, session, neighbour, &other))
    turn_report_add (self->report, "neighbours", TURN_VERDICT_OK,
                     "two clients of this server reach each other");
  else
    turn_report_add (self->report, "neighbours", TURN_VERDICT_NOTE,
                     "two clients that both need this server don't reach each other: behind a NAT "
                     "it wants external-ip=PUBLIC/PRIVATE");
  turn_check_release (self, neighbour);
}

/* Whether @socket gets one of the two tokens. */
static gboolean
has_arrived (TurnCheck *self, GSocket *socket, const guint8 *token)
{
  gint64 until_us = soon (self);
  guint8 buffer[2 * TOKEN_SIZE];
  gint64 left_us;

  while ((left_us = until_us - g_get_monotonic_time ()) > 0)
    {
      gssize size;
      if (!g_socket_condition_timed_wait (socket, G_IO_IN, left_us, NULL, NULL))
        return FALSE;
      size = g_socket_receive_with_blocking (socket, (char *) buffer, sizeof buffer, FALSE, NULL,
                                             NULL);
      if (size == TOKEN_SIZE && memcmp (buffer, token, TOKEN_SIZE) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Sends in all ways to @socket, and says whether something got there. */
static gboolean
reaches (TurnCheck *self, TurnSession *session, GSocket *socket, guint channel, GError **error)
{
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, error);
  TurnRequest requests[2] = { 0 };
  guint8 token[TOKEN_SIZE];

  if (local == NULL)
    return FALSE;
  turn_random_fill (token, sizeof token);
  requests[0].method = TURN_METHOD_CREATE_PERMISSION;
  requests[0].peer = turn_address_from_socket (local);
  requests[0].peer_port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
  requests[1] = requests[0];
  requests[1].method = TURN_METHOD_CHANNEL_BIND;
  requests[1].channel = (guint16) channel;
  if (!turn_session_run (session, requests, G_N_ELEMENTS (requests), self->options->until_us,
                         error))
    return FALSE;
  self->report->requests += G_N_ELEMENTS (requests);
  /* As an attacker would, whatever the answers were. */
  if (!turn_session_send_indication (session, &requests[0].peer, requests[0].peer_port, token,
                                     sizeof token, error))
    return FALSE;
  if (requests[1].code == TURN_SUCCESS
      && !turn_session_send_channel_data (session, (guint16) channel, token, sizeof token, error))
    return FALSE;
  return has_arrived (self, socket, token);
}

static GSocket *
listen_on (const char *text, GError **error)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (text);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (inet, 0);
  g_autoptr (GSocket) socket = g_socket_new (g_inet_address_get_family (inet),
                                             G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);

  if (socket == NULL || !g_socket_bind (socket, address, FALSE, error))
    return NULL;
  return g_steal_pointer (&socket);
}

void
turn_check_listeners (TurnCheck *self, TurnSession *session)
{
  char **listeners = self->options->listeners;

  for (guint i = 0; listeners != NULL && listeners[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) socket = listen_on (listeners[i], &error);
      gboolean arrived = socket != NULL && reaches (self, session, socket, CHANNEL - i, &error);
      if (error != NULL)
        turn_report_add (self->report, "data", TURN_VERDICT_UNKNOWN, "%s: %s", listeners[i],
                         error->message);
      else if (arrived)
        turn_report_add (self->report, "data", TURN_VERDICT_OPEN, "a packet got through to %s",
                         listeners[i]);
      else
        turn_report_add (self->report, "data", TURN_VERDICT_OK, "no packet got through to %s",
                         listeners[i]);
    }
}
