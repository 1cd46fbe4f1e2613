/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-turn-cause-private.h"

#include "floe-stun-attributes-private.h"
#include "floe-turn-rest-private.h"

static const struct
{
  guint code;
  const char *text;
} causes[] = {
  { FLOE_STUN_ERROR_TRY_ALTERNATE, "The TURN server sends clients on to another server, which "
                                   "can't be used" },
  { FLOE_STUN_ERROR_BAD_REQUEST, "The TURN server did not understand the request: is it a TURN "
                                 "server, and of this century?" },
  { FLOE_STUN_ERROR_UNAUTHENTICATED, "The TURN server does not know this user name, or the "
                                     "password is wrong: check both" },
  { FLOE_STUN_ERROR_FORBIDDEN, "The TURN server forbids this: its administrator has to allow it" },
  { FLOE_STUN_ERROR_UNKNOWN_ATTRIBUTE, "The TURN server lacks something that every request has: it "
                                       "is too old" },
  { FLOE_STUN_ERROR_ALLOCATION_MISMATCH, "The TURN server takes this client for an earlier one on "
                                         "the same port: try again in a minute" },
  { FLOE_STUN_ERROR_STALE_NONCE, "The TURN server keeps asking for a new nonce: is there more than "
                                 "one server behind this address?" },
  { FLOE_STUN_ERROR_FAMILY_NOT_SUPPORTED, "The TURN server has no addresses of this IP version" },
  { FLOE_STUN_ERROR_WRONG_CREDENTIALS, "The TURN server lent this port to another user: check the "
                                       "user name" },
  { FLOE_STUN_ERROR_TRANSPORT_NOT_SUPPORTED, "The TURN server does not relay UDP: its "
                                             "administrator has to allow it" },
  { FLOE_STUN_ERROR_QUOTA_REACHED, "The TURN server's quota for this user is reached: close other "
                                   "connections, or have the quota raised" },
  { FLOE_STUN_ERROR_SERVER_ERROR, "The TURN server has a fault of its own: its log should say "
                                  "which" },
  { FLOE_STUN_ERROR_NO_CAPACITY, "The TURN server has no addresses or ports left: try again later, "
                                 "or use another server" },
  { FLOE_CODE_UNREACHABLE, "The TURN server did not answer: check its name and port, and whether "
                           "the network lets the traffic through" },
};

/* A user name that is made of the time when it ends, and that time is over; or NULL. */
static char *
describe_expiry (const char *username, gint64 now_s)
{
  gint64 expiry_s = username != NULL ? floe_turn_rest_get_expiry (username) : -1;
  g_autoptr (GDateTime) expiry = NULL;
  g_autofree char *when = NULL;

  if (expiry_s == -1 || expiry_s > now_s)
    return NULL;
  expiry = g_date_time_new_from_unix_local (expiry_s);
  if (expiry == NULL)
    return NULL;
  when = g_date_time_format (expiry, "%F %T %Z");
  return g_strdup_printf (
      "The credentials for the TURN server ended at %s: get new ones (and check "
      "this machine's clock)",
      when);
}

char *
floe_turn_cause_describe (guint code, const char *username, gint64 now_s)
{
  char *text = NULL;

  if (code == FLOE_STUN_ERROR_UNAUTHENTICATED)
    text = describe_expiry (username, now_s);
  for (gsize i = 0; i < G_N_ELEMENTS (causes) && text == NULL; i++)
    {
      if (causes[i].code == code)
        text = g_strdup (causes[i].text);
    }
  return text != NULL ? text : g_strdup_printf ("The TURN server refused with error %u", code);
}
