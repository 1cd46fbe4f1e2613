/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nice-agent-private.h"

#include "floe-network-thread-private.h"

/* The first check goes out after a pacing interval and is repeated 4 times: at 0.5, 1.5, 3.5 and
 * 7.5 s. libnice's default of 3 in 2 s gives a pair up before a slow peer has its answer; 7 would
 * keep dead pairs around for half a minute. The RTO is that of requests to servers: checks never
 * have less than the 500 ms of RFC 8445 section 14.3. */
#define STUN_RTO_MS 200
#define STUN_TRANSMISSIONS 5
#define STUN_RELIABLE_TIMEOUT_MS 4500 /* within the transport's own limit for gathering */

/* Longer than the longest pause between two transmissions, or libnice would stop its timer with a
 * check in flight. With very many pairs libnice stretches the pause by itself. */
#define IDLE_TIMEOUT_MS 5000

#define MAX_CHECKS 200 /* pairs of one agent: 2 local addresses for each of 100 candidates */
/* Over TCP each check is a connection: so many go on at a time at most. */
#define MAX_TCP_CHECKS 16
/* And a check is sent once, for TCP repeats it: time for a SYN that is repeated after a second, and
 * its way there and back. Half a private address's peers lead nowhere, and while one of them is
 * being tried libnice nominates no other pair. */
#define TCP_CHECK_TIMEOUT_MS 2500

#define PACING_AT_RELEASE_MS 1

/* libnice 0.1.21 leaks the data of a lookup that is under way when the agent goes. With a literal
 * address the lookup takes two turns of the main loop. */
#define LOOKUP_GRACE_MS 100

/* Of agents that are not freed yet. */
static int alive_count;

/* An agent on its way out. */
typedef struct
{
  NiceAgent *agent;      /* (owned) */
  GMainContext *context; /* (unowned): runs the timer */
  gulong gathered_id;    /* 0 when not connected */
  GSource *timer;        /* (owned) */
} Release;

static void
on_freed (gpointer user_data, GObject *agent)
{
  g_atomic_int_add (&alive_count, -1);
}

guint
floe_nice_agent_get_count (void)
{
  return (guint) g_atomic_int_get (&alive_count);
}

NiceAgent *
floe_nice_agent_new (const FloeNiceAgentConfig *config)
{
  NiceAgent *agent = g_object_new (
      NICE_TYPE_AGENT, "compatibility", NICE_COMPATIBILITY_RFC5245, "main-context", config->context,
      "full-mode", TRUE, "reliable", FALSE, "nomination-mode",
      /* RFC 6544 section 8: with TCP candidates "the controlling agent MUST use the regular
       * selection algorithm". libnice would change over in mid-course, or drop candidates. */
      config->is_tcp ? NICE_NOMINATION_MODE_REGULAR : NICE_NOMINATION_MODE_AGGRESSIVE,
      "controlling-mode", config->is_controlling, "ice-udp", !config->is_tcp, "ice-tcp",
      config->is_tcp, "ice-trickle", TRUE, "upnp", FALSE, "force-relay", config->is_relay,
      /* A peer can crash libnice 0.1.21 with either on, see decision 19; liveness is Floe's own
       * affair. What libnice sends every 25 s to keep a NAT's mapping are indications then. */
      "consent-freshness", FALSE, "keepalive-conncheck", FALSE, "stun-initial-timeout", STUN_RTO_MS,
      "stun-max-retransmissions", STUN_TRANSMISSIONS, "stun-reliable-timeout",
      config->is_tcp ? TCP_CHECK_TIMEOUT_MS : STUN_RELIABLE_TIMEOUT_MS, "idle-timeout",
      IDLE_TIMEOUT_MS, "max-connectivity-checks", config->is_tcp ? MAX_TCP_CHECKS : MAX_CHECKS,
      "stun-pacing-timer", config->pacing_ms, NULL);

  g_atomic_int_inc (&alive_count);
  g_object_weak_ref (G_OBJECT (agent), on_freed, NULL);
  nice_agent_add_stream (agent, 1);
  nice_agent_set_local_credentials (agent, FLOE_NICE_STREAM, config->ufrag, config->pwd);
  if (config->max_port > 0)
    nice_agent_set_port_range (agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT,
                               MAX (config->min_port, 1), config->max_port);
  return agent;
}

static void
free_release (gpointer data)
{
  Release *release = data;

  if (release->gathered_id != 0)
    g_signal_handler_disconnect (release->agent, release->gathered_id);
  g_clear_object (&release->agent);
  g_source_unref (release->timer);
  g_free (release);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  /* The task held the last reference. */
  floe_network_end_farewell ();
}

/* An agent without a function for data reads nothing at all, its servers' answers neither. */
static void
discard_data (NiceAgent *agent, guint stream_id, guint component_id, guint size, char *data,
              gpointer user_data)
{
}

/* Gives the allocations back. libnice repeats that for FLOE_NICE_TRANSACTION_MS at most. */
static void
close_agent (NiceAgent *agent, GMainContext *context)
{
  g_object_set (agent, "stun-pacing-timer", PACING_AT_RELEASE_MS, NULL);
  floe_network_begin_farewell ();
  g_main_context_push_thread_default (context);
  nice_agent_close_async (agent, on_closed, NULL);
  g_main_context_pop_thread_default (context);
}

static gboolean
on_release_timer (gpointer data)
{
  Release *release = data;
  gboolean is_relay;

  g_object_get (release->agent, "force-relay", &is_relay, NULL);
  if (is_relay)
    close_agent (release->agent, release->context);
  return G_SOURCE_REMOVE; /* frees @release */
}

static void
on_gathered (NiceAgent *agent, guint stream_id, gpointer data)
{
  Release *release = data;

  g_source_set_ready_time (release->timer, 0);
}

void
floe_nice_agent_release (NiceAgent *agent, GMainContext *context, gboolean is_relay,
                         gboolean is_gathering)
{
  Release *release;

  nice_agent_attach_recv (agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT, context, discard_data,
                          NULL);
  if (!is_gathering)
    {
      if (is_relay)
        close_agent (agent, context);
      g_object_unref (agent);
      return;
    }

  release = g_new0 (Release, 1);
  release->agent = agent;
  release->context = context;
  release->timer = g_timeout_source_new (is_relay ? FLOE_NICE_TRANSACTION_MS : LOOKUP_GRACE_MS);
  if (is_relay)
    release->gathered_id =
        g_signal_connect (agent, "candidate-gathering-done", G_CALLBACK (on_gathered), release);
  g_source_set_callback (release->timer, on_release_timer, release, free_release);
  g_source_attach (release->timer, context);
}
