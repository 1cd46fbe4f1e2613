/* SPDX-License-Identifier: MPL-2.0 */
/* How a NiceAgent is set up and taken down: all of libnice's properties in one place.
 *
 * Layer: ice. Network thread only. Knows nothing of paths. */
#pragma once

#include <nice/agent.h>

G_BEGIN_DECLS

/* One stream with one component: data channels, and all media bundled with them. */
#define FLOE_NICE_STREAM 1
#define FLOE_NICE_COMPONENT NICE_COMPONENT_TYPE_RTP

/* How long libnice takes to give a silent server up, sending 5 times 200 to 1600 ms apart. */
#define FLOE_NICE_TRANSACTION_MS 3800

typedef struct
{
  GMainContext *context; /* (unowned) */
  const char *ufrag;
  const char *pwd;
  gboolean is_controlling;
  gboolean is_relay; /* uses TURN servers and nothing else */
  gboolean is_tcp;   /* has TCP candidates and no others */
  guint pacing_ms;   /* 1 or more */
  guint16 min_port;
  guint16 max_port;
} FloeNiceAgentConfig;

/* Returns: (transfer full): with its one stream, not gathering yet. */
NiceAgent *floe_nice_agent_new (const FloeNiceAgentConfig *config);

/* How many of these there are in the process, those on their way out as well. For tests. In any
 * thread. */
guint floe_nice_agent_get_count (void);

/* Takes @agent and drops it as soon as libnice can bear it: allocations are given back first, and
 * a name lookup or an allocation that is under way (@is_gathering) may finish. Bounded. */
void floe_nice_agent_release (NiceAgent *agent, GMainContext *context, gboolean is_relay,
                              gboolean is_gathering);

G_END_DECLS
