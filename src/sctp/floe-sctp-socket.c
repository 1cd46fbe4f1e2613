/* SPDX-License-Identifier: MPL-2.0 */
/* A usrsctp socket set up for WebRTC (RFC 8831 section 5, RFC 8841). */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "floe-crc32c-private.h"
#include "floe-log-private.h"
#include "floe-sctp-internal-private.h"

/* In usrsctp, but not in its public header: struct sctp_sockstat of netinet/sctp_uio.h. */
#define SCTP_GET_SNDBUF_USE 0x00001101
typedef struct
{
  sctp_assoc_t assoc_id;
  guint32 send_buffer;
  guint32 receive_buffer;
} SocketStatus;

/* Likewise: its values are public, and the option is not. */
#define SCTP_PLUGGABLE_CC 0x00001202

/* A round trip that is not known yet: above those of the Internet, below a person's patience. */
#define RTO_INITIAL_MS 500
/* Peers may delay a SACK by 200 ms (RFC 9260 section 6.2), and their timers tick coarsely: less
 * repeats packets that were not lost. */
#define RTO_MIN_MS 400
/* After an interruption (ICE finds another path within seconds) data moves again this soon. */
#define RTO_MAX_MS 5000
/* With these the association outlives a dead path for 90 s: whether the peer is alive is decided
 * above, by ICE after 30 to 40 s, and never here. */
#define MAX_RETRANSMITS 20
#define INIT_RTO_MAX_MS 2000
#define MAX_INITS 40
/* RFC 9260 section 6.2 allows 500 ms and advises 200; less empties the sender's buffer sooner. */
#define DELAYED_SACK_MS 20
#define SACK_EVERY 2

static gboolean
set_option (struct socket *socket, int option, const void *value, gsize size)
{
  if (usrsctp_setsockopt (socket, IPPROTO_SCTP, option, value, (socklen_t) size) == 0)
    return TRUE;
  floe_warning (FLOE_LOG_SCTP, "usrsctp refused option %#x: %s", (guint) option,
                g_strerror (errno));
  return FALSE;
}

static gboolean
set_flag (struct socket *socket, int option, guint32 value)
{
  struct sctp_assoc_value flag = { .assoc_id = SCTP_FUTURE_ASSOC, .assoc_value = value };

  return set_option (socket, option, &flag, sizeof flag);
}

static gboolean
set_extensions (struct socket *socket)
{
  const guint32 is_on = 1;
  const guint32 level = 0;

  /* A request to add streams is refused: their number is fixed by INIT. */
  return set_flag (socket, SCTP_ENABLE_STREAM_RESET, SCTP_ENABLE_RESET_STREAM_REQ)
         && set_flag (socket, SCTP_RECONFIG_SUPPORTED, 1) && set_flag (socket, SCTP_PR_SUPPORTED, 1)
         && set_flag (socket, SCTP_ECN_SUPPORTED, 0) && set_flag (socket, SCTP_AUTH_SUPPORTED, 0)
         && set_flag (socket, SCTP_ASCONF_SUPPORTED, 0)
         && set_flag (socket, SCTP_NRSACK_SUPPORTED, 0)
         && set_flag (socket, SCTP_PKTDROP_SUPPORTED, 0)
         && set_option (socket, SCTP_NODELAY, &is_on, sizeof is_on)
         && set_option (socket, SCTP_RECVRCVINFO, &is_on, sizeof is_on)
         && set_option (socket, SCTP_RECVNXTINFO, &is_on, sizeof is_on)
         /* A message that is handed out in parts is finished before the next one begins. */
         && set_option (socket, SCTP_FRAGMENT_INTERLEAVE, &level, sizeof level);
}

