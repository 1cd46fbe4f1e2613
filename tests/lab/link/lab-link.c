/* SPDX-License-Identifier: MPL-2.0 */
#include "lab-link.h"

#include "lab-text.h"

#define ETHERNET_MTU 1500
#define DEFAULT_QUEUE_US (200 * G_TIME_SPAN_MILLISECOND)

typedef enum
{
  KNOB_DURATION,
  KNOB_SHARE,
  KNOB_RATE,
  KNOB_BURST,
  KNOB_MTU,
  KNOB_FLAG,
} KnobType;

typedef struct
{
  const char *name;
  KnobType type;
  gsize offset;
} Knob;

#define AT(member) G_STRUCT_OFFSET (LabLinkConfig, member)

static const Knob knobs[] = {
  { "delay", KNOB_DURATION, AT (delay_us) },
  { "jitter", KNOB_DURATION, AT (jitter_us) },
  { "rate", KNOB_RATE, AT (rate) },
  { "queue", KNOB_DURATION, AT (queue_us) },
  { "loss", KNOB_SHARE, AT (loss) },
  { "burst", KNOB_BURST, AT (burst) },
  { "duplicate", KNOB_SHARE, AT (duplicate) },
  { "mtu", KNOB_MTU, AT (mtu) },
  { "reorder", KNOB_FLAG, AT (reorders) },
  { "black-hole", KNOB_FLAG, AT (is_black_hole) },
  { "down", KNOB_FLAG, AT (is_down) },
};

void
lab_link_config_init (LabLinkConfig *config)
{
  *config = (LabLinkConfig){ .queue_us = DEFAULT_QUEUE_US, .burst = 1, .mtu = ETHERNET_MTU };
}

static const Knob *
find_knob (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (knobs); i++)
    if (g_str_equal (knobs[i].name, key))
      return &knobs[i];
  return NULL;
}

gboolean
lab_link_config_has (const char *key)
{
  return find_knob (key) != NULL;
}

static gboolean
set_burst (double *burst, const char *value, GError **error)
{
  double length;

  if (!lab_text_real (value, 1000, &length, error))
    return FALSE;
  *burst = MAX (length, 1);
  return TRUE;
}

gboolean
lab_link_config_set (LabLinkConfig *config, const char *key, const char *value, GError **error)
{
  const Knob *knob = find_knob (key);
  gpointer place = knob != NULL ? (char *) config + knob->offset : NULL;
  gboolean is_set = FALSE;

  if (knob == NULL)
    {
      g_set_error (error, LAB_TEXT_ERROR, 0, "a link has no '%s'", key);
      return FALSE;
    }
  switch (knob->type)
    {
    case KNOB_DURATION:
      is_set = lab_text_duration (value, place, error);
      break;
    case KNOB_SHARE:
      is_set = lab_text_share (value, place, error);
      break;
    case KNOB_RATE:
      is_set = lab_text_rate (value, place, error);
      break;
    case KNOB_BURST:
      is_set = set_burst (place, value, error);
      break;
    case KNOB_MTU:
      /* RFC 791: every host takes 68 bytes; the veth pairs carry no more than Ethernet. */
      is_set = lab_text_number (value, 68, ETHERNET_MTU, place, error);
      break;
    case KNOB_FLAG:
      is_set = lab_text_flag (value, place, error);
      break;
    }
  if (!is_set)
    g_prefix_error (error, "%s: ", key);
  return is_set;
}

void
lab_link_init (LabLink *self, const LabLinkConfig *config, guint32 seed)
{
  *self = (LabLink){ .config = *config, .rand = g_rand_new_with_seed (seed) };
}

void
lab_link_clear (LabLink *self)
{
  g_clear_pointer (&self->rand, g_rand_free);
}

static gboolean
has_chance (LabLink *self, double share)
{
  return share > 0 && g_rand_double (self->rand) < share;
}

/* Gilbert's model: runs of losses of mean length @burst, so rare that they make up @loss of all. */
static gboolean
is_lost (LabLink *self)
{
  const LabLinkConfig *config = &self->config;

  if (config->loss >= 1)
    return TRUE;
  if (config->burst <= 1)
    return has_chance (self, config->loss);
  if (self->is_in_burst)
    self->is_in_burst = !has_chance (self, 1 / config->burst);
  else
    self->is_in_burst = has_chance (self, config->loss / (config->burst * (1 - config->loss)));
  return self->is_in_burst;
}

static gint64
arrival (LabLink *self, gint64 sent_us)
{
  const LabLinkConfig *config = &self->config;
  gint64 at_us = sent_us + config->delay_us;

  if (config->jitter_us > 0)
    at_us += (gint64) (g_rand_double (self->rand) * (double) config->jitter_us);
  if (!config->reorders)
    at_us = MAX (at_us, self->last_arrival_us);
  self->last_arrival_us = MAX (at_us, self->last_arrival_us);
  return at_us;
}

/* When the last bit has left, or -1: the queue is full. */
static gint64
transmit (LabLink *self, gint64 now_us, gsize size)
{
  const LabLinkConfig *config = &self->config;
  gint64 starts_us = MAX (now_us, self->busy_until_us);

  if (config->rate == 0)
    return now_us;
  if (starts_us - now_us > config->queue_us)
    return -1;
  self->busy_until_us = starts_us + (gint64) size * 8 * G_USEC_PER_SEC / config->rate;
  return self->busy_until_us;
}

static const char *
send (LabLink *self, gint64 now_us, gsize size, LabLinkArrivals *arrivals)
{
  gint64 sent_us;

  if (self->config.is_down)
    return "down";
  if (size > self->config.mtu)
    return "too-big";
  sent_us = transmit (self, now_us, size);
  if (sent_us < 0)
    return "queue";
  if (is_lost (self))
    return "loss";
  arrivals->at_us[arrivals->count++] = arrival (self, sent_us);
  if (has_chance (self, self->config.duplicate))
    arrivals->at_us[arrivals->count++] = arrival (self, sent_us);
  return NULL;
}

/* %NULL when the packet arrives, else why it does not: "down", "too-big", "queue" or "loss". */
const char *
lab_link_send (LabLink *self, gint64 now_us, gsize size, LabLinkArrivals *arrivals)
{
  const char *reason;

  arrivals->count = 0;
  reason = send (self, now_us, size, arrivals);
  self->counters.packets++;
  self->counters.bytes += size;
  if (reason != NULL)
    self->counters.dropped++;
  return reason;
}
