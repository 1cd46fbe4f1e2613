/* SPDX-License-Identifier: MPL-2.0 */
/* Where a 300 (Try Alternate) may send a request: RFC 8489 section 10. Keeps which servers the
 * request was tried at, so that servers can't send it round in circles, on for ever, or into a
 * network that the first server is not part of.
 *
 * Layer: stun. GLib only. One thread. */
#pragma once

#include "floe-stun-attributes-private.h"

G_BEGIN_DECLS

/* How many servers one request may go to within FLOE_STUN_REDIRECT_MEMORY_US. */
#define FLOE_STUN_MAX_TRIED 5
/* RFC 8489 section 10: "within the last five minutes" */
#define FLOE_STUN_REDIRECT_MEMORY_US (5 * 60 * G_TIME_SPAN_SECOND)

/* Of one request, or of what is asked of a server for one purpose. All zeros at the start. */
typedef struct
{
  struct
  {
    FloeStunAddress server;
    gint64 at_us;
  } tried[FLOE_STUN_MAX_TRIED];
  guint count;
} FloeStunRedirects;

/* Gives the server that the response 300 of @server names, to try with the same credentials (a fork
 * of them) and the same transport, and keeps that both were tried. With TLS, the certificate must
 * be for ALTERNATE-DOMAIN when the response has it, and for the same name as before when not.
 *
 * FALSE with FLOE_ERROR_NETWORK and a reason when it names none that may be tried: then the request
 * has failed. */
gboolean floe_stun_redirects_follow (FloeStunRedirects *self, gint64 now_us,
                                     const FloeStunAddress *server, const FloeStunMessage *response,
                                     FloeStunAddress *alternate, GError **error);

G_END_DECLS