static gboolean
set_timers (struct socket *socket)
{
  const struct sctp_rtoinfo rto = { .srto_assoc_id = SCTP_FUTURE_ASSOC,
                                    .srto_initial = RTO_INITIAL_MS,
                                    .srto_max = RTO_MAX_MS,
                                    .srto_min = RTO_MIN_MS };
  const struct sctp_assocparams association = { .sasoc_assoc_id = SCTP_FUTURE_ASSOC,
                                                .sasoc_asocmaxrxt = MAX_RETRANSMITS };
  const struct sctp_sack_info sack = { .sack_assoc_id = SCTP_FUTURE_ASSOC,
                                       .sack_delay = DELAYED_SACK_MS,
                                       .sack_freq = SACK_EVERY };

  return set_option (socket, SCTP_RTOINFO, &rto, sizeof rto)
         && set_option (socket, SCTP_ASSOCINFO, &association, sizeof association)
         && set_option (socket, SCTP_DELAYED_SACK, &sack, sizeof sack);
}

static gboolean
set_path (struct socket *socket, gsize mtu)
{
  struct sctp_paddrparams path = { .spp_assoc_id = SCTP_FUTURE_ASSOC };

  path.spp_address.ss_family = AF_CONN;
  /* usrsctp's heartbeats only count failures: our own tell which path is alive. */
  path.spp_flags = SPP_HB_DISABLE | SPP_PMTUD_DISABLE;
  /* Without the common header. Chunks are padded to four bytes, so the rest can't be used. */
  path.spp_pathmtu = (guint32) (mtu & ~(gsize) 3) - FLOE_SCTP_HEADER_SIZE;
  path.spp_pathmaxrxt = MAX_RETRANSMITS;
  return set_option (socket, SCTP_PEER_ADDR_PARAMS, &path, sizeof path);
}

static gboolean
set_sizes (struct socket *socket, const FloeSctpConfig *config)
{
  const struct sctp_initmsg init = { .sinit_num_ostreams = (guint16) config->max_channels,
                                     .sinit_max_instreams = (guint16) config->max_channels,
                                     .sinit_max_attempts = MAX_INITS,
                                     .sinit_max_init_timeo = INIT_RTO_MAX_MS };
  const int send_size = (int) MIN (config->send_buffer_size, G_MAXINT);
  const int receive_size = (int) MIN (config->receive_buffer_size, G_MAXINT);
  /* With no time to linger, closing aborts. */
  const struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  return set_option (socket, SCTP_INITMSG, &init, sizeof init)
         && usrsctp_setsockopt (socket, SOL_SOCKET, SO_SNDBUF, &send_size, sizeof send_size) == 0
         && usrsctp_setsockopt (socket, SOL_SOCKET, SO_RCVBUF, &receive_size, sizeof receive_size)
                == 0
         /* A message that is handed out before it is whole, and is given up then, blocks its stream
          * for ever (usrsctp 0.9.5 doesn't end the partial delivery): so that begins as late as it
          * may, which is at half of the buffer. */
         && set_option (socket, SCTP_PARTIAL_DELIVERY_POINT, &receive_size, sizeof receive_size)
         && usrsctp_setsockopt (socket, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) == 0;
}

static gboolean
subscribe (struct socket *socket)
{
  static const guint16 types[] = { SCTP_ASSOC_CHANGE, SCTP_SHUTDOWN_EVENT, SCTP_STREAM_RESET_EVENT,
                                   SCTP_PARTIAL_DELIVERY_EVENT };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      const struct sctp_event event = { .se_assoc_id = SCTP_FUTURE_ASSOC,
                                        .se_type = types[i],
                                        .se_on = 1 };

      if (!set_option (socket, SCTP_EVENT, &event, sizeof event))
        return FALSE;
    }
  return TRUE;
}

static struct sockaddr_conn
make_address (guint id, guint16 port)
{
  return (struct sockaddr_conn){ .sconn_family = AF_CONN,
                                 .sconn_port = htons (port),
                                 .sconn_addr = GUINT_TO_POINTER (id) };
}

struct socket *
floe_sctp_socket_new (const FloeSctpConfig *config, guint id)
{
  struct sockaddr_conn local = make_address (id, config->local_port);
  struct socket *socket = usrsctp_socket (AF_CONN, SOCK_STREAM, IPPROTO_SCTP, NULL, NULL, 0, NULL);

  if (socket == NULL)
    return NULL;
  usrsctp_register_address (GUINT_TO_POINTER (id));
  if (usrsctp_set_non_blocking (socket, 1) == 0 && set_extensions (socket) && set_timers (socket)
      && set_path (socket, config->mtu) && set_sizes (socket, config) && subscribe (socket)
      && usrsctp_bind (socket, (struct sockaddr *) &local, sizeof local) == 0)
    return socket;
  floe_warning (FLOE_LOG_SCTP, "usrsctp refused to set up a socket: %s", g_strerror (errno));
  floe_sctp_socket_free (socket, id);
  return NULL;
}

