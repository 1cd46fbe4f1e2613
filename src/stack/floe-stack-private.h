/* SPDX-License-Identifier: MPL-2.0 */
/* The network side of one connection: ICE, DTLS, SCTP and the channels, wired together.
 *
 * new() is for the application's thread, post(), ref() and unref() for any. Everything else happens
 * in the network context, on orders that come through the mailbox; facts go into the mailbox given
 * to new(). After FLOE_ORDER_CLOSE nothing happens any more.
 *
 * Layer: stack. Knows nothing of GObject, signals or SDP. */
#pragma once

#include <gio/gio.h>

#include <floe/floe-certificate.h>

#include "floe-stack-messages-private.h"

G_BEGIN_DECLS

typedef struct _FloeStack FloeStack;

/* Copied by floe_stack_new(). */
typedef struct
{
  FloeCertificate *certificate; /* (unowned) */
  GPtrArray *plan;              /* (unowned) (element-type FloePathSpec) */
  const char *ufrag;
  const char *pwd;
  guint16 min_port;
  guint16 max_port;
  const char *const *interfaces; /* (nullable) */
  gboolean include_loopback;
  FloePrivacyLevel privacy;
  gboolean relay_only;
  GProxyResolver *proxy_resolver; /* (unowned) (nullable) */
  GTlsDatabase *tls_database;     /* (unowned) (nullable) */
  FloeStrategyConfig strategy;    /* which relays there are follows from @plan */
  guint failed_timeout_ms;        /* 0: Floe's own times */
  guint relay_warm_ms;
  guint gather_timeout_ms; /* 0: no limit */
  guint max_channels;
  gsize max_message_size; /* 0: no limit */
} FloeStackConfig;

/* The largest message that this side can send (W3C: canSendSize): all that may be queued. */
#define FLOE_STACK_MAX_SEND_SIZE (16 * 1024 * 1024)

/* RFC 8841 section 5.1 gives no default; 5000 is what everybody uses. */
#define FLOE_STACK_SCTP_PORT 5000

FloeStack *floe_stack_new (const FloeStackConfig *config, FloeMailbox *facts);
FloeStack *floe_stack_ref (FloeStack *self);
void floe_stack_unref (FloeStack *self);

/* (transfer full) @order. Never refused: who sends keeps the account. */
void floe_stack_post (FloeStack *self, FloeOrder *order);

G_END_DECLS
