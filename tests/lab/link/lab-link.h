/* SPDX-License-Identifier: MPL-2.0 */
/* One direction of a link: when a packet arrives, or why it does not. Order of events: the queue
 * before the rate limiter, the limiter, the line's loss, delay and jitter.
 *
 * Pure: time is an argument, chance comes from the seed. It sees sizes, not packets. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 delay_us;
  gint64 jitter_us; /* at most so much more delay, evenly spread; order is kept unless @reorders */
  gint64 rate;      /* bits a second, 0: without limit */
  gint64 queue_us;  /* with a rate: what waits longer than that is dropped at the tail */
  double loss;
  double burst; /* mean length of a run of losses; 1 when each comes by itself */
  double duplicate;
  guint mtu;
  gboolean reorders;
  gboolean is_black_hole; /* what is too big vanishes without an ICMP error */
  gboolean is_down;
} LabLinkConfig;

typedef struct
{
  guint64 packets;
  guint64 bytes;
  guint64 dropped;
} LabLinkCounters;

typedef struct
{
  LabLinkConfig config;
  LabLinkCounters counters;
  GRand *rand; /* (owned) */
  gint64 busy_until_us;
  gint64 last_arrival_us;
  gboolean is_in_burst;
} LabLink;

/* When a packet arrives, and once more when it was duplicated. */
typedef struct
{
  guint count;
  gint64 at_us[2];
} LabLinkArrivals;

void lab_link_config_init (LabLinkConfig *config);
gboolean lab_link_config_set (LabLinkConfig *config, const char *key, const char *value,
                              GError **error);
gboolean lab_link_config_has (const char *key);

void lab_link_init (LabLink *self, const LabLinkConfig *config, guint32 seed);
void lab_link_clear (LabLink *self);
const char *lab_link_send (LabLink *self, gint64 now_us, gsize size, LabLinkArrivals *arrivals);

G_END_DECLS
