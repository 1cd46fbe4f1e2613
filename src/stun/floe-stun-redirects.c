/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stun-redirects-private.h"

#include <floe/floe-error.h>

static void
forget_old (FloeStunRedirects *self, gint64 now_us)
{
  guint kept = 0;

  for (guint i = 0; i < self->count; i++)
    {
      if (now_us - self->tried[i].at_us < FLOE_STUN_REDIRECT_MEMORY_US)
        self->tried[kept++] = self->tried[i];
    }
  self->count = kept;
}

static gboolean
was_tried (const FloeStunRedirects *self, const FloeStunAddress *server)
{
  for (guint i = 0; i < self->count; i++)
    {
      if (floe_stun_address_equal (&self->tried[i].server, server))
        return TRUE;
    }
  return FALSE;
}

static void
keep (FloeStunRedirects *self, gint64 now_us, const FloeStunAddress *server)
{
  self->tried[self->count].server = *server;
  self->tried[self->count].at_us = now_us;
  self->count++;
}

/* Why the alternate server must not be tried, or NULL. */
static const char *
find_fault (const FloeStunRedirects *self, const FloeStunAddress *server,
            const FloeStunAddress *alternate)
{
  /* RFC 8489 section 14.15: "The IP address family MUST be identical to that of the source IP
   * address of the request." */
  if (alternate->size != server->size)
    return "of another IP version";
  if (alternate->port == 0 || floe_stun_address_get_scope (alternate) == FLOE_STUN_SCOPE_NONE)
    return "at an address that no server has";
  if (floe_stun_address_get_scope (alternate) < floe_stun_address_get_scope (server))
    return "in a network that is not its own";
  if (was_tried (self, alternate))
    return "that was tried already";
  if (self->count == FLOE_STUN_MAX_TRIED)
    return "after too many others";
  return NULL;
}

gboolean
floe_stun_redirects_follow (FloeStunRedirects *self, gint64 now_us, const FloeStunAddress *server,
                            const FloeStunMessage *response, FloeStunAddress *alternate,
                            GError **error)
{
  FloeStunAddress named = { 0 };
  const char *fault = "without naming it";

  forget_old (self, now_us);
  if (!was_tried (self, server) && self->count < FLOE_STUN_MAX_TRIED)
    keep (self, now_us, server);
  if (floe_stun_message_get_address (response, FLOE_STUN_ALTERNATE_SERVER, &named))
    fault = find_fault (self, server, &named);
  if (fault != NULL)
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_NETWORK,
                   "The STUN or TURN server sent us to another server %s", fault);
      return FALSE;
    }
  keep (self, now_us, &named);
  *alternate = named;
  return TRUE;
}
