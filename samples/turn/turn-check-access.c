/* SPDX-License-Identifier: MPL-2.0 */
/* Who gets a relay, and of which kind. */
#include "turn-check-private.h"

#define WRONG_PASSWORD "floe-turn knows that this is wrong"
#define INVENTED_NONCE "floe-turn-invented-this"

static void
check_wrong_password (TurnCheck *self)
{
  TurnRequest request = { 0 };
  TurnLink *link = turn_link_open (&self->options->server, self->options->server.transport,
                                   self->address, self->options->database, NULL);
  g_autoptr (TurnSession) session = NULL;
  g_autofree char *code = NULL;

  if (link != NULL)
    {
      session = turn_session_new (link, self->options->username, WRONG_PASSWORD);
      turn_session_accept_unsigned (session);
      turn_check_allocate (self, session, &request);
    }
  code = turn_check_describe (link != NULL ? request.code : TURN_NO_ANSWER);
  if (link == NULL || request.code == TURN_NO_ANSWER)
    turn_report_add (self->report, "wrong-password", TURN_VERDICT_UNKNOWN,
                     "a wrong password got %s", code);
  else if (request.code != TURN_SUCCESS)
    turn_report_add (self->report, "wrong-password", TURN_VERDICT_OK, "a wrong password is told %s",
                     code);
  else
    {
      turn_report_add (self->report, "wrong-password", TURN_VERDICT_OPEN,
                       "any password will do for user %s", self->options->username);
      turn_check_release (self, session);
    }
}

/* RFC 8489 section 9.2.4: a nonce that is not the server's is answered with 438 and a new one. */
static void
check_nonce (TurnCheck *self)
{
  TurnRequest request = { .method = TURN_METHOD_ALLOCATE, .transport = TRANSPORT_UDP };
  g_autoptr (TurnSession) session = turn_check_open (self, self->options->server.transport, NULL);
  g_autofree char *code = NULL;

  /* The first makes the realm known. */
  if (session != NULL && turn_check_ask (self, session, &request) == 401)
    {
      turn_session_use_nonce (session, INVENTED_NONCE);
      turn_check_ask (self, session, &request);
    }
  code = turn_check_describe (session != NULL ? request.code : TURN_NO_ANSWER);
  if (session != NULL && request.code == 438)
    turn_report_add (self->report, "nonce", TURN_VERDICT_OK,
                     "a nonce that is not the server's is told 438");
  else if (session != NULL && request.code == TURN_SUCCESS)
    {
      turn_report_add (self->report, "nonce", TURN_VERDICT_OPEN,
                       "an invented nonce is good enough: what is overheard can be replayed");
      turn_check_release (self, session);
    }
  else
    turn_report_add (self->report, "nonce", TURN_VERDICT_UNKNOWN, "an invented nonce got %s", code);
}

void
turn_check_credentials (TurnCheck *self)
{
  const TurnFinding *anonymous = g_ptr_array_index (self->report->others, 0);

  /* Whoever asks for no password minds no wrong one. */
  if (anonymous->verdict == TURN_VERDICT_OPEN)
    return;
  check_wrong_password (self);
  check_nonce (self);
}

/* RFC 6062 section 5.1: a relay of TCP is asked for over TCP. */
void
turn_check_tcp_relay (TurnCheck *self)
{
  TurnTransport transport = self->options->server.transport == TURN_TRANSPORT_TLS
                                ? TURN_TRANSPORT_TLS
                                : TURN_TRANSPORT_TCP;
  TurnRequest request = { .transport = TRANSPORT_TCP };
  g_autoptr (GError) error = NULL;
  g_autoptr (TurnSession) session = turn_check_open (self, transport, &error);
  g_autofree char *code = NULL;

  if (session == NULL)
    {
      turn_report_add (self->report, "tcp-relay", TURN_VERDICT_SKIPPED, "no connection by %s: %s",
                       turn_transport_get_name (transport), error->message);
      return;
    }
  code = turn_check_describe (turn_check_allocate (self, session, &request));
  if (request.code == TURN_NO_ANSWER)
    turn_report_add (self->report, "tcp-relay", TURN_VERDICT_UNKNOWN, "asking for it got %s", code);
  else if (request.code != TURN_SUCCESS)
    turn_report_add (self->report, "tcp-relay", TURN_VERDICT_OK,
                     "relays of TCP connections are refused: %s", code);
  else
    {
      turn_report_add (self->report, "tcp-relay",
                       self->options->wants_tcp_relay ? TURN_VERDICT_NOTE : TURN_VERDICT_OPEN,
                       "a user may open TCP connections from the server (no-tcp-relay forbids it)");
      turn_check_release (self, session);
    }
}
