/* SPDX-License-Identifier: MPL-2.0 */
/* What discovery is to ask, and from where: the part of a FloeConfiguration that it needs, as an
 * immutable value that goes from the application's thread to the network thread.
 *
 * Layer: nat. Any thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Servers after these are not asked. */
#define FLOE_NAT_MAX_TARGETS 16

typedef enum
{
  FLOE_NAT_WAY_UDP,
  FLOE_NAT_WAY_TCP,
  FLOE_NAT_WAY_TLS,
} FloeNatWay;

typedef struct
{
  char *url;  /* (owned): as the application wrote it */
  char *host; /* (owned): name or literal */
  guint16 port;
  FloeNatWay way;
  char *username; /* (owned) (nullable): a TURN server's */
  char *password; /* (owned) (nullable) */
} FloeNatTarget;

typedef struct
{
  GPtrArray *targets; /* (owned) (element-type FloeNatTarget) */
  char **interfaces;  /* (owned) (nullable): names or addresses; nothing else is used then */
  gboolean include_loopback;
  gboolean keeps_to_route;        /* only what the default route sends from, when it is asked */
  guint16 min_port, max_port;     /* of what is sent over UDP; both 0: any */
  GProxyResolver *proxy_resolver; /* (owned) (nullable) */
  GTlsDatabase *tls_database;     /* (owned) (nullable) */
  GFile *cache_file;              /* (owned) (nullable) */
  gboolean is_recall;             /* nobody is asked: what is fresh is told, or that nothing is */
} FloeNatPlan;

/* Returns: (transfer full): without targets; to be filled before it is shared. */
FloeNatPlan *floe_nat_plan_new (void);
FloeNatPlan *floe_nat_plan_ref (FloeNatPlan *self);
/* The last one wipes the passwords. */
void floe_nat_plan_unref (FloeNatPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeNatPlan, floe_nat_plan_unref)

/* All texts are copied. Does nothing when there are FLOE_NAT_MAX_TARGETS. */
void floe_nat_plan_add_target (FloeNatPlan *self, const FloeNatTarget *target);

/* Returns: (transfer full): the same for plans that ask the same of the same servers. Tells no
 * password, and no server's name. */
char *floe_nat_plan_get_digest (const FloeNatPlan *self);

/* Returns: (transfer full): the same for plans whose runs find the same: by the digest, passwords,
 * interfaces, proxies and authorities. For this process only, and not to be written down. */
char *floe_nat_plan_get_fingerprint (const FloeNatPlan *self);

G_END_DECLS
