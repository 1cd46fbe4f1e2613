/* SPDX-License-Identifier: MPL-2.0 */
/* Permissions and channels for peers that a relay must refuse. */
#include "turn-check-private.h"
#include "turn-ranges.h"

/* "Discard" (RFC 863): a permission sends nothing, this is for the case of a server that does. */
#define PEER_PORT 9
#define FIRST_CHANNEL 0x4000
/* Of each range the first, a middle and the last address. */
#define SAMPLES 3
/* Public resolvers, which any relay may reach. They are named to the server and get no packet. */
#define ORDINARY_IPV4 "9.9.9.9"
#define ORDINARY_IPV6 "2620:fe::fe"

/* What is asked of one address: a permission and a channel. */
typedef struct
{
  TurnRequest permission;
  TurnRequest channel;
} Pair;

G_STATIC_ASSERT (sizeof (Pair) == 2 * sizeof (TurnRequest));

static void
add_pair (GArray *pairs, const TurnAddress *peer)
{
  Pair pair = { 0 };

  pair.permission.method = TURN_METHOD_CREATE_PERMISSION;
  pair.permission.peer = *peer;
  pair.permission.peer_port = PEER_PORT;
  pair.channel = pair.permission;
  pair.channel.method = TURN_METHOD_CHANNEL_BIND;
  pair.channel.channel = (guint16) (FIRST_CHANNEL + pairs->len);
  g_array_append_val (pairs, pair);
}

/* A channel binds to one peer, so no address twice: small ranges have fewer samples. */
static guint
add_samples (GArray *pairs, const TurnRange *range)
{
  TurnAddress samples[SAMPLES] = { turn_range_get_first (range), turn_range_get_middle (range),
                                   turn_range_get_last (range) };
  guint count = 0;

  for (guint i = 0; i < SAMPLES; i++)
    if (i == 0 || !turn_address_equal (&samples[i], &samples[i - 1]))
      {
        add_pair (pairs, &samples[i]);
        count++;
      }
  return count;
}

static TurnVerdict
judge (const Pair *pair)
{
  if (pair->permission.code == TURN_SUCCESS || pair->channel.code == TURN_SUCCESS)
    return TURN_VERDICT_OPEN;
  return turn_check_is_refusal (pair->permission.code) && turn_check_is_refusal (pair->channel.code)
             ? TURN_VERDICT_OK
             : TURN_VERDICT_UNKNOWN;
}

/* (transfer full): what the server said to @pair. */
static char *
describe_pair (const Pair *pair)
{
  g_autofree char *peer = turn_address_to_string (&pair->permission.peer);
  g_autofree char *permission = turn_check_describe (pair->permission.code);
  g_autofree char *channel = turn_check_describe (pair->channel.code);

  if (pair->permission.code == pair->channel.code)
    return g_strdup_printf ("%s (%s)", peer, permission);
  return g_strdup_printf ("%s (permission %s, channel %s)", peer, permission, channel);
}

/* One line of the report from the @count pairs at @pairs: those that are as bad as the worst. */
static void
report_pairs (TurnCheck *self, const char *range, const char *what, const Pair *pairs, guint count)
{
  TurnVerdict verdict = TURN_VERDICT_OK;
  g_autoptr (GString) evidence = g_string_new (NULL);

  for (guint i = 0; i < count; i++)
    verdict = MAX (verdict, judge (&pairs[i]));
  for (guint i = 0; i < count; i++)
    if (judge (&pairs[i]) == verdict)
      {
        g_autofree char *text = describe_pair (&pairs[i]);
        g_string_append_printf (evidence, "%s%s", evidence->len > 0 ? ", " : "", text);
      }
  turn_report_add_range (self->report, range, what, verdict, evidence->str);
}

/* A server that refuses everybody proves nothing with it. */
static void
report_ordinary (TurnCheck *self, const Pair *pair)
{
  g_autofree char *text = describe_pair (pair);
  const char *name = pair->permission.peer.size == 16 ? "ordinary-ipv6" : "ordinary-ipv4";

  if (pair->permission.code == TURN_SUCCESS && pair->channel.code == TURN_SUCCESS)
    turn_report_add (self->report, name, TURN_VERDICT_OK, "an ordinary peer is relayed to: %s",
                     text);
  else
    turn_report_add (self->report, name, TURN_VERDICT_UNKNOWN,
                     "an ordinary peer is not relayed to either, %s, so that others are refused "
                     "proves nothing",
                     text);
}

/* The addresses of the options that are of @family_size bytes. */
static void
add_also (TurnCheck *self, GArray *pairs, gsize family_size)
{
  for (guint i = 0; self->options->also != NULL && self->options->also[i] != NULL; i++)
    {
      TurnAddress address;
      if (turn_address_parse (&address, self->options->also[i]) && address.size == family_size)
        add_pair (pairs, &address);
    }
}

static void
report_also (TurnCheck *self, const Pair *pairs, guint count)
{
  for (guint i = 0; i < count; i++)
    {
      g_autofree char *peer = turn_address_to_string (&pairs[i].permission.peer);
      report_pairs (self, peer, "asked for with --also", &pairs[i], 1);
    }
}

void
turn_check_ranges (TurnCheck *self, TurnSession *session, const TurnRequest *allocation)
{
  guint range_count;
  const TurnRange *ranges = turn_ranges_get (&range_count);
  gsize family_size = allocation->family == FAMILY_IPV6 ? 16 : 4;
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (Pair));
  g_autofree guint *counts = g_new0 (guint, range_count);
  TurnAddress ordinary;
  guint next = 1;

  turn_address_parse (&ordinary, family_size == 16 ? ORDINARY_IPV6 : ORDINARY_IPV4);
  add_pair (pairs, &ordinary);
  for (guint i = 0; i < range_count; i++)
    if (turn_range_get_first (&ranges[i]).size == family_size)
      counts[i] = add_samples (pairs, &ranges[i]);
  add_also (self, pairs, family_size);

  turn_session_run (session, (TurnRequest *) (gpointer) pairs->data, 2 * pairs->len,
                    self->options->until_us, NULL);
  self->report->requests += 2 * pairs->len;
  report_ordinary (self, &g_array_index (pairs, Pair, 0));
  for (guint i = 0; i < range_count; i++)
    if (counts[i] > 0)
      {
        report_pairs (self, ranges[i].prefix, ranges[i].what, &g_array_index (pairs, Pair, next),
                      counts[i]);
        next += counts[i];
      }
  if (next < pairs->len)
    report_also (self, &g_array_index (pairs, Pair, next), pairs->len - next);
}

void
turn_check_skip_ipv6 (TurnCheck *self, const char *why)
{
  guint count;
  const TurnRange *ranges = turn_ranges_get (&count);

  for (guint i = 0; i < count; i++)
    if (turn_range_get_first (&ranges[i]).size == 16)
      turn_report_add_range (self->report, ranges[i].prefix, ranges[i].what, TURN_VERDICT_SKIPPED,
                             why);
  turn_report_add (self->report, "ipv6", TURN_VERDICT_SKIPPED, "%s, so no IPv6 range was tried",
                   why);
}
