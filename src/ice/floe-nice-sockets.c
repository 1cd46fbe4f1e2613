/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nice-sockets-private.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "floe-log-private.h"
#include "floe-nice-agent-private.h"
#include "floe-inet-convert-private.h"
#include "floe-socket-names-private.h"

/* What a fast path takes within some milliseconds. */
#define MAX_UNSENT_BYTES (64 * 1024)

/* What comes at 100 Mbit/s while this process is not run for some tens of milliseconds. (The kernel
 * doubles this for what it needs itself, about as much as a datagram of 1200 bytes.) */
#define RECEIVE_BYTES (1024 * 1024)

static gboolean
is_of_socket (const NiceCandidate *nice, GSocket *socket)
{
  g_autoptr (GSocketAddress) bound = g_socket_get_local_address (socket, NULL);
  NiceAddress address;
  struct sockaddr_storage native;

  if (bound == NULL || !g_socket_address_to_native (bound, &native, sizeof native, NULL))
    return FALSE;
  nice_address_set_from_sockaddr (&address, (const struct sockaddr *) &native);
  return nice->type == NICE_CANDIDATE_TYPE_HOST && nice->transport == NICE_CANDIDATE_TRANSPORT_UDP
         && nice_address_equal (&nice->addr, &address);
}

static void
tap (GSocket *socket, GSList *candidates, const FloeCandidateMark *mark, FloeReflexive *reflexive)
{
  FloeCandidate host;

  for (GSList *link = candidates; link != NULL; link = link->next)
    {
      if (!is_of_socket (link->data, socket))
        continue;
      floe_candidate_from_nice (&host, link->data, mark);
      floe_reflexive_add_socket (reflexive, socket, &host);
      return;
    }
}

void
floe_nice_sockets_tap (NiceAgent *agent, const FloeCandidateMark *mark, FloeReflexive *reflexive)
{
  g_autoptr (GPtrArray) sockets =
      nice_agent_get_sockets (agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT);
  GSList *candidates =
      nice_agent_get_local_candidates (agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT);

  for (guint i = 0; sockets != NULL && i < sockets->len; i++)
    tap (g_ptr_array_index (sockets, i), candidates, mark, reflexive);
  g_slist_free_full (candidates, (GDestroyNotify) nice_candidate_free);
  floe_reflexive_end_sockets (reflexive);
}

void
floe_nice_sockets_deepen (NiceAgent *agent)
{
  g_autoptr (GPtrArray) sockets =
      nice_agent_get_sockets (agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT);

  for (guint i = 0; sockets != NULL && i < sockets->len; i++)
    {
      GSocket *socket = g_ptr_array_index (sockets, i);

      /* The system takes less where it allows no more, and that does not matter. */
      if (g_socket_get_socket_type (socket) == G_SOCKET_TYPE_DATAGRAM)
        g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, RECEIVE_BYTES, NULL);
    }
}

void
floe_nice_socket_bound (GSocket *socket)
{
#ifdef TCP_NOTSENT_LOWAT
  /* Bytes that are on their way don't count: the window may be as large as the path wants. */
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, MAX_UNSENT_BYTES, NULL);
#else
  g_socket_set_option (socket, SOL_SOCKET, SO_SNDBUF, MAX_UNSENT_BYTES, NULL);
#endif
}

void
floe_nice_sockets_bound (NiceAgent *agent)
{
  g_autoptr (GPtrArray) sockets =
      nice_agent_get_sockets (agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT);

  for (guint i = 0; sockets != NULL && i < sockets->len; i++)
    floe_nice_socket_bound (g_ptr_array_index (sockets, i));
}

static gboolean
is_listening (GSocket *socket)
{
  int value = 0;

  return g_socket_get_option (socket, SOL_SOCKET, SO_ACCEPTCONN, &value, NULL) && value != 0;
}

static void
end_other (int fd, const FloeStunAddress *selected)
{
  FloeStunAddress remote;

  if (!floe_socket_name_get_remote (fd, &remote) || floe_stun_address_equal (&remote, selected))
    return;
  floe_debug (FLOE_LOG_ICE, "a TCP connection is ended, for another is selected");
  shutdown (fd, SHUT_RDWR);
}

/* Those that came in are not among the sockets that libnice tells of, but have the port that it
 * listens at. */
static void
end_accepted (GSocket *listening, const FloeStunAddress *selected)
{
  g_autoptr (GDir) descriptors = g_dir_open (FLOE_SOCKET_NAMES_FOLDER, 0, NULL);
  FloeStunAddress door, local;
  const char *name;

  if (!floe_socket_name_get_local (g_socket_get_fd (listening), &door))
    return;
  while (descriptors != NULL && (name = g_dir_read_name (descriptors)) != NULL)
    {
      int fd = (int) g_ascii_strtoull (name, NULL, 10);

      if (fd != g_socket_get_fd (listening) && floe_socket_name_get_local (fd, &local)
          && floe_stun_address_equal (&local, &door))
        end_other (fd, selected);
    }
}

gboolean
floe_nice_sockets_get_selected (NiceAgent *agent, FloeStunAddress *out)
{
  NiceCandidate *local, *remote;
  FloeCandidate candidate;

  if (!nice_agent_get_selected_pair (agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT, &local, &remote))
    return FALSE;
  floe_candidate_from_nice (&candidate, remote, NULL);
  if (!floe_stun_address_from_text (candidate.address, out))
    return FALSE;
  out->port = candidate.port;
  return TRUE;
}

void
floe_nice_sockets_end_others (NiceAgent *agent, const FloeStunAddress *selected)
{
  g_autoptr (GPtrArray) sockets =
      nice_agent_get_sockets (agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT);

  for (guint i = 0; sockets != NULL && i < sockets->len; i++)
    {
      GSocket *socket = g_ptr_array_index (sockets, i);

      if (g_socket_get_socket_type (socket) != G_SOCKET_TYPE_STREAM)
        continue;
      if (is_listening (socket))
        end_accepted (socket, selected);
      else
        end_other (g_socket_get_fd (socket), selected);
    }
}