gboolean
floe_sctp_socket_connect (struct socket *socket, const FloeSctpConfig *config, guint id)
{
  struct sockaddr_conn remote = make_address (id, config->remote_port);

  return usrsctp_connect (socket, (struct sockaddr *) &remote, sizeof remote) == 0
         || errno == EINPROGRESS;
}

void
floe_sctp_socket_free (struct socket *socket, guint id)
{
  usrsctp_close (socket);
  usrsctp_deregister_address (GUINT_TO_POINTER (id));
}

gsize
floe_sctp_socket_get_used (struct socket *socket)
{
  SocketStatus status = { .assoc_id = SCTP_FUTURE_ASSOC };
  socklen_t size = sizeof status;

  if (usrsctp_getsockopt (socket, IPPROTO_SCTP, SCTP_GET_SNDBUF_USE, &status, &size) != 0)
    return 0;
  return status.send_buffer;
}

gsize
floe_sctp_socket_get_limit (struct socket *socket)
{
  int limit = 0;
  socklen_t size = sizeof limit;

  usrsctp_getsockopt (socket, SOL_SOCKET, SO_SNDBUF, &limit, &size);
  return (gsize) limit;
}

gboolean
floe_sctp_socket_get_path (struct socket *socket, guint32 *window, guint *srtt_ms)
{
  struct sctp_status status = { .sstat_assoc_id = SCTP_FUTURE_ASSOC };
  socklen_t size = sizeof status;

  if (usrsctp_getsockopt (socket, IPPROTO_SCTP, SCTP_STATUS, &status, &size) != 0)
    return FALSE;
  *window = status.sstat_primary.spinfo_cwnd;
  *srtt_ms = status.sstat_primary.spinfo_srtt;
  return TRUE;
}

void
floe_sctp_socket_fit (struct socket *socket, gsize size)
{
  const int limit = (int) MIN (size, G_MAXINT);

  if (size > floe_sctp_socket_get_limit (socket))
    usrsctp_setsockopt (socket, SOL_SOCKET, SO_SNDBUF, &limit, sizeof limit);
}

void
floe_sctp_socket_ask (struct socket *socket, const FloeSctpConfig *config, guint id)
{
  const struct sockaddr_conn remote = make_address (id, config->remote_port);
  struct sctp_paddrparams path = { .spp_flags = SPP_HB_DEMAND };

  memcpy (&path.spp_address, &remote, sizeof remote);
  set_option (socket, SCTP_PEER_ADDR_PARAMS, &path, sizeof path);
}

void
floe_sctp_socket_begin_window (struct socket *socket)
{
  /* Choosing the algorithm, be it the same one, has usrsctp set its variables as at the beginning.
   */
  const struct sctp_assoc_value algorithm = { .assoc_value = SCTP_CC_RFC2581 };

  set_option (socket, SCTP_PLUGGABLE_CC, &algorithm, sizeof algorithm);
}

gboolean
floe_sctp_socket_reset (struct socket *socket, const guint16 *streams, gsize count)
{
  gsize size = sizeof (struct sctp_reset_streams) + count * sizeof (guint16);
  g_autofree struct sctp_reset_streams *request = g_malloc0 (size);

  request->srs_flags = SCTP_STREAM_RESET_OUTGOING;
  request->srs_number_streams = (guint16) count;
  memcpy (request->srs_stream_list, streams, count * sizeof (guint16));
  if (usrsctp_setsockopt (socket, IPPROTO_SCTP, SCTP_RESET_STREAMS, request, (socklen_t) size) == 0)
    return TRUE;
  floe_debug (FLOE_LOG_SCTP, "no stream can be reset: %s", g_strerror (errno));
  return FALSE;
}
