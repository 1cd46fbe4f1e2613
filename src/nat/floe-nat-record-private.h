/* SPDX-License-Identifier: MPL-2.0 */
/* What is known of one way out of this host: findings, and of which network and when. Immutable
 * once it is shared.
 *
 * Layer: nat. Any thread. */
#pragma once

#include "floe-nat-findings-private.h"

G_BEGIN_DECLS

typedef struct
{
  char *url;               /* (owned) */
  FloeStunAddress address; /* size 0: not known */
  FloeNatFault fault;
  gint64 rtt_us; /* -1 when there was no answer */
} FloeNatServerRecord;

typedef struct
{
  FloeNatFindings findings; /* .servers is told by @servers */
  char interface[16];       /* IF_NAMESIZE; empty when not known */
  gboolean has_default_route;
  FloeNatAnswer tcp, tls;           /* with their proofs in the findings */
  GPtrArray *servers;               /* (owned) (element-type FloeNatServerRecord) */
  gboolean is_complete;             /* FALSE: told while the run was under way */
  gint64 time_us;                   /* when it was measured: microseconds since 1970 */
  FloeStunAddress external_network; /* the external address's /24 or /48; size 0: not known */
  char *proxy; /* (owned) (nullable): through which TCP or TLS has reached a server */
  char *key;   /* (owned) (nullable): of the network, the same as long as that is */
  char *plan;  /* (owned) (nullable): fingerprint of what it was asked by; NULL from a file */
} FloeNatRecord;

FloeNatRecord *floe_nat_record_new (void);
/* Returns: (transfer full): one that is not shared yet. */
FloeNatRecord *floe_nat_record_copy (const FloeNatRecord *self);
FloeNatRecord *floe_nat_record_ref (FloeNatRecord *self);
void floe_nat_record_unref (FloeNatRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeNatRecord, floe_nat_record_unref)

/* Returns: (transfer full): what @old says, with base, interface and servers of @self: of the same
 * network, but nothing of this host was written down with it. */
FloeNatRecord *floe_nat_record_adopt (const FloeNatRecord *self, const FloeNatRecord *old);

void floe_nat_record_add_server (FloeNatRecord *self, const FloeNatServerRecord *server);

/* For g_ptr_array_sort: what reaches more comes first. UDP before none, then a default route, then
 * TCP and TLS, then IPv4 before IPv6. */
int floe_nat_record_compare (gconstpointer a, gconstpointer b);

/* Returns: (transfer full) (element-type FloeNatRecord): empty. */
GPtrArray *floe_nat_records_new (void);

G_END_DECLS
