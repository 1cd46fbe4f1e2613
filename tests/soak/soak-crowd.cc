/* SPDX-License-Identifier: MPL-2.0 */
/* soak-crowd: many pairs of connections at once. Each sends and gets back what it sent; then all
 * are ended at the same moment.
 *
 *   soak-crowd [--pairs N] [--rounds N]
 *
 * A round is ended by closing, the next one by dropping the connections, in turn. */
#include <memory>
#include <vector>

#include "soak-gauge.h"
#include "soak-pair.h"

#define MESSAGES 8
#define GROWTH_PER_PAIR 48
#define GROWTH_ONCE (8 * 1024)

/* One of many. */
struct Member
{
  std::unique_ptr<Pair> pair;
  GBytes *messages[MESSAGES] = {}; /* (owned) */
  guint echoed = 0;
  guint number = 0;

  ~Member ()
  {
    for (GBytes *message : messages)
      g_clear_pointer (&message, g_bytes_unref);
  }
};

/* Of 1 byte to 40 kB, and nobody else's. */
static GBytes *
make_message (guint number, guint index)
{
  Random random ((guint64) number * MESSAGES + index);
  gsize size = 1 + random.Below (40000);
  auto *data = (guint8 *) g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) (random.Next () >> 56);
  return g_bytes_new_take (data, size);
}

static void
on_bytes_to_echo (FloeDataChannel *channel, GBytes *bytes, gpointer)
{
  if (!floe_data_channel_send_bytes (channel, bytes, nullptr))
    g_error ("An open channel does not take a message");
}

static void
on_bytes_back (FloeDataChannel *, GBytes *bytes, Member *member)
{
  if (member->echoed >= MESSAGES || !g_bytes_equal (bytes, member->messages[member->echoed]))
    g_error ("Pair %u got back something else than its message %u", member->number, member->echoed);
  member->echoed++;
}

static std::unique_ptr<Member>
begin_member (FloeConfiguration *configuration, guint number)
{
  auto member = std::make_unique<Member> ();
  Member *self = member.get ();

  self->number = number;
  self->pair = std::make_unique<Pair> (configuration);
  for (guint i = 0; i < MESSAGES; i++)
    self->messages[i] = make_message (number, i);
  self->pair->ends ()->on_open = [self] {
    g_signal_connect (self->pair->channel (0), "message-bytes", G_CALLBACK (on_bytes_back), self);
    for (GBytes *message : self->messages)
      if (!floe_data_channel_send_bytes (self->pair->channel (0), message, nullptr))
        g_error ("An open channel does not take a message");
  };
  self->pair->ends ()->on_channel = [] (int, FloeDataChannel *channel) {
    g_signal_connect (channel, "message-bytes", G_CALLBACK (on_bytes_to_echo), nullptr);
  };
  self->pair->Start ();
  return member;
}

static void
run_round (FloeConfiguration *configuration, guint pairs, bool is_closed, Results &results)
{
  std::vector<std::unique_ptr<Member> > members;
  gint64 start = g_get_monotonic_time ();
  gint64 in_use = Gauge::InUse ();

  for (guint i = 0; i < pairs; i++)
    members.push_back (begin_member (configuration, i));
  for (const auto &member : members)
    WaitUntil ("waiting for a pair's messages", [&] { return member->echoed == MESSAGES; });
  results.Note ("%u pairs connected, %u messages there and back each: %.2f s, %" G_GINT64_FORMAT
                " KiB in use a pair",
                pairs, MESSAGES, (double) (g_get_monotonic_time () - start) / G_TIME_SPAN_SECOND,
                (Gauge::InUse () - in_use) / 1024 / pairs);
  for (const auto &member : members)
    if (is_closed)
      member->pair->Close ();
    else
      member->pair->ends ()->Drop ();
  members.clear ();
}

int
main (int argc, char **argv)
{
  int pairs = 40;
  int rounds = 3;
  const GOptionEntry entries[] = {
    { "pairs", 0, 0, G_OPTION_ARG_INT, &pairs, "How many there are at once", "N" },
    { "rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "How often", "N" },
    {},
  };
  Results results ("crowd");

  BeginSoak (&argc, &argv, entries, "Many connections at once");
  g_autoptr (FloeConfiguration) configuration = NewConfiguration ();
  Gauge gauge (results, GROWTH_PER_PAIR, GROWTH_ONCE);

  gauge.ReadBefore ();
  for (int i = 0; i < rounds; i++)
    {
      run_round (configuration, (guint) pairs, i % 2 == 0, results);
      gauge.Sample ((guint) ((i + 1) * pairs));
    }
  results.Check ("every-byte", true, "");
  gauge.Judge ();
  return results.status ();
}
